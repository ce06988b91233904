// Files of Apache → a configuration as written, with a report. The rules of a folder become rules of a site, those of the
// server the router's own.
import { dirname, relative } from 'node:path';
import type { LocatedProblem } from '../../../model/config-error.ts';
import type { ConfigNode, MapNode, Place } from '../../../model/config-node.ts';
import type { FidelityRow } from '../../../model/fidelity-row.ts';
import { type ConvertedRule, convertRule } from './convert-rule.ts';
import { linkRules } from './link-rules.ts';
import { MapUses, readTextMap } from './map-uses.ts';
import { placed } from './placed.ts';
import { type ParsedFile, readDirectives } from './read-directives.ts';

export interface HtaccessSource {
  /** As it was given. */
  file: string;
  text: string;
}

export interface HtaccessSurroundings {
  /** The text of a map beside `file`; null where it cannot be read. */
  readBeside(file: string, path: string): string | null;
  /** How the folder of `file` is written in the configuration. */
  folderOf(file: string): string;
}

export interface HtaccessImport {
  root: MapNode;
  rows: FidelityRow[];
  /** Faults that Apache would refuse too; with one, `root` is not complete. */
  problems: LocatedProblem[];
}

/** @param sources the first is that of the site's root; others in folders below it belong to those */
export function importHtaccess(sources: readonly HtaccessSource[], around: HtaccessSurroundings): HtaccessImport {
  const problems: LocatedProblem[] = [];
  const maps = new MapUses();
  const files = sources.map(({ file, text }) => readDirectives(text, file, problems));
  const rows = files.flatMap((file) => [...file.rows, ...readMaps(file, maps, around)]);
  const units = files.flatMap((file) => unitsOf(file, files[0]!));
  let number = 1;
  for (const unit of units) {
    unit.converted = convertUnit(unit, number, maps);
    number += unit.rules.length;
  }
  rows.push(...units.flatMap(({ converted }) => converted.flatMap((rule) => rule.rows)));
  const tree = compose(units, files, maps, around, rows);
  return { root: placed({ file: sources[0]!.file, line: 1, column: 1 }, tree) as MapNode, rows, problems };
}

/** Rules of one file that stand at one place of the configuration. */
interface Unit {
  file: ParsedFile;
  rules: ParsedFile['rules'];
  /** Path of the location; '' for the root of the site, null for rules of the server. */
  location: string | null;
  converted: ConvertedRule[];
}

function unitsOf(file: ParsedFile, first: ParsedFile): Unit[] {
  const ofServer = file.rules.filter((rule) => rule.ofServer);
  const ofFolder = file.rules.filter((rule) => !rule.ofServer);
  return [
    ...(ofServer.length > 0 ? [{ file, rules: ofServer, location: null, converted: [] }] : []),
    ...(ofFolder.length > 0 ? [{ file, rules: ofFolder, location: locationOf(file, first), converted: [] }] : []),
  ];
}

function locationOf(file: ParsedFile, first: ParsedFile): string {
  if (file.base !== null) return file.base;
  const below = relative(dirname(first.file), dirname(file.file)).replaceAll('\\', '/');
  return below === '' || below.startsWith('..') ? '' : `${first.base ?? ''}/${below}`;
}

function convertUnit({ file, rules, location }: Unit, first: number, maps: MapUses): ConvertedRule[] {
  const links = linkRules(rules, first);
  const base = location === null ? '/' : location === '' ? '' : `${location}/`;
  const converted = rules.map((rule, index) =>
    convertRule(rule, {
      name: `Imported Rule ${first + index}`,
      base,
      maps,
      link: links[index]!,
      isLast: index === rules.length - 1,
      off: file.off,
    }),
  );
  const again = location === null ? undefined : converted.find(({ local }) => local);
  if (again)
    again.rows.push({
      file: file.file,
      line: again.place.line,
      path: 'rewrite in a folder',
      verdict: 'approximated',
      note: 'Apache runs the rules of a folder once more on what they rewrote; here they run once',
    });
  return converted;
}

function readMaps({ file, maps }: ParsedFile, uses: MapUses, around: HtaccessSurroundings): FidelityRow[] {
  return maps.map(({ name, source, place }): FidelityRow => {
    const row = (verdict: FidelityRow['verdict'], note: string): FidelityRow => {
      return { file, line: place.line, path: `RewriteMap ${name}`, verdict, note };
    };
    const [, kind = '', rest = ''] = /^(\w+):(.*)$/s.exec(source) ?? [];
    if (kind === 'int')
      return uses.addFunction(name, rest) ? row('exact', '') : row('unsupported', `there is no function ${rest}`);
    if (kind !== 'txt') return row('unsupported', 'only txt: and int: maps can be taken over');
    const text = around.readBeside(file, rest);
    if (text === null) return row('unsupported', `${rest} cannot be read: write its lines as entries of a rewrite map`);
    uses.addTable(name, readTextMap(text));
    return row('approximated', `the entries of ${rest} are taken over as they are now`);
  });
}

function compose(
  units: readonly Unit[],
  files: readonly ParsedFile[],
  maps: MapUses,
  around: HtaccessSurroundings,
  rows: FidelityRow[],
): Record<string, unknown> {
  const all = units.flatMap(({ converted }) => converted);
  const ofServer = units.filter(({ location }) => location === null);
  const documentRoot = files.find((file) => file.documentRoot !== null)?.documentRoot ?? null;
  const serverInSite = ofServer.some(({ converted }) => converted.some(({ needsFiles }) => needsFiles));
  if (serverInSite) noteSite(ofServer, documentRoot, rows);
  const inSite = units.filter(({ location }) => location !== null || serverInSite);
  const tables = Object.fromEntries(
    maps.written.map(({ name, defaultValue, entries }) => [
      name,
      { ...(defaultValue === '' ? {} : { defaultValue }), ignoreCase: false, entries: Object.fromEntries(entries) },
    ]),
  );
  const global = serverInSite ? [] : ofServer.flatMap(({ converted }) => converted.map(ruleNode));
  return {
    ...(global.length > 0 ? { rules: global } : {}),
    ...(maps.written.length > 0 ? { rewriteMaps: tables } : {}),
    ...(all.length > 0 ? { vulnerablePatterns: 'limit' } : {}), // a file that Apache runs is run
    ...(inSite.length > 0 ? { sites: { default: siteOf(inSite, documentRoot, around) } } : {}),
    ...(all.some(({ proxied }) => proxied) ? { proxy: { enabled: true } } : {}),
  };
}

/** Files are looked for below the root of a site: the rules of a server that ask for them stand in one. */
function noteSite(units: readonly Unit[], documentRoot: string | null, rows: FidelityRow[]): void {
  const { file, rules } = units[0]!;
  const note =
    documentRoot === null
      ? 'the rules stand in a site, for they look for files: write the folder as its root'
      : 'the rules stand in a site, for they look for files';
  rows.push({
    file: file.file,
    line: rules[0]!.place.line,
    path: 'rules of the server',
    verdict: 'approximated',
    note,
  });
}

function siteOf(units: readonly Unit[], documentRoot: string | null, around: HtaccessSurroundings): unknown {
  const atRoot = units.filter(({ location }) => !location);
  const below = units.filter(({ location }) => location);
  const sets = units.flatMap(({ rules }, index) => linkVariables(units[index]!, rules.length));
  const folder = units.find(({ location }) => location !== null)?.file.file;
  const root = documentRoot ?? (folder === undefined ? null : around.folderOf(folder));
  return {
    ...(root === null ? {} : { root }),
    ...(below.length > 0 ? { virtualDirectories: foldersOf(below, around) } : {}),
    ...(sets.length > 0 ? { allowedServerVariables: sets } : {}),
    ...(atRoot.length > 0 ? { rules: atRoot.flatMap(({ converted }) => converted.map(ruleNode)) } : {}),
    ...(below.length > 0 ? { locations: below.map(locationNode) } : {}),
  };
}

function linkVariables({ converted }: Unit, count: number): string[] {
  const names = converted.slice(0, count).flatMap(({ settings }) => settings.serverVariables ?? []);
  return (names as { name: string }[]).map(({ name }) => name);
}

function foldersOf(units: readonly Unit[], around: HtaccessSurroundings): Record<string, string> {
  return Object.fromEntries(units.map(({ file, location }) => [location!, around.folderOf(file.file)]));
}

/** The file of a folder takes the place of those above it. */
function locationNode({ location, converted }: Unit): ConfigNode {
  const place: Place = converted[0]!.place;
  return placed(place, { path: location, rules: { clear: true, list: converted.map(ruleNode) } });
}

function ruleNode({ start, place, settings, conditions, anyCondition, trackAll }: ConvertedRule): ConfigNode {
  const add = conditions.map((condition) => placed(condition.place, condition.settings));
  const grouping = anyCondition && add.length > 1 ? { logicalGrouping: 'MatchAny' } : {};
  const written = { ...grouping, ...(trackAll ? { trackAllCaptures: true } : {}), add };
  const rule = placed(place, { ...settings, ...(add.length > 0 ? { conditions: written } : {}) });
  return { ...rule, place: start };
}
