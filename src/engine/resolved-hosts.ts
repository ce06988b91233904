// The host names that a configuration holds: they are looked up at the start and from then on, so that no request waits.
import type { Config, RuleConfig } from '../model/config.ts';
import { readOriginAddress } from '../proxy/farms/origin-address.ts';

/** Hosts of the servers of farms, and of origins that rules name. */
export function resolvedHosts(config: Config): Set<string> {
  const hosts = new Set<string>();
  for (const farm of config.farms) {
    for (const { target } of farm.servers) if (target.kind === 'tcp') hosts.add(target.host);
  }
  if (config.proxy.enabled) for (const host of namedOrigins(config)) hosts.add(host);
  return hosts;
}

/** What a rule makes of parts of a request is looked up when it comes. */
const WRITTEN_HOST = /^\s*http:\/\/([^/?#{}]+)(?=[/?#]|\s*$)/i;

function namedOrigins({ farms, rules, sites }: Config): string[] {
  const ofFarms = new Set(farms.map(({ name }) => name.toLowerCase()));
  const sets = [rules, ...sites.flatMap(({ levels }) => levels.map((level) => level.rules))];
  return sets
    .flatMap(({ list }) => list)
    .flatMap(({ enabled, action }: RuleConfig) => {
      const authority = enabled && action.type === 'Rewrite' ? WRITTEN_HOST.exec(action.url)?.[1] : undefined;
      if (authority === undefined || ofFarms.has(authority.toLowerCase())) return [];
      return readOriginAddress(authority)?.host ?? [];
    });
}
