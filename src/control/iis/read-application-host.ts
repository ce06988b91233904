// applicationHost.config → the whole configuration: farms, proxy, global rules, sites, and what location elements say
// about them (url-rewrite.md 1, arr.md 5).
import type { MapNode } from '../../model/config-node.ts';
import type { IisOptions } from './iis-options.ts';
import { addServerSection } from './merge-server-sections.ts';
import type { LevelOptions } from './read-level.ts';
import { readSection } from './read-section.ts';
import {
  declaredSections,
  type Layer,
  labelOf,
  layersOf,
  passOverRootSection,
  readLocation,
} from './read-web-config.ts';
import type { Report } from './report.ts';
import { sites as sitesRule } from './site-rules.ts';
import { writeAccessLog } from './write-access-log.ts';
import { listenerNodes, type TlsListeners } from './write-bindings.ts';
import { writeFarms } from './write-farms.ts';
import { addLayers } from './write-locations.ts';
import { mapNode, put, scalar } from './write-section.ts';
import { writeSite } from './write-sites.ts';
import { childrenOf, isEmpty, type XmlElement } from './xml-tree.ts';

/** Settings of the server that stand at the root of our configuration; all others go to each site. */
const OF_THE_SERVER = ['rewriteMaps', 'outboundRules', 'providers', 'allowedServerVariables', 'requestFiltering'];

interface Reading {
  root: XmlElement;
  tree: MapNode;
  /** By name in lower case. */
  sites: Map<string, { name: string; node: MapNode; layers: Layer[] }>;
  options: IisOptions;
  report: Report;
}

export function readApplicationHost(root: XmlElement, options: IisOptions, report: Report): MapNode {
  const reading: Reading = { root, tree: mapNode(root.place), sites: new Map(), options, report };
  report.row(root.place, 'configuration');
  readHostSections(reading);
  const server = readServerLayers(reading);
  readSiteLocations(reading);
  placeServerSettings(server, reading);
  writeSites(reading);
  return reading.tree;
}

/** What is no system.webServer: sites and farms. */
function readHostSections(reading: Reading): void {
  const { root, tree, report } = reading;
  const listeners: TlsListeners = new Map();
  for (const child of root.children) {
    const path = `configuration/${child.name}`;
    if (child.name === 'webFarms') {
      const farms = writeFarms(child, path, report);
      if (farms) put(tree, 'farms', farms);
    } else if (child.name === 'system.applicationHost') {
      report.row(child.place, path);
      for (const section of child.children) {
        const at = `${path}/${section.name}`;
        if (section.name === 'sites') readSites(section, at, listeners, reading);
        else passOverHostSection(section, at, report);
      }
    } else if (child.name !== 'system.webServer' && child.name !== 'location') passOverRootSection(child, path, report);
  }
  const tls = listenerNodes(listeners);
  if (tls) put(tree, 'listeners', tls);
}

function readSites(section: XmlElement, path: string, listeners: TlsListeners, reading: Reading): void {
  const { tree, sites, options, report } = reading;
  const read = readSection(section, sitesRule, path, report);
  for (const site of read.items) {
    const written = writeSite(site, listeners, options, report);
    if (written) sites.set(written.name.toLowerCase(), { ...written, layers: [] });
  }
  writeAccessLog(read, tree, options, report);
}

const HOST_SECTIONS: Readonly<Record<string, string>> = { log: 'write accessLog', webLimits: 'see limits' };

function passOverHostSection(section: XmlElement, path: string, report: Report): void {
  const note = Object.hasOwn(HOST_SECTIONS, section.name) ? HOST_SECTIONS[section.name] : undefined;
  const verdict = note === undefined || isEmpty(section) ? 'exact' : 'unsupported';
  report.row(section.place, path, verdict, note ?? 'not needed here: there are no worker processes of IIS');
}

/** The layers of the server itself: system.webServer, and location elements without a path. */
function readServerLayers({ root, options, report }: Reading): Layer[] {
  const levelOptions = { isServer: true, declared: declaredSections(root), paths: options };
  const own = { ...root, children: childrenOf(root, 'system.webServer') };
  const whole = { element: own, path: '', inherits: true, reportPath: 'configuration' };
  const layers = layersOf(whole, '/', { ...levelOptions, isComplete: true }, report);
  for (const element of childrenOf(root, 'location')) {
    const location = readLocation(element, `configuration/${labelOf(element)}`, report);
    if (location?.path === '') layers.push(...layersOf(location, '/', levelOptions, report));
  }
  return layers;
}

/** Location elements whose path begins with the name of a site. */
function readSiteLocations({ root, sites, options, report }: Reading): void {
  const levelOptions: LevelOptions = { isServer: false, declared: declaredSections(root), paths: options };
  for (const element of childrenOf(root, 'location')) {
    const location = readLocation(element, `configuration/${labelOf(element)}`, report);
    if (!location || location.path === '') continue;
    const [name = '', ...below] = location.path.split('/');
    const site = sites.get(name.toLowerCase());
    if (site) site.layers.push(...layersOf(location, `/${below.join('/')}`, levelOptions, report));
    else {
      report.row(element.place, `configuration/${labelOf(element)}`, 'unsupported', 'there is no such site');
      report.warning(element.place, `there is no site "${name}": what is said of it has no effect`);
    }
  }
}

function placeServerSettings(layers: Layer[], reading: Reading): void {
  const { tree, sites, root, report } = reading;
  for (const { level } of layers) {
    if (level.globalRules) addServerSection(tree, 'rules', level.globalRules);
    if (level.proxy) addServerSection(tree, 'proxy', level.proxy);
    for (const key of OF_THE_SERVER) {
      const entry = level.settings.get(key);
      if (entry) addServerSection(tree, key, entry);
      level.settings.delete(key);
    }
  }
  const left = layers.filter(({ level }) => level.settings.size > 0);
  if (sites.size === 0 && left.some(({ level }) => level.settings.has('rules'))) {
    const message = 'there are no sites in this file: its rules are given to one that takes every request';
    report.warning(left[0]!.element.place, message);
    sites.set('default', { name: 'default', node: mapNode(root.place), layers: [] });
  }
  for (const site of sites.values()) site.layers.unshift(...left);
}

function writeSites({ root, tree, sites }: Reading): void {
  if (sites.size === 0) return;
  const map = mapNode(root.place);
  for (const { name, node, layers } of sites.values()) {
    addLayers(node, layers);
    put(map, name, node);
  }
  put(tree, 'sites', map);
  put(tree, 'unmatchedHost', scalar('refuse', root.place));
}
