// XML text → elements with places. Strict as IIS is; nothing is fetched: entities are the five of XML and character
// references, a document type is read over. Size and depth are bounded.
import { XmlElement as ParsedElement, parseXml, XmlError } from '@rgrove/parse-xml';
import type { LocatedProblem } from '../../model/config-error.ts';
import { TextPlaces } from './text-places.ts';
import { describeXmlFault } from './xml-fault.ts';
import type { XmlAttribute, XmlElement } from './xml-tree.ts';

/** IIS itself refuses a configuration file of more than 250 KB unless told otherwise; maps can be larger. */
export const LARGEST_XML = 16 * 1024 * 1024;
const DEEPEST = 64;

/**
 * Reads `text`, standing in `file`.
 * @param problems takes what is wrong
 * @returns the root element; null when it could not be read
 */
export function readXml(text: string, file: string, problems: LocatedProblem[]): XmlElement | null {
  const places = new TextPlaces(text, file);
  const refuse = (offset: number, message: string, suggestion?: string): null => {
    problems.push({ ...places.at(offset), severity: 'error', message, ...(suggestion ? { suggestion } : {}) });
    return null;
  };
  if (text.length > LARGEST_XML) return refuse(0, `the file has more than ${LARGEST_XML / 1024 ** 2} MB`);
  try {
    const { root } = parseXml(text, { includeOffsets: true });
    if (root === null) return refuse(0, 'there is no element in this file');
    const tooDeep = { offset: -1 };
    const element = convert(root, text, places, 1, tooDeep);
    if (tooDeep.offset !== -1) return refuse(tooDeep.offset, `elements are nested more than ${DEEPEST} deep`);
    return element;
  } catch (error) {
    if (error instanceof XmlError) {
      const { offset, message, suggestion } = describeXmlFault(error, text, places);
      return refuse(offset, message, suggestion);
    }
    if (error instanceof RangeError) return refuse(0, `elements are nested more than ${DEEPEST} deep`);
    throw error;
  }
}

function convert(
  parsed: ParsedElement,
  text: string,
  places: TextPlaces,
  depth: number,
  tooDeep: { offset: number },
): XmlElement {
  const element: XmlElement = {
    name: parsed.name,
    place: places.at(parsed.start),
    attributes: readAttributes(parsed, text, places),
    children: [],
  };
  if (depth > DEEPEST) {
    tooDeep.offset = parsed.start;
    return element;
  }
  for (const child of parsed.children) {
    if (child instanceof ParsedElement) element.children.push(convert(child, text, places, depth + 1, tooDeep));
  }
  return element;
}

const ATTRIBUTE = /\s+([^\s=/>]+)\s*=\s*(?:"[^"]*"|'[^']*')/y;

/** The parser gives values without places: its start tag is gone over once more. */
function readAttributes(parsed: ParsedElement, text: string, places: TextPlaces): XmlAttribute[] {
  const attributes: XmlAttribute[] = [];
  ATTRIBUTE.lastIndex = parsed.start + 1 + parsed.name.length;
  for (let match = ATTRIBUTE.exec(text); match !== null; match = ATTRIBUTE.exec(text)) {
    const name = match[1]!;
    const nameAt = match.index + match[0].indexOf(name);
    const valueAt = match.index + match[0].search(/["']/) + 1;
    const value = parsed.attributes[name] ?? '';
    attributes.push({ name, value, place: places.at(nameAt), valuePlace: places.at(valueAt) });
  }
  return attributes;
}
