// Files of IIS → one configuration that needs none of them any more: an applicationHost.config with the web.config files
// in the folders of its sites, and further web.config files, each a site of its own.
import { basename, dirname, resolve } from 'node:path';
import type { LocatedProblem } from '../../model/config-error.ts';
import type { MapNode } from '../../model/config-node.ts';
import type { FidelityRow } from '../../model/fidelity-row.ts';
import { addSiteFiles } from './add-site-files.ts';
import type { IisOptions } from './iis-options.ts';
import { liftRootLocations } from './lift-root-locations.ts';
import { mergeTrees } from './merge-trees.ts';
import { readIis } from './read-iis.ts';
import { Report } from './report.ts';
import { mapNode, put, scalar } from './write-section.ts';

export interface IisSource {
  file: string;
  text: string;
}

export interface IisImport {
  /** Null where a file could not be read: then `problems` says why. */
  root: MapNode | null;
  problems: LocatedProblem[];
  /** In the order of the files. */
  rows: FidelityRow[];
}

/** @param sources the applicationHost.config first */
export function importIis(sources: readonly IisSource[], options: IisOptions): IisImport {
  const report = new Report();
  const known = new Set<string>();
  const problems: LocatedProblem[] = [];
  const rows: FidelityRow[] = [];
  let whole: MapNode | null = null;
  let ofServer = false;
  for (const { file, text } of sources) {
    if (known.has(resolve(file))) continue; // it stands in the folder of a site, and was read with that
    const read = readIis(text, file, options);
    problems.push(...read.problems);
    rows.push(...read.rows);
    for (const each of read.files) known.add(each);
    if (read.root === null) continue;
    const added = addSiteFiles(read.root, options);
    problems.push(...added.problems);
    rows.push(...added.rows);
    for (const each of added.files) known.add(each);
    for (const site of sitesOf(read.root)) {
      put(site, 'webConfig', scalar(false, site.place));
      liftRootLocations(site);
    }
    if (whole === null) {
      whole = read.root;
      ofServer = !isWebConfig(whole);
    } else {
      // Whether requests go to other hosts is said by the server alone.
      if (ofServer) read.root.entries.delete('proxy');
      nameSite(read.root, file, whole, report);
      mergeTrees(whole, read.root, report);
    }
  }
  return { root: whole, problems: [...problems, ...report.problems], rows: [...rows, ...report.rows] };
}

function sitesOf(root: MapNode): MapNode[] {
  const sites = root.entries.get('sites')?.node;
  if (sites?.kind !== 'map') return [];
  return [...sites.entries.values()].map(({ node }) => node).filter((node) => node.kind === 'map');
}

/** Its only site is the one of its folder. */
function isWebConfig(root: MapNode): boolean {
  const sites = root.entries.get('sites')?.node;
  const only = sites?.kind === 'map' && sites.entries.size === 1 ? sites.entries.get('default')?.node : undefined;
  return only?.kind === 'map' && !only.entries.has('bindings');
}

/** The site of a web.config is called after its folder. It needs a binding, for only one site can do without. */
function nameSite(root: MapNode, file: string, whole: MapNode, report: Report): void {
  if (!isWebConfig(root)) return;
  const sites = root.entries.get('sites')!.node as MapNode;
  const entry = sites.entries.get('default')!;
  const site = entry.node as MapNode;
  const taken = whole.entries.get('sites')?.node ?? mapNode(root.place);
  let name = basename(dirname(resolve(file)));
  while (taken.kind === 'map' && taken.entries.has(name)) name += '-2';
  sites.entries.delete('default');
  put(sites, name, site, entry.keyPlace);
  if (sitesOf(whole).every((other) => other.entries.has('bindings'))) return;
  const host = name.toLowerCase().replace(/[^a-z0-9.-]+/g, '-');
  const binding = scalar(`*:8080:${host}`, site.place);
  put(site, 'bindings', { kind: 'list', place: site.place, items: [binding] });
  const note = `a web.config does not say for which host names it is: write them instead of ${host}`;
  report.row(site.place, 'bindings', 'approximated', note);
}
