// Rules and servers as they stand in the file, before any schema: for checks that must see them all, also beside one
// that has a fault of its own.
import type { ConfigPath } from '../../model/config.ts';

type WrittenMap = Record<string, unknown>;

/** True for a map of the configuration, whatever is in it. */
export function isMap(value: unknown): value is WrittenMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The path of the list of global rules: `rules`, or `rules.list` where the section is a map. */
export function rulesPath(raw: WrittenMap): ConfigPath {
  return isMap(raw.rules) ? ['rules', 'list'] : ['rules'];
}

interface WrittenRule {
  path: ConfigPath;
  rule: WrittenMap;
}

/** Every rule that is a map, with its place; those of sites too. */
export function rulesOf(raw: WrittenMap): WrittenRule[] {
  return ruleListsOf(raw).flat();
}

/** The same, list by list: the global rules, then those of each site and of each of its locations. */
export function ruleListsOf(raw: WrittenMap): WrittenRule[][] {
  return levelsOf(raw).map(({ level, at }) => listIn(level, at));
}

/** Outbound rules, list by list. */
export function outboundListsOf(raw: WrittenMap): WrittenRule[][] {
  return levelsOf(raw).map(({ level, at }) => {
    const section = isMap(level) ? level.outboundRules : undefined;
    return mapsIn(isMap(section) ? section.rules : undefined, [...at, 'outboundRules', 'rules']);
  });
}

interface WrittenLevel {
  level: unknown;
  at: ConfigPath;
}

/** Whatever may have rules: the root, each site, and each of its locations. */
function levelsOf(raw: WrittenMap): WrittenLevel[] {
  const sites = isMap(raw.sites) ? Object.entries(raw.sites) : [];
  return [{ level: raw, at: [] }, ...sites.flatMap(([name, site]) => siteLevels(site, ['sites', name]))];
}

function siteLevels(site: unknown, at: ConfigPath): WrittenLevel[] {
  if (!isMap(site)) return [];
  const locations = Array.isArray(site.locations) ? site.locations : [];
  return [{ level: site, at }, ...locations.map((level, index) => ({ level, at: [...at, 'locations', index] }))];
}

function listIn(level: unknown, at: ConfigPath): WrittenRule[] {
  const section = isMap(level) ? level.rules : undefined;
  return mapsIn(isMap(section) ? section.list : section, [...at, 'rules', 'list']);
}

function mapsIn(list: unknown, at: ConfigPath): WrittenRule[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((rule, index) => (isMap(rule) ? [{ path: [...at, index], rule }] : []));
}

/** Names of the farms, in file order, faulty ones included. */
export function farmNamesOf(raw: WrittenMap): string[] {
  return isMap(raw.farms) ? Object.keys(raw.farms) : [];
}

/** Addresses of the servers of a farm, with their places. */
export function addressesOf(raw: WrittenMap, farm: string): { path: ConfigPath; address: string }[] {
  const written = isMap(raw.farms) ? raw.farms[farm] : undefined;
  const servers = isMap(written) ? written.servers : undefined;
  if (!Array.isArray(servers)) return [];
  return servers.flatMap((server, index) => {
    const address = isMap(server) ? server.address : server;
    return typeof address === 'string' ? [{ path: ['farms', farm, 'servers', index], address }] : [];
  });
}
