// `configSource`: a section whose own element stands as the root of another file (url-rewrite.md 1).
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { decodeText } from '../../base/decode-text.ts';
import { readRegularFile } from '../../base/read-regular-file.ts';
import { isWindowsPath, mapPath } from './path-map.ts';
import { LARGEST_XML, readXml } from './read-xml.ts';
import type { Report } from './report.ts';
import type { XmlAttribute, XmlElement } from './xml-tree.ts';

/** Sections stand no deeper than configuration/location/system.webServer/group/section. */
const DEEPEST = 5;

/** What is passed over is so without its file: `connectionStrings` has its passwords where nobody takes them along. */
const READ: ReadonlySet<string> = new Set(['system.webServer', 'system.applicationHost', 'webFarms', 'location']);

/**
 * Puts the roots of other files in place of the elements that name them, whose places are then in those files.
 * @param files takes their names
 */
export function expandConfigSources(root: XmlElement, file: string, files: string[], report: Report): void {
  expandBelow(root, file, files, report, 1);
}

function expandBelow(element: XmlElement, file: string, files: string[], report: Report, depth: number): void {
  const isOuter = element.name === 'configuration' || element.name === 'location';
  element.children = element.children.map((child) => {
    if (isOuter && !READ.has(child.name)) return child;
    const source = child.attributes.find(({ name }) => name === 'configSource');
    if (source) return readSource(child, source, file, files, report);
    if (depth < DEEPEST) expandBelow(child, file, files, report, depth + 1);
    return child;
  });
}

function readSource(
  element: XmlElement,
  source: XmlAttribute,
  file: string,
  files: string[],
  report: Report,
): XmlElement {
  const empty = { ...element, attributes: [], children: [] };
  const refuse = (message: string, suggestion?: string) => {
    report.error(source.valuePlace, `configSource: ${message}`, suggestion);
    return empty;
  };
  if (element.children.length > 0 || element.attributes.length > 1)
    return refuse('the section is in the other file: nothing else may stand here');
  const mapped = mapPath(source.value, file, { env: {}, pathMap: {} });
  const path = 'path' in mapped ? mapped.path : '';
  const fromFolder = relative(dirname(resolve(file)), path);
  if (path === '' || isWindowsPath(source.value) || isAbsolute(source.value) || fromFolder.startsWith('..'))
    return refuse('expected a path relative to this file, in its folder or below');
  files.push(path);
  let text: string;
  try {
    text = decodeText(readRegularFile(path, LARGEST_XML));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return refuse(code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be read: ${message}`);
  }
  const root = readXml(text, path, report.problems);
  if (root === null) return empty;
  if (root.name === element.name) return root;
  report.error(root.place, `expected <${element.name}> here, which ${file} takes from this file, got <${root.name}>`);
  return empty;
}
