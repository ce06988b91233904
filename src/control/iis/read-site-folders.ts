// The web.config files below the folders of a site → layers of its settings, and what has to be watched so that one that
// is added, changed or removed counts.
import { decodeText } from '../../base/decode-text.ts';
import { MOST_ENTRIES } from '../../base/read-folder.ts';
import { readRegularFile } from '../../base/read-regular-file.ts';
import { isAtOrBelow } from '../../model/url-path.ts';
import { expandConfigSources } from './expand-config-sources.ts';
import { type Found, findWebConfigs, type SiteFolders } from './find-web-configs.ts';
import type { IisOptions } from './iis-options.ts';
import { declaredSections, type Layer, readWebConfig } from './read-web-config.ts';
import { LARGEST_XML, readXml } from './read-xml.ts';
import type { Report } from './report.ts';
import type { XmlElement } from './xml-tree.ts';

/** Characters of all web.config files of a site: whoever may write below its root could otherwise take all memory. */
const MOST_TEXT = 64 * 1024 * 1024;

export interface SiteFoldersRead {
  layers: Layer[];
  /** Absolute paths: files that were read, and places where a web.config may come to be. */
  files: string[];
}

export interface FoldersOfSite extends SiteFolders {
  /** Its name. */
  site: string;
}

/** @param except a file that is read otherwise */
export function readSiteFolders(
  folders: FoldersOfSite,
  options: IisOptions,
  report: Report,
  except?: string,
): SiteFoldersRead {
  const { files: found, watch, cutOff, crowded } = findWebConfigs(folders);
  const files = [...watch];
  const layers: Layer[] = [];
  const { folderFiles } = options;
  const broken = outermost(found.filter(({ file }) => folderFiles?.isLeftOut(file)));
  for (const { url } of broken) {
    const below = found.filter((each) => isAtOrBelow(each.url, url)).map(({ file }) => file);
    folderFiles?.noteBroken(folders.site, url, below);
  }
  let room = MOST_TEXT;
  for (const { file, url } of found) {
    // A main file with the folder of the site is its web.config, whatever it is called.
    if (file === except || (except !== undefined && url === '/')) continue;
    if (broken.some((above) => isAtOrBelow(url, above.url))) continue; // nothing is served there
    folderFiles?.noteRead(file, []);
    const root = readOne(file, report, (length) => {
      room -= length;
      return room >= 0;
    });
    if (root === null) continue;
    const parts: string[] = [];
    expandConfigSources(root, file, parts, report);
    folderFiles?.noteRead(file, parts);
    files.push(...parts);
    const level = { isServer: false, isFound: true, declared: declaredSections(root), paths: options };
    layers.push(...readWebConfig(root, url, report, level));
  }
  if (cutOff) {
    const place = { file: folders.root, line: 1, column: 1 };
    const message = 'there are more than 1000 folders below: web.config files in the rest of them are not read';
    report.warning(place, message, 'set webConfig: false for the site, or make it smaller');
  }
  for (const folder of crowded) {
    const message = `there are more than ${MOST_ENTRIES} entries in this folder: folders among the rest of them are not looked into`;
    report.warning({ file: folder, line: 1, column: 1 }, message, 'put fewer into one folder');
  }
  return { layers, files };
}

/** Those of `found` with none of the others above them. */
function outermost(found: readonly Found[]): Found[] {
  return found.filter(
    ({ url }) => !found.some((other) => other.url.length < url.length && isAtOrBelow(url, other.url)),
  );
}

/** @param takes whether there is room for so many characters */
function readOne(file: string, report: Report, takes: (length: number) => boolean): XmlElement | null {
  const start = { file, line: 1, column: 1 };
  let text: string;
  try {
    text = decodeText(readRegularFile(file, LARGEST_XML));
  } catch (error) {
    report.error(start, `it cannot be read: ${(error as Error).message}`);
    return null;
  }
  if (!takes(text.length)) {
    report.error(start, `with it the web.config files of the site have more than ${MOST_TEXT / 1024 ** 2} MB`);
    return null;
  }
  const root = readXml(text, file, report.problems);
  if (root === null || root.name === 'configuration') return root;
  report.error(root.place, `expected <configuration>, got <${root.name}>`);
  return null;
}
