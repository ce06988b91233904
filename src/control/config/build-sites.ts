// Sites as written → SiteConfig: folders become absolute, and each URL path gets a level with all that is in force there.
import type { ConfigPath } from '../../model/config.ts';
import type { SiteConfig, VirtualDirectoryConfig } from '../../model/site-config.ts';
import { buildBindings } from './build-bindings.ts';
import { buildLevel, type ServerLevel } from './build-level.ts';
import type { ConfigSource } from './config-source.ts';
import type { ProblemList } from './problem-list.ts';
import type { Written } from './root-schema.ts';
import { type Layer, layersAt, siteLayers, urlPath } from './site-layers.ts';
import type { WrittenSite } from './site-schema.ts';

/**
 * Rules of one site, counted at each level that has them: they are compiled at each. Whoever may write below its root could
 * otherwise take all memory, with some thousand rules and some hundred locations.
 */
const MOST_RULES = 100_000;
/** Locations of one site, and folders with a web.config: each is put together with all that stand above it. */
const MOST_LEVELS = 5000;

/** @param server what all sites inherit */
export function buildSites(
  written: Written,
  server: ServerLevel,
  source: ConfigSource,
  problems: ProblemList,
): SiteConfig[] {
  const ignoreCase = written.pathCase === 'insensitive';
  const sites = Object.entries(written.sites).map(([name, site], index) => {
    const at: ConfigPath = ['sites', name];
    const applications = applicationsOf(site, at, problems);
    const root = site.root === undefined ? null : source.resolvePath([...at, 'root'], site.root);
    const directories = virtualDirectories(site, at, source, problems);
    const folders = [...(root === null ? [] : [root]), ...directories.map(({ folder }) => folder)];
    const layers = siteLayers(site, at, { source, documentRoot: root, folders, problems });
    if (layers.length > MOST_LEVELS)
      problems.error([...at, 'locations'], `the site has ${layers.length} locations, and the most is ${MOST_LEVELS}`);
    layers.splice(MOST_LEVELS);
    const paths = [...new Set(['/', ...layers.map(({ path }) => path), ...applications])];
    return {
      name,
      id: site.id ?? index + 1,
      bindings: buildBindings(site.bindings, [...at, 'bindings'], problems),
      root,
      ignoreCase,
      applications,
      virtualDirectories: directories,
      brokenFolders: [],
      levels: inBounds(
        paths.map((path) => ({ path, layers: layersAt(path, layers, applications) })),
        at,
        problems,
      ).map((level) => buildLevel(level.path, level.layers, server, root, source, problems)),
    };
  });
  reportTwins(sites, problems);
  return sites;
}

/** `levels`, or those of them that come to MOST_RULES, with an error. */
function inBounds(
  levels: { path: string; layers: Layer[] }[],
  at: ConfigPath,
  problems: ProblemList,
): { path: string; layers: Layer[] }[] {
  let rules = 0;
  const first = levels.findIndex(({ layers }) => {
    for (const { settings } of layers)
      rules += (settings.rules?.list.length ?? 0) + (settings.outboundRules?.rules?.length ?? 0);
    return rules > MOST_RULES;
  });
  if (first === -1) return levels;
  const message = `with the rules that folders inherit the site has more than ${MOST_RULES}: at ${levels[first]!.path}, level ${first + 1} of ${levels.length}`;
  problems.error([...at, 'locations'], message, 'keep rules in the folders that need them, or use a rewrite map');
  return levels.slice(0, first);
}

function applicationsOf({ applications }: WrittenSite, at: ConfigPath, problems: ProblemList): string[] {
  const written = applications.map((path, index) => urlPath(path, [...at, 'applications', index], problems));
  return [...new Set(['/', ...written])];
}

function virtualDirectories(
  site: WrittenSite,
  at: ConfigPath,
  source: ConfigSource,
  problems: ProblemList,
): VirtualDirectoryConfig[] {
  const directories = Object.entries(site.virtualDirectories).map(([path, folder]) => {
    const place = [...at, 'virtualDirectories', path];
    return { path: urlPath(path, place, problems), folder: source.resolvePath(place, folder) };
  });
  return directories.toSorted((a, b) => b.path.length - a.path.length);
}

/** One binding leads to one site; a number names one. */
function reportTwins(sites: readonly SiteConfig[], problems: ProblemList): void {
  const bindings = new Map<string, string>();
  const ids = new Map<number, string>();
  for (const { name, id, bindings: own } of sites) {
    const twin = ids.get(id);
    if (twin !== undefined)
      problems.error(['sites', name, 'id'], `site "${twin}" has the number ${id} too`, 'give each its own');
    ids.set(id, name);
    for (const [index, binding] of own.entries()) {
      const key = JSON.stringify(binding);
      const other = bindings.get(key);
      if (other !== undefined)
        problems.error(
          ['sites', name, 'bindings', index],
          `site "${other}" has this binding too`,
          'remove one of them',
        );
      bindings.set(key, name);
    }
    if (own.length > 0) continue;
    const unbound = bindings.get('');
    if (unbound !== undefined)
      problems.error(
        ['sites', name],
        `sites "${unbound}" and "${name}" have no bindings: the second never gets a request`,
        'add bindings',
      );
    bindings.set('', name);
  }
}
