// What one system.webServer element says: the settings of a level, be it the server, a site or a folder.
import { closestWord } from '../../base/closest-word.ts';
import type { ConfigNode, MapNode, Place } from '../../model/config-node.ts';
import type { Fate } from './element-rule.ts';
import type { PathOptions } from './iis-options.ts';
import { keepsNobodyOut, warnOfLostProtection } from './lost-protection.ts';
import { mapValues } from './map-values.ts';
import { withholdProgramFiles } from './program-files.ts';
import { isAnywhere, readSection, type Section } from './read-section.ts';
import type { Report } from './report.ts';
import { type KnownSection, knownSections, otherSections, sectionGroups } from './section-table.ts';
import { addMixedLists } from './write-filtering.ts';
import { mapNode, writeSection } from './write-section.ts';
import { isEmpty, type XmlElement } from './xml-tree.ts';

export interface LevelOptions {
  /** Whether it is the server's own: it inherits nothing, and may have globalRules and proxy. */
  isServer: boolean;
  /** The system.webServer of applicationHost.config: its lists are whole, those of location elements add to them. */
  isComplete?: boolean;
  /** A web.config in a folder: whoever wrote it need not be the owner of the server. */
  isFound?: boolean;
  /** A web.config that is all there is may have `proxy`. */
  allowsProxy?: boolean;
  /** Sections that are declared in configSections beside those of IIS itself, by their paths. */
  declared?: ReadonlySet<string>;
  /** Where paths of the machine that the file comes from are here. */
  paths: PathOptions;
}

export interface Level {
  /** Sections that act, by the keys of our configuration. */
  settings: Map<string, { keyPlace: Place; node: ConfigNode }>;
  /** Of the server alone: they are no settings that a site could have. */
  globalRules: { keyPlace: Place; node: ConfigNode } | null;
  proxy: { keyPlace: Place; node: ConfigNode } | null;
  /** Names of files that are not sent. */
  programFiles: string[];
}

function emptyLevel(): Level {
  return { settings: new Map(), globalRules: null, proxy: null, programFiles: [] };
}

/**
 * Reads the sections in `element`.
 * @param path of the element in the fidelity report
 */
export function readLevel(
  element: XmlElement,
  path: string,
  options: LevelOptions,
  report: Report,
  level = emptyLevel(),
): Level {
  readGroup(element, '', path, { options, report, level, seen: new Map() });
  level.programFiles.push(...withholdProgramFiles(element, level.settings, report));
  return level;
}

/** Sections of the server that inherit nothing, as they stand at the root of our configuration. */
const INHERIT_NOTHING: ReadonlySet<string> = new Set(['rewrite/globalRules', 'rewrite/outboundRules', 'proxy']);

interface Reading {
  options: LevelOptions;
  report: Report;
  level: Level;
  seen: Map<string, XmlElement>;
}

function readGroup(group: XmlElement, prefix: string, path: string, reading: Reading): void {
  const { report, options } = reading;
  for (const { name, place } of group.attributes) {
    if (!isAnywhere(name)) report.error(place, `<${group.name}> has no attribute ${name}`, 'it has no attributes');
  }
  for (const child of group.children) {
    const name = `${prefix}${child.name}`;
    const at = `${path}/${child.name}`;
    if (sectionGroups.has(name)) {
      readGroup(child, `${name}/`, at, reading);
      continue;
    }
    const known = Object.hasOwn(knownSections, name) ? knownSections[name] : undefined;
    const fate = Object.hasOwn(otherSections, name) ? otherSections[name] : undefined;
    if (known) readKnown(child, name, at, known, reading);
    else if (fate) passOver(child, name, at, fate, report);
    else if (options.declared?.has(`system.webServer/${name}`))
      report.row(child.place, at, 'unsupported', 'it belongs to a module that is not known here');
    else refuseUnknown(child, prefix, at, report);
  }
}

function readKnown(element: XmlElement, name: string, path: string, known: KnownSection, reading: Reading): void {
  const { report, options, level, seen } = reading;
  const before = seen.get(name);
  if (before) {
    const message = `<${element.name}> stands twice, first in line ${before.place.line}`;
    report.error(element.place, message, 'keep one of them');
    return;
  }
  seen.set(name, element);
  const isAllowed = options.isServer || (options.allowsProxy && name === 'proxy');
  if (known.level === 'server' && !isAllowed) {
    const message = `<${element.name}> stands in applicationHost.config only: IIS answers 500.19`;
    report.error(element.place, message, 'move it there');
    return;
  }
  if (options.isFound && name === 'rewrite/allowedServerVariables') {
    const message =
      'IIS lets a web.config allow variables only where applicationHost.config unlocks that; here it counts';
    report.warning(element.place, message, 'allow them for the site, or set webConfig: false');
  }
  warnOfLostProtection(element, name, report);
  const section = readSection(element, known.rule, path, report);
  mapValues(section, name, options.paths, report);
  const entry = writeKnown(section, name, options);
  if (!entry) return;
  if (name === 'rewrite/globalRules') level.globalRules = entry;
  else if (name === 'proxy') level.proxy = entry;
  else level.settings.set(known.key, entry);
}

function writeKnown(section: Section, name: string, { isServer, isComplete }: LevelOptions): Level['proxy'] {
  const inherits = { inherits: !(isServer && INHERIT_NOTHING.has(name)) };
  if (isComplete) clearOurs(section, name);
  let node = writeSection(section, inherits);
  if (name === 'security/requestFiltering') {
    const filtering: MapNode = node?.kind === 'map' ? node : mapNode(section.element.place);
    addMixedLists(section, filtering, inherits);
    node = filtering.entries.size > 0 ? filtering : null;
  }
  return node && { keyPlace: section.element.place, node };
}

/** Lists that we have of our own, for configurations without them; null: the collection of the section itself. */
const OUR_LISTS: Readonly<Record<string, readonly (string | null)[]>> = {
  defaultDocument: ['files'],
  staticContent: [null],
  'security/requestFiltering': ['hiddenSegments', 'fileExtensions'],
};

/** What an administrator took out of a list of applicationHost.config must not come back by ours. */
function clearOurs(section: Section, name: string): void {
  for (const key of OUR_LISTS[name] ?? []) {
    const list = key === null ? section : section.parts.get(key);
    if (list !== undefined && (key !== null || list.items.length > 0)) list.clear ??= list.element.place;
  }
}

/** One row for all of it. */
function passOver(element: XmlElement, name: string, path: string, fate: Fate, report: Report): void {
  const says = !isEmpty(element) && !keepsNobodyOut(element, name);
  report.row(element.place, path, says ? fate.verdict : 'exact', says ? fate.note : 'not needed here: it says nothing');
  if (says) warnOfLostProtection(element, name, report);
}

function refuseUnknown(element: XmlElement, prefix: string, path: string, report: Report): void {
  report.row(element.place, path, 'unsupported', 'it is not known here');
  const names = [...Object.keys(knownSections), ...Object.keys(otherSections), ...sectionGroups]
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((name) => !name.includes('/'));
  const near = closestWord(element.name, names);
  const suggestion = near
    ? `did you mean <${near}>?`
    : 'remove it, or declare it in configSections where it belongs to a module';
  report.error(element.place, `there is no section <${element.name}> here`, suggestion);
}
