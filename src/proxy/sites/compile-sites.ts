// SiteConfig → Site: the levels by path, and which folder a path is looked up in.
import type { FolderAndRest, Site, SiteLevel } from '../../model/site.ts';
import type { SiteConfig } from '../../model/site-config.ts';
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
  const applications = config.applications.toSorted((a, b) => b.length - a.length);
  return Object.freeze({
    name: config.name,
    config,
    levels,
    levelAt: (path: string) => byPath.at(path),
    folderOf: (path: string) => folderOf(config, path),
    applicationAt: (path: string) => applications.find((application) => isAtOrBelow(path, application)) ?? '/',
  });
}

function folderOf({ root, virtualDirectories }: SiteConfig, path: string): FolderAndRest | null {
  const virtual = virtualDirectories.find((directory) => isAtOrBelow(path, directory.path));
  if (virtual !== undefined) return { folder: virtual.folder, rest: path.slice(virtual.path.length) };
  return root === null ? null : { folder: root, rest: path };
}

/** Letter case does not count in URL paths of a site's configuration. */
function isAtOrBelow(path: string, above: string): boolean {
  if (above === '/') return true;
  if (path.length < above.length || path.slice(0, above.length).toLowerCase() !== above.toLowerCase()) return false;
  return path.length === above.length || path[above.length] === '/';
}
