// What is wrong with an XML text, in words for somebody who edits configuration files: the parser knows where it stopped,
// the reason is often a tag that was opened long before.
import type { XmlError } from '@rgrove/parse-xml';
import type { TextPlaces } from './text-places.ts';

export interface XmlFault {
  /** In UTF-16 code units. */
  offset: number;
  message: string;
  suggestion?: string;
}

/** @param error as the parser threw it for `text` */
export function describeXmlFault(error: XmlError, text: string, places: TextPlaces): XmlFault {
  const offset = toCodeUnits(error.pos, text);
  const reason = error.message.split('\n')[0]!.replace(/ \(line \d+, column \d+\)$/, '');
  if (/^(?:Unterminated reference|Named entity isn't defined|Invalid character reference)/.test(reason))
    return rawAmpersand(text, offset, reason);
  const missing = /^Missing end tag for element (\S+)/.exec(reason)?.[1];
  if (missing !== undefined) return unclosedElement(text, offset, missing, places);
  if (/^Unescaped `<`/.test(reason))
    return { offset, message: 'there is a raw < in an attribute value', suggestion: 'write &lt;' };
  if (/^Root element is missing/.test(reason)) return { offset, message: 'this is not XML: no element begins here' };
  const duplicate = /^Duplicate attribute: (\S+)/.exec(reason)?.[1];
  if (duplicate !== undefined) {
    const at = text.lastIndexOf(`${duplicate}=`, offset);
    const message = `the attribute ${duplicate} is written twice`;
    return { offset: at === -1 ? offset : at, message, suggestion: 'keep one of them' };
  }
  return { offset, message: `the XML is malformed: ${reason[0]!.toLowerCase()}${reason.slice(1)}` };
}

/** The parser stops behind the ampersand, somewhere. */
function rawAmpersand(text: string, offset: number, reason: string): XmlFault {
  const at = text.lastIndexOf('&', offset);
  if (at === -1) return { offset, message: `the XML is malformed: ${reason}` };
  const word = /^&#?\w*;?/.exec(text.slice(at, at + 40))![0];
  const isEntity = word.length > 2 && word.endsWith(';');
  const message = isEntity ? `${word} is no entity of XML` : 'there is a raw & here';
  return { offset: at, message, suggestion: isEntity ? `write &amp;${word.slice(1)}` : 'write &amp;' };
}

const MARKUP =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<(\/?)([^\s/>!?]+)(?:"[^"]*"|'[^']*'|[^>"'])*?(\/?)>/g;

/** Finds where the element was opened that lacks its end. */
function unclosedElement(text: string, offset: number, name: string, places: TextPlaces): XmlFault {
  const open: { name: string; at: number }[] = [];
  MARKUP.lastIndex = 0;
  for (let match = MARKUP.exec(text); match !== null && match.index < offset; match = MARKUP.exec(text)) {
    if (match[2] === undefined) continue;
    if (match[1] === '/') open.pop();
    else if (match[3] !== '/') open.push({ name: match[2], at: match.index });
  }
  const found = /^<\/([^\s>]*)/.exec(text.slice(offset, offset + 200))?.[1];
  const opened = open.findLast((each) => each.name === name);
  const where = opened ? ` of line ${places.at(opened.at).line}` : '';
  if (found !== undefined) {
    const message = `</${found}> stands where <${name}>${where} has to end`;
    return { offset, message, suggestion: `write </${name}> before it, or close <${name} …/> in itself` };
  }
  const message = `<${name}>${where} is not closed`;
  return { offset: opened?.at ?? offset, message, suggestion: `add </${name}>` };
}

/** The parser counts characters beyond U+FFFF as one. */
function toCodeUnits(position: number, text: string): number {
  let offset = 0;
  for (let count = 0; count < position && offset < text.length; count++) {
    offset += text.codePointAt(offset)! > 0xffff ? 2 : 1;
  }
  return offset;
}
