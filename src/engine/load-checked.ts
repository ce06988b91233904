// From what was written to what can run: loads the configuration, carries out the caller's overrides, and lets every
// room compile it once in the control thread, so that all faults are known before any worker hears of it.
import type { Clock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import { CertificateStore, type ReadCertificates } from '../control/certificates/certificate-store.ts';
import { readServerTls } from '../control/certificates/read-server-tls.ts';
import { checkSourceFiles } from '../control/config/check-source-files.ts';
import { configFromObject, type LoadedConfig, type LoadOptions, loadConfig } from '../control/config/load-config.ts';
import { FolderFiles } from '../control/iis/folder-files.ts';
import { findSlowPatterns } from '../control/patterns/find-slow-patterns.ts';
import { BindingTables } from '../control/state/binding-tables.ts';
import type { Config, ConfigProblem, ListenerConfig } from '../model/config.ts';
import { ConfigError, type LocatedProblem } from '../model/config-error.ts';
import { ServerTableOwner } from '../model/server-table-owner.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { anyCase } from '../proxy/rules/patterns/any-case.ts';
import { compileSnapshot } from './compile-snapshot.ts';
import { Extensions } from './extensions.ts';
import { iisFormats } from './iis-formats.ts';
import { type LoadedExtension, loadExtensions } from './load-extensions.ts';
import { makeRevision } from './make-revision.ts';
import { overrideListeners } from './override-listeners.ts';
import type { ConfigInput, RouterOptions } from './router-options.ts';

export interface CheckedConfig {
  config: Config;
  /** Warnings. */
  problems: LocatedProblem[];
  files: string[];
  /** Where a setting stands. */
  locate: LoadedConfig['locate'];
  /** Its extensions, as this thread has loaded them. */
  extensions: Extensions;
  certificates: ReadCertificates;
  /** What it does without. */
  broken: BrokenFiles;
}

/** web.config files that are left out, and the faults in them. */
export interface BrokenFiles {
  files: ReadonlySet<string>;
  faults: readonly LocatedProblem[];
  /** How many folders answer 500.19 for it. */
  folders: number;
}

const NOTHING: BrokenFiles = { files: new Set(), faults: [], folders: 0 };

/**
 * Loads and checks a configuration as far as that is possible without running it.
 * @param folderFiles gets the web.config files in the folders of sites, and says which are left out
 * @param certificates remembers what it read before
 * @throws ConfigError with every fault of every room
 */
export async function loadChecked(
  input: ConfigInput,
  options: RouterOptions,
  clock: Clock,
  folderFiles = new FolderFiles(),
  certificates = new CertificateStore(),
): Promise<CheckedConfig> {
  let extensions = extensionsHere([], clock);
  let read: ReadCertificates = { listeners: new Map(), problems: [], files: [], known: new Map() };
  const given = (options.extensions ?? []).map(({ href }) => href);
  const { config, ...loaded } = await load(input, options, folderFiles, {
    async loadExtensions(addresses) {
      const { list, problems } = await loadExtensions([...addresses, ...given]);
      extensions = extensionsHere(list, clock);
      return { problems, algorithms: extensions.algorithms, haveStages: extensions.haveStages };
    },
    async faultsOfFiles(config) {
      read = await certificates.read(config, clock.wall());
      return [...read.problems, ...(await readServerTls(config, clock.wall())), ...checkSourceFiles(config)];
    },
    faultsOfRooms(config) {
      const problems: ConfigProblem[] = [];
      for (const site of config.sites)
        site.brokenFolders = folderFiles.broken.filter((folder) => folder.site === site.name);
      config.slowPatterns.push(...findSlowPatterns(config, anyCase, undefined, config.vulnerablePatterns === 'refuse'));
      compileForNobody({ config, extensions }, clock, problems);
      return problems;
    },
  });
  const listeners = overrideListeners(config.listeners, options.listen ?? []);
  const running = { ...config, listeners, extensions: [...config.extensions, ...given] };
  const files = [...new Set([...loaded.files, ...read.files])];
  const problems = [...loaded.problems, ...leftOut(config, listeners, loaded.locate)];
  return { ...loaded, problems, files, config: running, extensions, certificates: read, broken: NOTHING };
}

/** Listeners that `--listen` leaves without an address. */
function leftOut(config: Config, opened: readonly ListenerConfig[], locate: CheckedConfig['locate']): LocatedProblem[] {
  const names = new Set(opened.map(({ name }) => name));
  return config.listeners.flatMap(({ name }) => {
    if (names.has(name)) return [];
    const message = `listener "${name}" is not opened: --listen gives all of its kind one address`;
    return [{ ...locate(['listeners', name]), severity: 'warning' as const, message }];
  });
}

/** In the control thread they check and explain; no request ends here. */
function extensionsHere(list: readonly LoadedExtension[], clock: Clock): Extensions {
  return new Extensions(list, { clock, random: systemRandom }, () => {});
}

/** @throws ConfigError with `problems` that data planes found, in their places, where one is an error */
export function refuseFaults(problems: readonly ConfigProblem[], { locate }: Pick<CheckedConfig, 'locate'>): void {
  if (!problems.some(({ severity }) => severity === 'error')) return;
  throw new ConfigError(problems.map(({ path, ...problem }) => ({ ...locate(path), ...problem })));
}

function load(
  input: ConfigInput,
  options: RouterOptions,
  folderFiles: FolderFiles,
  checks: Pick<LoadOptions, 'loadExtensions' | 'faultsOfFiles' | 'faultsOfRooms'>,
): Promise<LoadedConfig> {
  const absent = {
    ...checks,
    foreign: iisFormats(options, folderFiles),
    adminDefault: options.adminDefault ?? false,
    ...(options.stateDirectoryDefault === undefined ? {} : { stateDirectoryDefault: options.stateDirectoryDefault }),
  };
  return 'file' in input && typeof input.file === 'string'
    ? loadConfig(input.file, absent)
    : configFromObject(input, { stateDirectoryDefault: null, ...absent });
}

/**
 * A snapshot with live numbers of its own, for explain and for finding faults; every server is healthy and Active.
 * @param affinitySecret '' recognises no cookie
 */
export function compileForNobody(
  { config, extensions }: Pick<CheckedConfig, 'config' | 'extensions'>,
  clock: Clock,
  problems: ConfigProblem[],
  affinitySecret = '',
): Snapshot {
  const table = ServerTableOwner.create(1);
  const parts = { table, affinitySecret, bindings: new BindingTables(), tieSeed: 0 };
  const revision = makeRevision(0, config, { listeners: new Map(), ticketKeys: new Uint8Array() }, parts);
  return compileSnapshot(revision, table, extensions, clock, problems);
}
