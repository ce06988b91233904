// The web.config files below the folders of a site → layers of its settings, and what has to be watched so that one that
// is added, changed or removed counts.
import { decodeText } from '../../base/decode-text.ts';
import { readRegularFile } from '../../base/read-regular-file.ts';
import { expandConfigSources } from './expand-config-sources.ts';
import { findWebConfigs, type SiteFolders } from './find-web-configs.ts';
import type { PathOptions } from './iis-options.ts';
import { declaredSections, type Layer, readWebConfig } from './read-web-config.ts';
import { LARGEST_XML, readXml } from './read-xml.ts';
import type { Report } from './report.ts';

export interface SiteFoldersRead {
  layers: Layer[];
  /** Absolute paths: files that were read, and places where a web.config may come to be. */
  files: string[];
}

/** @param except a file that is read otherwise */
export function readSiteFolders(
  folders: SiteFolders,
  paths: PathOptions,
  report: Report,
  except?: string,
): SiteFoldersRead {
  const { files: found, watch, cutOff } = findWebConfigs(folders);
  const files = [...watch];
  const layers: Layer[] = [];
  for (const { file, url } of found) {
    // A main file with the folder of the site is its web.config, whatever it is called.
    if (file !== except && !(except !== undefined && url === '/'))
      layers.push(...readOne(file, url, files, paths, report));
  }
  if (cutOff) {
    const place = { file: folders.root, line: 1, column: 1 };
    const message = 'there are more than 1000 folders below: web.config files in the rest of them are not read';
    report.warning(place, message, 'set webConfig: false for the site, or make it smaller');
  }
  return { layers, files };
}

function readOne(file: string, url: string, files: string[], paths: PathOptions, report: Report): Layer[] {
  let text: string;
  try {
    text = decodeText(readRegularFile(file, LARGEST_XML));
  } catch (error) {
    report.error({ file, line: 1, column: 1 }, `it cannot be read: ${(error as Error).message}`);
    return [];
  }
  const root = readXml(text, file, report.problems);
  if (root === null) return [];
  if (root.name !== 'configuration') {
    report.error(root.place, `expected <configuration>, got <${root.name}>`);
    return [];
  }
  expandConfigSources(root, file, files, report);
  return readWebConfig(root, url, report, { isServer: false, isFound: true, declared: declaredSections(root), paths });
}
