// Where a configuration came from: the files it was read from, or an object that a program made.
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import type { ConfigPath } from '../../model/config.ts';
import { type MapNode, nodeAt, type Place, placeOf } from '../../model/config-node.ts';
import { mapMeantAsText } from './yaml-traps.ts';

export interface ConfigSource {
  /** Where `path` stands; with `keys`, its key. */
  locate(path: ConfigPath, keys?: boolean): Place;
  /** The file path written at `path`, made absolute: it is relative to the file that names it (CONTRACT 2). */
  resolvePath(path: ConfigPath, written: string): string;
  /** What to write instead, where the form of the text explains a fault at `path`. */
  adviceAt(path: ConfigPath): string | undefined;
  /** Whether `path` stands in a file among those of a site: whoever may write there decides about the site, and nothing else. */
  isOfSite(path: ConfigPath): boolean;
}

/** @param shownAs how the name of a file is written in messages; @param ofSites files that were found in the folders of sites */
export function fileSource(
  root: MapNode,
  shownAs: (file: string) => string,
  ofSites: readonly string[] = [],
): ConfigSource {
  const found = new Set(ofSites);
  return {
    locate(path, keys) {
      const place = placeOf(root, path, keys);
      return { ...place, file: shownAs(place.file) };
    },
    resolvePath: (path, written) => resolve(dirname(placeOf(root, path).file), written),
    adviceAt(path) {
      const node = nodeAt(root, path);
      return node?.kind === 'map' ? mapMeantAsText(node) : undefined;
    },
    isOfSite: (path) => found.has(placeOf(root, path).file),
  };
}

/** Writes the names of files as the user did: beside a `file` given relative to the current folder, all are relative. */
export function namesLike(file: string): (path: string) => string {
  if (isAbsolute(file)) return (path) => path;
  const main = resolve(file);
  return (path) => (path === main ? file : relative('.', path));
}

/** A configuration without text: paths are relative to the current folder. */
export const objectSource: ConfigSource = {
  locate: () => ({ file: '<config>', line: 0, column: 0 }),
  resolvePath: (_path, written) => resolve(written),
  adviceAt: () => undefined,
  isOfSite: () => false,
};
