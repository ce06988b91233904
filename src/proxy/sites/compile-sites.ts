// SiteConfig → Site: the levels by path, and which folder a path is looked up in.
import type { FolderAndRest, Site, SiteLevel } from '../../model/site.ts';
import type { BrokenFolderConfig, SiteConfig } from '../../model/site-config.ts';
import { applicationOf, isAtOrBelow } from '../../model/url-path.ts';
import { SiteLevels } from './site-levels.ts';

/** Compiles the sites of a configuration; the numbers of their levels run through all of them. */
export function compileSites(configs: readonly SiteConfig[]): Site[] {
  let firstId = 0;
  return configs.map((config) => {
    const levels = config.levels.map((level, index): SiteLevel => ({ id: firstId + index, config: level }));
    firstId += levels.length;
    return compileSite(config, levels);
  });
}

function compileSite(config: SiteConfig, levels: readonly SiteLevel[]): Site {
  const byPath = new SiteLevels(levels);
  const broken = new Map(config.brokenFolders.map((folder) => [folder.path.toLowerCase(), folder]));
  return Object.freeze({
    name: config.name,
    config,
    levels,
    brokenAbove: (path: string) => brokenAbove(broken, path),
    levelAt: (path: string) => byPath.at(path),
    folderOf: (path: string) => folderOf(config, path),
    applicationAt: (path: string) => applicationOf(path, config.applications),
  });
}

/** @param broken by lower-case path: letter case does not count in IIS */
function brokenAbove(broken: ReadonlyMap<string, BrokenFolderConfig>, path: string): BrokenFolderConfig | null {
  if (broken.size === 0) return null;
  for (let above = path.toLowerCase(); above !== ''; above = above.slice(0, above.lastIndexOf('/'))) {
    const found = broken.get(above);
    if (found !== undefined) return found;
  }
  return broken.get('/') ?? null;
}

function folderOf({ root, virtualDirectories }: SiteConfig, path: string): FolderAndRest | null {
  const virtual = virtualDirectories.find((directory) => isAtOrBelow(path, directory.path));
  if (virtual !== undefined) return { folder: virtual.folder, rest: path.slice(virtual.path.length) };
  return root === null ? null : { folder: root, rest: path };
}
