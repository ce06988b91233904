// What runs: the configuration as written, with the servers that sources name, what operators changed, and the servers that are still leaving.
import type { RuntimeChanges } from '../control/state/runtime-changes.ts';
import type { Config } from '../model/config.ts';
import type { FarmConfig, ServerConfig } from '../model/farm-config.ts';

export interface EffectiveParts {
  readonly changes: RuntimeChanges;
  /** Servers of a farm from its sources. */
  serversOf(farm: string): readonly ServerConfig[];
  /** What runs until now; null at the start. */
  readonly before: Config | null;
}

export function effectiveConfig(written: Config, parts: EffectiveParts): Config {
  const before = new Map(parts.before?.farms.map((farm) => [farm.name, farm]));
  return { ...written, farms: written.farms.map((farm) => effectiveFarm(farm, before.get(farm.name), parts)) };
}

/** Those that the file names come first, and win over a source that names the same address. */
export function membersOf(farm: FarmConfig, fromSources: readonly ServerConfig[]): ServerConfig[] {
  const named = new Set(farm.servers.map(({ address }) => address));
  return [...farm.servers, ...fromSources.filter(({ address }) => !named.has(address))];
}

function effectiveFarm(
  written: FarmConfig,
  before: FarmConfig | undefined,
  { changes, serversOf }: EffectiveParts,
): FarmConfig {
  const farm = changes.overlay(written, membersOf(written, serversOf(written.name)));
  const present = new Set(farm.servers.map(({ address }) => address));
  const leaving = (before?.servers ?? []).filter(
    ({ address, source, leaving: leaves }) =>
      !present.has(address) && (leaves || source !== 'file' || changes.isRemoved(farm.name, address)),
  );
  return { ...farm, servers: [...farm.servers, ...leaving.map((server) => ({ ...server, leaving: true }))] };
}
