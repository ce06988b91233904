// A web.config given as the whole configuration: one site, whose root is its folder (CONTRACT 1).
import type { ConfigNode, MapNode, Place } from '../../model/config-node.ts';
import type { IisOptions } from './iis-options.ts';
import { readSiteFolders } from './read-site-folders.ts';
import { declaredSections, type Layer, readWebConfig } from './read-web-config.ts';
import type { Report } from './report.ts';
import { addLayers } from './write-locations.ts';
import { mapNode, put, scalar } from './write-section.ts';
import type { XmlElement } from './xml-tree.ts';

/** Its name. */
const SITE = 'default';

/**
 * @param folder of the site
 * @param files takes what is read beside `file`
 */
export function readMainWebConfig(
  root: XmlElement,
  folder: string,
  file: string,
  files: string[],
  options: IisOptions,
  report: Report,
): MapNode {
  report.row(root.place, 'configuration');
  const tree = mapNode(root.place);
  const site = mapNode(root.place);
  put(site, 'root', scalar(folder, root.place));
  const layers = readWebConfig(root, '/', report, {
    isServer: false,
    allowsProxy: true,
    declared: declaredSections(root),
    paths: options,
  });
  const folders = { site: SITE, root: folder, virtualDirectories: new Map() };
  const below = readSiteFolders(folders, options, report, file);
  files.push(...below.files.filter((each) => !files.includes(each)));
  put(site, 'webConfig', scalar(false, root.place)); // they stand in the tree already
  addLayers(site, [...layers, ...below.layers]);
  addProxy(tree, [...layers, ...below.layers], report);
  const sites = mapNode(root.place);
  put(sites, SITE, site);
  put(tree, 'sites', sites);
  return tree;
}

/** A web.config cannot say that requests may go to other hosts: in IIS that is a setting of the server. */
function addProxy(tree: MapNode, layers: readonly Layer[], report: Report): void {
  const written = layers.find(({ level }) => level.proxy)?.level.proxy;
  if (written) {
    tree.entries.set('proxy', written);
    report.warning(written.keyPlace, 'IIS takes <proxy> from applicationHost.config only; here it counts');
    return;
  }
  const target = layers.flatMap(({ level }) => absoluteTargets(level.settings.get('rules')?.node))[0];
  if (!target) return;
  const proxy = mapNode(target.place);
  put(proxy, 'enabled', scalar(true, target.place));
  put(tree, 'proxy', proxy);
  const message = 'the proxy is on, because of rules like this: in IIS that stands in applicationHost.config';
  report.warning(target.place, message);
}

/** Targets of rewrites to other hosts. */
function absoluteTargets(rules: ConfigNode | undefined): { place: Place }[] {
  const list = rules?.kind === 'map' ? rules.entries.get('list')?.node : rules;
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((rule) => {
    const action = rule.kind === 'map' ? rule.entries.get('action')?.node : undefined;
    if (action?.kind !== 'map') return [];
    const type = action.entries.get('type')?.node;
    const url = action.entries.get('url')?.node;
    const rewrites = type?.kind === 'scalar' && type.value === 'Rewrite';
    const isAbsolute = url?.kind === 'scalar' && /^(?:https?|\{[^{}]*\}):\/\//i.test(String(url.value));
    return rewrites && isAbsolute ? [{ place: url.place }] : [];
  });
}
