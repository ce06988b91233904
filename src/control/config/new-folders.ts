// A folder that comes to a site may bring a web.config: where one may stand in it, so that it can be watched for.
import { type Dirent, lstatSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readFolder } from '../../base/read-folder.ts';

/** Folders of one new tree that are looked into. */
const MOST_FOLDERS = 100;

export function isWebConfig(path: string): boolean {
  return basename(path).toLowerCase() === 'web.config';
}

/** The folders in which a web.config is, or is watched for. */
export function siteFolders(files: readonly string[]): Set<string> {
  return new Set(files.filter(isWebConfig).map((file) => dirname(file)));
}

/** Where web.config files are or may come to be in `path` and below; none where it is no folder. */
export function webConfigsBelow(path: string): string[] {
  const found: string[] = [];
  const queue = isFolder(path) ? [path] : [];
  for (let folder = queue.shift(); folder !== undefined && found.length < MOST_FOLDERS; folder = queue.shift()) {
    const entries = entriesIn(folder);
    found.push(join(folder, entries.find(({ name }) => isWebConfig(name))?.name ?? 'web.config'));
    for (const entry of entries) if (entry.isDirectory()) queue.push(join(folder, entry.name));
  }
  return found;
}

/** A link is none: it is followed, if at all, when the site is read. */
function isFolder(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false; // gone already
  }
}

function entriesIn(folder: string): Dirent[] {
  try {
    return readFolder(folder).entries;
  } catch {
    return [];
  }
}
