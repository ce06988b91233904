// Loading in spite of faults in web.config files: a router starts without them, and their folders answer 500.19 as in IIS.
// Whoever may write into one site would otherwise decide whether all of them are served.
import { resolve } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { CertificateStore } from '../control/certificates/certificate-store.ts';
import { FolderFiles } from '../control/iis/folder-files.ts';
import { ConfigError, type LocatedProblem } from '../model/config-error.ts';
import { type BrokenFiles, type CheckedConfig, loadChecked } from './load-checked.ts';
import type { ConfigInput, RouterOptions } from './router-options.ts';

/** Some faults are seen only where others are gone: a pattern is looked at when all files could be read. */
const MOST_LOADS = 6;

/**
 * As loadChecked(), but without the web.config files in folders of sites that have faults, where no fault is elsewhere.
 * @param mayBeBroken whether the load may do without the web.config `file`
 * @throws ConfigError where that is not enough, with what is left first
 */
export async function loadSparing(
  input: ConfigInput,
  options: RouterOptions,
  clock: Clock,
  mayBeBroken: (file: string) => boolean,
  certificates: CertificateStore,
): Promise<CheckedConfig> {
  const leftOut = new Set<string>();
  const faults: LocatedProblem[] = [];
  const read = new Set<string>();
  for (let load = 1; ; load++) {
    const met = new FolderFiles(new Set(leftOut));
    try {
      const checked = await loadChecked(input, options, clock, met, certificates);
      const broken: BrokenFiles = { files: leftOut, faults, folders: met.broken.length };
      return { ...checked, files: [...new Set([...checked.files, ...read])], broken };
    } catch (error) {
      const errors = error instanceof ConfigError ? error.errors.filter(({ severity }) => severity === 'error') : [];
      const culprits = errors.map(({ file }) => met.ownersOf(resolve(file)));
      const isSpared = (files: readonly string[]) => files.length > 0 && files.every(mayBeBroken);
      if (errors.length === 0 || load === MOST_LOADS || !culprits.every(isSpared)) throw withEarlier(error, faults);
      for (const file of culprits.flat()) leftOut.add(file);
      for (const file of met.read) read.add(file);
      faults.push(...errors);
    }
  }
}

function withEarlier(error: unknown, faults: readonly LocatedProblem[]): unknown {
  return error instanceof ConfigError && faults.length > 0 ? new ConfigError([...error.errors, ...faults]) : error;
}

/** Says which faults are passed over. @param before what was said already */
export function logBroken(logger: Logger, { faults, folders }: BrokenFiles, before?: BrokenFiles): void {
  const said = new Set(before?.faults.map((fault) => JSON.stringify(fault)));
  const fresh = faults.filter((fault) => !said.has(JSON.stringify(fault)));
  for (const { severity: _, ...fault } of fresh) {
    const { file, line, column, message } = fault;
    logger.error({ event: 'site-config-broken', ...fault }, `${file}:${line}:${column}: ${message}`);
  }
  if (folders === 0 || (fresh.length === 0 && folders === before?.folders)) return;
  const text = `${folders} ${folders === 1 ? 'folder answers' : 'folders answer'} 500.19 until the web.config there is repaired`;
  logger.error({ event: 'site-folders-broken', folders }, text);
}
