// Files of IIS → YAML and a report.
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { answerLostTargets } from '../control/config/answer-lost-targets.ts';
import { namesLike } from '../control/config/config-source.ts';
import { type Departure, departuresOf, undoing } from '../control/config/departures.ts';
import { isXml } from '../control/config/foreign-formats.ts';
import { refuseNames } from '../control/config/refuse-names.ts';
import { ConfigError, type LocatedProblem, refusedFile } from '../model/config-error.ts';
import { type ConfigNode, type MapNode, type Place, placeOf, plainValue } from '../model/config-node.ts';
import type { FidelityRow } from '../model/fidelity-row.ts';
import { checkConfig } from './check-config.ts';
import { iisOptions, PASSPHRASE } from './iis-formats.ts';
import { readSource } from './import-files.ts';
import { type Imported, imported } from './imported.ts';
import type { RouterOptions } from './router-options.ts';

/**
 * Imports `files`: an applicationHost.config with the web.config files of its sites, and further web.config files, each
 * as a site.
 * @param out where the YAML will stand: paths in its folder are written relative to it
 * @throws ConfigError with what IIS would refuse too, and with folders and certificates that are missing here
 */
export async function importIisFiles(
  files: readonly string[],
  options: RouterOptions = {},
  out: string | null = null,
): Promise<Imported> {
  const shownAs = namesLike(files[0]!);
  const sources = files.map((file) => ({ file, text: readSource(file) }));
  const other = sources.find(({ text, file }) => !isXml(text, file));
  if (other)
    throw refusedFile(other.file, 'this is no file of IIS: it is not XML', 'import-htaccess takes those of Apache');
  const reading = iisOptions(options);
  // The passphrase itself is never written.
  if (reading.pfxPassphrase !== undefined) reading.pfxPassphrase = `\${${PASSPHRASE}}`;
  const { importIis } = await import('../control/iis/import-iis.ts'); // with all that reads files of IIS: not for `run`
  const { root, problems, rows } = importIis(sources, reading);
  const shown = problems.map((problem) => ({ ...problem, file: shownAs(problem.file) }));
  if (root === null || shown.some(({ severity }) => severity === 'error')) throw new ConfigError(shown);
  const { faults, warnings } = await faultsOf(files, options);
  refuseNames(root); // told among the faults; YAML could not be read with them
  const departures = departuresOf(plainValue(root) as Record<string, unknown>);
  const all = [...rows, ...answerLostTargets(root), ...departures.map((departure) => departureRow(departure, root))];
  if (out !== null) relativeFolders(root, dirname(resolve(out)));
  for (const place of placesOf(root)) place.file = shownAs(place.file);
  const words = departures.map(({ word }) => word).join(', ');
  const shownRows = [...all.map((row) => ({ ...row, file: shownAs(row.file) })), ...faults];
  return imported(root, shownRows, {
    what: `import-iis ${files.join(' ')}`,
    title: words === '' ? [] : [`Where it is unlike ARR, this has it as in ARR: compatibility: [ ${words} ]`],
    problems: warnings.filter((warning) => !shownRows.some((row) => saysTheSame(row, warning))),
  });
}

/** What `check` would say of the files: IIS may take what cannot run here, which is no reason to import nothing. */
async function faultsOf(
  files: readonly string[],
  options: RouterOptions,
): Promise<{ faults: FidelityRow[]; warnings: LocatedProblem[] }> {
  const checked = await Promise.all(files.map((file) => checkConfig({ file }, options)));
  const [errors, warnings] = partition(checked.flat(), ({ severity }) => severity === 'error');
  const faults = errors.map(({ file, line, message, suggestion }): FidelityRow => {
    const note = suggestion === undefined ? message : `${message}, ${suggestion}`;
    return { file, line, path: 'check', verdict: 'unsupported', note };
  });
  return { faults, warnings };
}

/** A row is printed anyway. */
function saysTheSame(row: FidelityRow, { file, line, message }: LocatedProblem): boolean {
  return row.file === file && row.line === line && row.note.includes(message.replace(/^unlike ARR: /, ''));
}

function partition<T>(list: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [list.filter(belongs), list.filter((item) => !belongs(item))];
}

function departureRow({ word, path, message }: Departure, root: MapNode): FidelityRow {
  const { file, line } = placeOf(root, path);
  const note = `${message}; ${undoing(word)}`;
  return { file, line, path: `compatibility/${word}`, verdict: 'approximated', note };
}

/** Folders of sites at and below `folder` are written relative to it, so that all of it can be moved. */
function relativeFolders(root: MapNode, folder: string): void {
  const sites = root.entries.get('sites')?.node;
  if (sites?.kind !== 'map') return;
  for (const { node: site } of sites.entries.values()) {
    if (site.kind !== 'map') continue;
    const directories = site.entries.get('virtualDirectories')?.node;
    const all = directories?.kind === 'map' ? [...directories.entries.values()].map(({ node }) => node) : [];
    for (const node of [site.entries.get('root')?.node, ...all]) {
      if (node?.kind !== 'scalar' || typeof node.value !== 'string' || !isAbsolute(node.value)) continue;
      const below = relative(folder, node.value);
      if (!below.startsWith('..') && !isAbsolute(below)) node.value = below === '' ? '.' : below;
    }
  }
}

/** The place of every node and key; several nodes may share one. */
function placesOf(node: ConfigNode): Set<Place> {
  const places = new Set<Place>();
  const visit = (each: ConfigNode): void => {
    places.add(each.place);
    if (each.kind === 'list') each.items.forEach(visit);
    if (each.kind === 'map')
      for (const entry of each.entries.values()) {
        places.add(entry.keyPlace);
        visit(entry.node);
      }
  };
  visit(node);
  return places;
}
