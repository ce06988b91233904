// Any configuration with sites, of YAML or of IIS: their folders are found on this machine, and what the web.config files
// in them say is laid over what is written.
import { dirname, resolve } from 'node:path';
import type { LocatedProblem } from '../../model/config-error.ts';
import type { ConfigNode, MapNode, ScalarNode } from '../../model/config-node.ts';
import type { FidelityRow } from '../../model/fidelity-row.ts';
import type { IisOptions, PathOptions } from './iis-options.ts';
import { isWindowsPath, mapPath } from './path-map.ts';
import { type FoldersOfSite, readSiteFolders } from './read-site-folders.ts';
import { Report } from './report.ts';
import { locationNodes } from './write-locations.ts';
import { put } from './write-section.ts';

export interface SiteFilesAdded {
  files: string[];
  problems: LocatedProblem[];
  rows: FidelityRow[];
}

/** Adds to the sites in `root`, in place. */
export function addSiteFiles(root: MapNode, options: IisOptions): SiteFilesAdded {
  const report = new Report();
  const files: string[] = [];
  const sites = mapAt(root, 'sites');
  const paths = { ...options, pathMap: { ...writtenPathMap(root), ...options.pathMap } };
  for (const [name, { node: site }] of sites?.entries ?? []) {
    if (site.kind !== 'map') continue;
    const folders = foldersOf(name, site, paths, report);
    if (!folders || isOff(site.entries.get('webConfig')?.node)) continue;
    const read = readSiteFolders(folders, paths, report);
    files.push(...read.files);
    addLocations(site, locationNodes(read.layers));
  }
  return { files, problems: report.problems, rows: report.rows };
}

function addLocations(site: MapNode, layers: MapNode[]): void {
  if (layers.length === 0) return;
  const before = site.entries.get('locations')?.node;
  if (before?.kind === 'list') before.items.push(...layers);
  else if (!before || isNothing(before))
    put(site, 'locations', { kind: 'list', place: layers[0]!.place, items: layers });
}

/** The folders of a site; null where it has none. Windows paths are replaced by what they are here. */
function foldersOf(name: string, site: MapNode, paths: PathOptions, report: Report): FoldersOfSite | null {
  const root = folderAt(site.entries.get('root')?.node, paths, report);
  const virtualDirectories = new Map<string, string>();
  for (const [path, { node }] of mapAt(site, 'virtualDirectories')?.entries ?? []) {
    const folder = folderAt(node, paths, report);
    if (folder !== null) virtualDirectories.set(path, folder);
  }
  return root === null ? null : { site: name, root, virtualDirectories };
}

function folderAt(node: ConfigNode | undefined, paths: PathOptions, report: Report): string | null {
  if (node?.kind !== 'scalar' || typeof node.value !== 'string' || node.value === '') return null;
  if (!isWindowsPath(node.value)) return resolve(dirname(node.place.file), node.value);
  const mapped = mapPath(node.value, node.place.file, paths);
  if ('fault' in mapped) {
    report.error(node.place, mapped.fault, mapped.suggestion);
    return null;
  }
  (node as ScalarNode).value = mapped.path;
  return mapped.path;
}

/** `pathMap` of the configuration; its folders are relative to the file that names them. */
function writtenPathMap(root: MapNode): Record<string, string> {
  const map: Record<string, string> = {};
  for (const [from, { node }] of mapAt(root, 'pathMap')?.entries ?? []) {
    if (node.kind === 'scalar' && typeof node.value === 'string')
      map[from] = resolve(dirname(node.place.file), node.value);
  }
  return map;
}

function mapAt(map: MapNode, key: string): MapNode | undefined {
  const node = map.entries.get(key)?.node;
  return node?.kind === 'map' ? node : undefined;
}

function isOff(node: ConfigNode | undefined): boolean {
  return node?.kind === 'scalar' && String(node.value).toLowerCase() === 'false';
}

function isNothing(node: ConfigNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}
