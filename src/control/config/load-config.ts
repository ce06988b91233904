// The way from a file, a text or an object to a checked configuration. Every fault is found before anything is thrown.
import { readFile } from 'node:fs/promises';
import { decodeText } from '../../base/decode-text.ts';
import { whyUnreadable } from '../../base/why-unreadable.ts';
import type { Config, ConfigPath, ConfigProblem } from '../../model/config.ts';
import { ConfigError, type LocatedProblem, refusedFile } from '../../model/config-error.ts';
import { type AbsentSections, buildConfig } from './build-config.ts';
import { serverTlsFiles } from './build-server-tls.ts';
import { checkSections } from './check-sections.ts';
import { withArrDefaults } from './compatibility.ts';
import { type ConfigSource, objectSource } from './config-source.ts';
import { crossCheck, type FoundExtensions } from './cross-check.ts';
import { warnOfDepartures } from './departures.ts';
import type { SchemaProblem } from './describe-issues.ts';
import { extensionAddresses } from './extension-addresses.ts';
import { type ForeignFormats, isXmlName } from './foreign-formats.ts';
import { warnOfMissing } from './not-yet.ts';
import { ProblemList } from './problem-list.ts';
import { providerFiles } from './provider-file.ts';
import { type Input, readInput, readObject, readYamlInput } from './read-input.ts';
import { hasRulesOfIis } from './rules-of-iis.ts';

export interface LoadOptions extends AbsentSections {
  /** Environment for `${NAME}`; the process's own unless given. */
  env?: Readonly<Record<string, string | undefined>>;
  /** What is wrong with files that the configuration names; they are looked at when nothing else is wrong. */
  faultsOfFiles?(config: Config): Promise<readonly ConfigProblem[]>;
  /** What the rooms find wrong when they compile the configuration: it is reported with everything else. */
  faultsOfRooms?(config: Config): readonly ConfigProblem[];
  /** Imports the modules of `extensions`. Absent: none is loaded. @param addresses file: URLs */
  loadExtensions?(addresses: readonly string[]): Promise<FoundExtensions>;
  /** Absent: files that are no YAML are refused, and no web.config is looked for. */
  foreign?: ForeignFormats;
}

const NO_EXTENSIONS: FoundExtensions = { algorithms: [], haveStages: false, problems: [] };

export interface LoadedConfig {
  config: Config;
  /** Warnings: with an error there is no LoadedConfig. */
  problems: LocatedProblem[];
  /** Absolute paths of everything that was read, secrets included: what a watcher has to look at. */
  files: string[];
  /** Where a setting stands; file `<config>`, line 0 for a configuration without a file. */
  locate(path: ConfigPath): { file: string; line: number; column: number };
}

/**
 * Reads and checks the configuration file `file`.
 * @throws ConfigError with every fault and warning found
 */
export async function loadConfig(file: string, options: LoadOptions = {}): Promise<LoadedConfig> {
  let text: string;
  try {
    text = decodeText(await readFile(file));
  } catch (error) {
    throw refusedFile(file, `the configuration cannot be read: ${whyUnreadable(error)}`);
  }
  return interpretWithExtensions(await readInput(text, file, options), options);
}

/**
 * Checks the configuration `text`, YAML, as if it stood in `file`; extensions and files of sites are not read.
 * @param file includes, secrets and other paths are relative to it; messages name it as it is given
 * @throws ConfigError with every fault and warning found
 */
export function parseConfig(text: string, file: string, options: LoadOptions = {}): LoadedConfig {
  return interpret(readYamlInput(text, file, options.env), options, NO_EXTENSIONS);
}

/**
 * Checks a configuration that a program gives as an object: the same keys and values as in YAML, but `${…}` is not
 * expanded, and `include` has no meaning.
 * @throws ConfigError with every fault and warning found, at file `<config>`, line 0
 */
export async function configFromObject(config: unknown, options: LoadOptions = {}): Promise<LoadedConfig> {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new ConfigError([{ ...objectSource.locate([]), severity: 'error', message: 'expected a map of settings' }]);
  }
  return interpretWithExtensions(await readObject(config as Record<string, unknown>, options), options);
}

async function interpretWithExtensions(input: Input, options: LoadOptions): Promise<LoadedConfig> {
  const addresses = extensionAddresses(input.raw, input.source);
  const loaded = interpret(input, options, (await options.loadExtensions?.(addresses)) ?? NO_EXTENSIONS);
  const faults = ((await options.faultsOfFiles?.(loaded.config)) ?? []).map((fault) => located(fault, input.source));
  return { ...loaded, problems: concluded([...loaded.problems, ...faults]) };
}

/** @throws ConfigError where one of them is an error */
function concluded(problems: readonly LocatedProblem[]): LocatedProblem[] {
  const all = [...problems].sort(byPlace);
  if (all.some((problem) => problem.severity === 'error')) throw new ConfigError(all);
  return all;
}

function interpret(input: Input, options: LoadOptions, extensions: FoundExtensions): LoadedConfig {
  const { raw, file, source, files, found, readSoundly } = input;
  const problems = new ProblemList();
  problems.all.push(...extensions.problems);
  const written = checkSections(withArrDefaults(raw), problems);
  const config = buildConfig(written, raw, file, source, options, problems);
  if (raw.vulnerablePatterns === undefined && hasRulesOfIis(config, source)) config.vulnerablePatterns = 'limit';
  if (readSoundly) crossCheck(config, raw, extensions, problems, (path) => isXmlName(source.locate(path).file));
  warnOfMissing(raw, problems);
  if (input.ofIis) warnOfDepartures(raw, problems);
  if (readSoundly && !problems.hasErrorIn('rewriteMaps')) problems.all.push(...(options.faultsOfRooms?.(config) ?? []));
  const all = concluded([...found, ...problems.worthSaying().map((problem) => located(problem, source))]);
  const read = [...new Set([...files, ...providerFiles(config), ...serverTlsFiles(config)])];
  return { config, problems: all, files: read, locate: (path) => source.locate(path) };
}

function located({ path, atKey, ...problem }: SchemaProblem, source: ConfigSource): LocatedProblem {
  const place = source.locate(path, atKey);
  const advice = problem.severity === 'error' && !problem.suggestion ? source.adviceAt(path) : undefined;
  return { ...place, ...problem, ...(advice ? { suggestion: advice } : {}) };
}

function byPlace(a: LocatedProblem, b: LocatedProblem): number {
  return a.file === b.file ? a.line - b.line || a.column - b.column : 0;
}
