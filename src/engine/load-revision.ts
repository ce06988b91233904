// From what was written to what can run: loads the configuration, carries out the caller's overrides, and lets every
// room compile it once in the control thread, so that all faults are known before any worker hears of it.
import type { Clock } from '../base/clock.ts';
import { configFromObject, type LoadedConfig, loadConfig } from '../control/config/load-config.ts';
import { claimSlots } from '../control/state/server-slots.ts';
import type { Config, ConfigProblem } from '../model/config.ts';
import type { LocatedProblem } from '../model/config-error.ts';
import { ServerTableOwner } from '../model/server-table-owner.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { compileSnapshot } from './compile-snapshot.ts';
import { overrideListeners } from './override-listeners.ts';
import type { ConfigInput, RouterOptions } from './router-options.ts';

export interface CheckedConfig {
  config: Config;
  /** Warnings. */
  problems: LocatedProblem[];
  files: string[];
  /** Where a setting stands. */
  locate: LoadedConfig['locate'];
}

/**
 * Loads and checks a configuration as far as that is possible without running it.
 * @throws ConfigError with every fault of every room
 */
export async function loadChecked(input: ConfigInput, options: RouterOptions, clock: Clock): Promise<CheckedConfig> {
  const faultsOfRooms = (config: Config): ConfigProblem[] => {
    const problems: ConfigProblem[] = [];
    compileForNobody(config, clock, problems);
    return problems;
  };
  const { config, ...loaded } = await load(input, options, faultsOfRooms);
  const listeners = overrideListeners(config.listeners, options.listen ?? []);
  return { config: { ...config, listeners }, problems: loaded.problems, files: loaded.files, locate: loaded.locate };
}

function load(
  input: ConfigInput,
  options: RouterOptions,
  faultsOfRooms: (config: Config) => ConfigProblem[],
): Promise<LoadedConfig> | LoadedConfig {
  const absent = {
    faultsOfRooms,
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
  config: Config,
  clock: Clock,
  problems: ConfigProblem[],
  affinitySecret = '',
): Snapshot {
  const table = ServerTableOwner.create(1);
  const revision = {
    id: 0,
    config,
    slots: claimSlots(table, config.farms),
    serverBlocks: table.blocks,
    affinitySecret,
    tieSeed: 0,
  };
  return compileSnapshot(revision, table, clock, problems);
}

/** Host names of servers that have to be looked up. */
export function serverHosts(config: Config): Set<string> {
  const hosts = new Set<string>();
  for (const farm of config.farms) {
    for (const { target } of farm.servers) if (target.kind === 'tcp') hosts.add(target.host);
  }
  return hosts;
}
