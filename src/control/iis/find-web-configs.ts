// The web.config files in the folders of a site, each with the URL path of its folder. The walk is bounded, and links that
// lead out of the site are not followed.
import { type Dirent, existsSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { type FolderRead, MOST_ENTRIES, readFolder } from '../../base/read-folder.ts';
import { defaultLevelSettings } from '../../model/level-settings.ts';
import { joinPaths } from './read-web-config.ts';

/** Folders of one site that are looked into. */
const MOST_FOLDERS = 1000;

/** Names that nothing is served from where nothing else is written: what IIS hides. */
const HIDDEN: ReadonlySet<string> = new Set(defaultLevelSettings.requestFiltering.hiddenSegments);

export interface Found {
  file: string;
  /** URL path of its folder. */
  url: string;
}

export interface FoundWebConfigs {
  /** Parents before what is below them. */
  files: Found[];
  /** Where a web.config is or may come to be: what a watcher has to look at. */
  watch: string[];
  /** True when there are more folders than are looked into. */
  cutOff: boolean;
  /** Folders with more entries than are looked at. */
  crowded: string[];
}

export interface SiteFolders {
  root: string;
  /** Folders that stand elsewhere, by URL path. */
  virtualDirectories: ReadonlyMap<string, string>;
}

/**
 * @param most folders to look into
 * @param mostEntries of one folder to look at
 */
export function findWebConfigs(
  { root, virtualDirectories }: SiteFolders,
  most = MOST_FOLDERS,
  mostEntries = MOST_ENTRIES,
): FoundWebConfigs {
  const found: FoundWebConfigs = { files: [], watch: [], cutOff: false, crowded: [] };
  const elsewhere = new Set([...virtualDirectories.keys()].map((path) => path.toLowerCase()));
  const queue = [{ folder: root, url: '/', top: realPath(root) }];
  for (const [url, folder] of virtualDirectories)
    queue.push({ folder, url: joinPaths('/', url), top: realPath(folder) });
  let looked = 0;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { folder, url, top } = next;
    if (top === null) continue;
    if (++looked > most) {
      found.cutOff = true;
      break;
    }
    const read = entriesOf(folder, mostEntries);
    if (read === null) continue;
    const { entries, cutOff } = read;
    if (cutOff) found.crowded.push(folder);
    const config = entries.find((entry) => entry.name === 'web.config') ?? entries.find(isWebConfig);
    const file = join(folder, config?.name ?? 'web.config');
    found.watch.push(file);
    // It may be among the entries that were not looked at.
    if (config || (cutOff && existsSync(file))) found.files.push({ file, url });
    for (const entry of entries) {
      const below = joinPaths(url, entry.name);
      if (isHidden(entry.name) || elsewhere.has(below.toLowerCase())) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory() || (entry.isSymbolicLink() && leadsInside(path, top)))
        queue.push({ folder: path, url: below, top });
    }
  }
  return found;
}

function isHidden(name: string): boolean {
  return (name.startsWith('.') && name !== '.well-known') || HIDDEN.has(name.toLowerCase());
}

function isWebConfig(entry: Dirent): boolean {
  return entry.name.toLowerCase() === 'web.config' && !entry.isDirectory();
}

/** Null for a folder that may not be read: then nothing is served from it either. */
function entriesOf(folder: string, most: number): FolderRead | null {
  try {
    return readFolder(folder, most);
  } catch {
    return null;
  }
}

/** A link into its own folders: never to one that it stands in, which would have no end. */
function leadsInside(link: string, top: string): boolean {
  const target = realPath(link);
  if (target === null || !target.startsWith(`${top}${sep}`)) return false;
  const real = realPath(join(link, '..'));
  return real !== null && real !== target && !real.startsWith(`${target}${sep}`);
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
