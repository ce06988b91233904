// What a reload may not do, or not by itself (CONTRACT 2, Reload).
import type { Config, ConfigPath } from '../model/config.ts';
import { ConfigError } from '../model/config-error.ts';
import { serverId } from '../model/server-table.ts';
import type { CheckedConfig } from './load-checked.ts';
import { ListenError } from './settle-listeners.ts';

/** Keys that a reload does not change, of those that `next` writes otherwise. @param started what the router was started with */
export function fixedKeysChanged(started: Config, next: Config): string[] {
  const fixed: [string, (config: Config) => unknown][] = [
    ['admin.address', (config) => config.admin.address],
    ['workers', (config) => config.workers],
    ['stateDirectory', (config) => config.stateDirectory],
  ];
  return fixed.filter(([, read]) => JSON.stringify(read(started)) !== JSON.stringify(read(next))).map(([name]) => name);
}

/**
 * Farms that would lose more than half of their servers: through the watcher that is more likely an accident than a
 * wish, so it is refused and said; SIGHUP and `reload` do it. What a source will name is not known yet.
 */
export function farmsLosingMost(running: Config, next: Config): string[] {
  const fromSources = new Set(next.farms.flatMap(({ name, serversFrom }) => (serversFrom.length > 0 ? name : [])));
  const kept = new Set(next.farms.flatMap((farm) => farm.servers.map((server) => serverId(farm.name, server.address))));
  return running.farms
    .filter((farm) => {
      if (fromSources.has(farm.name)) return false;
      const lost = farm.servers.filter((server) => !kept.has(serverId(farm.name, server.address)));
      return lost.length * 2 > farm.servers.length;
    })
    .map((farm) => farm.name);
}

/** What kept `checked` from coming into force, in the form of a fault of the configuration where it is one. */
export function asConfigError(error: unknown, checked: CheckedConfig): unknown {
  const path = settingBehind(error);
  if (path === null) return error;
  const { message } = error as Error;
  return new ConfigError([{ ...checked.locate(path), severity: 'error', message }]);
}

function settingBehind(error: unknown): ConfigPath | null {
  if (error instanceof ListenError) {
    return error.listener === null ? ['admin', 'address'] : ['listeners', error.listener, 'address'];
  }
  return (error as NodeJS.ErrnoException).syscall === 'open' ? ['accessLog', 'path'] : null;
}
