// The name by which host-name affinity knows a host (arr.md 7.1, 7.3).
import { hostName } from '../wire/http1/authority.ts';
import type { HostAffinityConfig } from './farm-config.ts';

interface ListedHost {
  /** Of the mapping: that of the main host. */
  readonly name: string;
  readonly servers: number;
}

/** The names of one farm: as requests and operators write them, to those that have a mapping. */
export class HostNames {
  readonly #labels: number | null;
  /** Those of `hosts`, with the names that share their mappings. */
  readonly #listed = new Map<string, ListedHost>();

  constructor({ labels, hosts }: Pick<HostAffinityConfig, 'labels' | 'hosts'>) {
    this.#labels = labels;
    for (const { name, servers, equivalentHosts } of hosts) {
      const listed = { name: plainHost(name), servers };
      for (const each of [name, ...equivalentHosts]) this.#listed.set(plainHost(each), listed);
    }
  }

  /** @param host name or address, with or without port; a name that is listed keeps its sub-domain */
  nameOf(host: string): string {
    const name = plainHost(host);
    if (this.#listed.size === 0) return this.#cut(name);
    const listed = this.#listed.get(name);
    if (listed !== undefined) return listed.name;
    const cut = this.#cut(name);
    return this.#listed.get(cut)?.name ?? cut;
  }

  /** How many servers a host needs. @param name as nameOf() has it */
  serversOf(name: string): number {
    return this.#listed.size === 0 ? 1 : (this.#listed.get(name)?.servers ?? 1);
  }

  #cut(name: string): string {
    const labels = this.#labels;
    if (labels === null || labels === 0 || /^[\d.]+$/.test(name) || name.includes(':')) return name;
    return name.split('.').slice(-labels).join('.');
  }
}

/** Lower-case, without port and the dot of the root: equal for equal hosts. */
export function plainHost(host: string): string {
  const name = hostName(host).toLowerCase();
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
