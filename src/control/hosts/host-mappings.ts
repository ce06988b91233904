// Which servers each host name has (arr.md 7.3): one map for the router, whichever worker asks, so that all of them agree.
import type { Clock } from '../../base/clock.ts';
import type { FarmConfig, HostAffinityConfig } from '../../model/farm-config.ts';
import type { HostMapping, HostMove } from '../../model/farm-operations.ts';
import type { FoundHost, HostUse, WantedHost } from '../../model/host-use.ts';
import type { StateSpace, StateStore } from '../../model/state-store.ts';
import { chooseServers, type HostCandidate } from './choose-servers.ts';
import { planRebalance } from './plan-rebalance.ts';

/** Host names of one farm: who sends made-up ones fills no memory, the least recently used go. */
const MOST_HOSTS = 200_000;
/** How often mappings that were not used for affinity.timeout are forgotten, and the map is written down, ms. */
const SWEEP = 10_000;

/** Times in ms since 1970. */
export interface Mapping {
  servers: string[];
  since: number;
  lastUse: number;
  requests: number;
  bytesSent: number;
  bytesReceived: number;
}

export interface HostMappingServices {
  readonly clock: Clock;
  readonly store: StateStore;
  readonly file: { read(): unknown; write(value: unknown): boolean };
  /** Servers of `farm` as they are now. */
  candidates(farm: FarmConfig): HostCandidate[];
  /** Mappings that workers have are not right any more. */
  onChange(found: readonly FoundHost[]): void;
}

export class HostMappings {
  readonly #services: HostMappingServices;
  #farms = new Map<string, FarmConfig>();
  /** How many hosts each server has, by farm. */
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #stop: () => void;
  #isDirty = false;

  /** Takes up what was written down. */
  constructor(services: HostMappingServices) {
    this.#services = services;
    this.#stop = services.clock.every(SWEEP, () => this.#sweep());
    const kept = services.file.read();
    if (typeof kept !== 'object' || kept === null) return;
    for (const [farm, hosts] of Object.entries(kept as Record<string, Record<string, Mapping>>)) {
      for (const [host, mapping] of Object.entries(hosts)) this.#set(farm, host, mapping);
    }
  }

  /** Farms that map hosts from now on; the mappings of others are forgotten. */
  use(farms: readonly FarmConfig[]): void {
    this.#farms = new Map(farms.filter(({ affinity }) => affinity.hostName !== null).map((farm) => [farm.name, farm]));
    for (const farm of [...this.#counts.keys()]) {
      if (this.#farms.has(farm)) continue;
      const space = this.#space(farm);
      for (const host of [...keysOf(space)]) space.delete(host);
      this.#counts.delete(farm);
    }
  }

  /** The servers of each host, allocated where it has none, too few or dead ones. */
  find(wanted: readonly WantedHost[]): FoundHost[] {
    return wanted.map(({ farm, host }) => ({ farm, host, addresses: this.#allocate(farm, host) }));
  }

  /** Without allocating: null where the host has none. */
  peek(farm: string, host: string): readonly string[] | null {
    return this.#space(farm).get(host)?.servers ?? null;
  }

  noteUses(farm: string, uses: readonly HostUse[]): void {
    const space = this.#space(farm);
    const now = this.#services.clock.wall();
    const counts = this.#farms.get(farm)?.affinity.hostName?.countersEnabled ?? false;
    for (const { host, requests, bytesSent, bytesReceived } of uses) {
      const mapping = space.get(host);
      if (mapping === undefined) continue;
      mapping.lastUse = now;
      if (counts) {
        mapping.requests += requests;
        mapping.bytesSent += bytesSent;
        mapping.bytesReceived += bytesReceived;
      }
      space.set(host, mapping);
    }
    this.#isDirty ||= uses.length > 0;
  }

  /** Hosts of a server, and when one of them was used last (seconds since 1970; 0: never). */
  usesOf(farm: string, address: string): { count: number; lastUse: number } {
    let lastUse = 0;
    const count = this.#counts.get(farm)?.get(address) ?? 0;
    if (count > 0) {
      for (const [, mapping] of this.#space(farm).entries()) {
        if (mapping.servers.includes(address)) lastUse = Math.max(lastUse, mapping.lastUse);
      }
    }
    return { count, lastUse: Math.floor(lastUse / 1000) };
  }

  /** Those of `host`, of `server`, or all; the most recently used first. */
  list(farm: string, filter: { host?: string; server?: string; limit: number }): HostMapping[] {
    const { host, server, limit } = filter;
    const all = host === undefined ? [...this.#space(farm).entries()].reverse() : this.#one(farm, host);
    return all
      .filter(([, mapping]) => server === undefined || mapping.servers.includes(server))
      .slice(0, limit)
      .map(([name, mapping]) => shown(name, mapping));
  }

  /** @returns the servers that `host` had; null where it had none of it. @param server absent: all */
  remove(farm: string, host: string, server?: string): string[] | null {
    const mapping = this.#space(farm).get(host);
    if (mapping === undefined || (server !== undefined && !mapping.servers.includes(server))) return null;
    const before = mapping.servers;
    const left = server === undefined ? [] : before.filter((address) => address !== server);
    if (left.length === 0) this.#delete(farm, host);
    else this.#set(farm, host, { ...mapping, servers: left });
    this.#services.onChange([{ farm, host, addresses: null }]);
    return before;
  }

  /** @returns the servers that `host` had; null for none */
  assign(farm: string, host: string, servers: readonly string[]): string[] | null {
    const before = this.#space(farm).get(host);
    if (servers.length === 0) this.#delete(farm, host);
    else this.#set(farm, host, { ...(before ?? this.#fresh()), servers: [...servers] });
    this.#services.onChange([{ farm, host, addresses: servers.length === 0 ? null : servers }]);
    return before?.servers ?? null;
  }

  plan(farm: FarmConfig): HostMove[] {
    const able = this.#services.candidates(farm).filter(({ isAvailable }) => isAvailable);
    return planRebalance(
      [...this.#space(farm.name).entries()].map(([host, { servers, requests }]) => ({ host, servers, requests })),
      able.map(({ address }) => address),
    );
  }

  close(): void {
    this.#stop();
    this.#write();
  }

  #allocate(farmName: string, host: string): readonly string[] | null {
    const farm = this.#farms.get(farmName);
    if (farm === undefined) return null;
    const { provider, hosts } = farm.affinity.hostName as HostAffinityConfig;
    const wanted = hosts.find(({ name }) => name.toLowerCase() === host)?.servers ?? 1;
    const candidates = this.#services.candidates(farm);
    const known = this.#space(farmName).get(host);
    const counts = this.#counts.get(farmName) ?? new Map<string, number>();
    const servers = chooseServers(known?.servers ?? [], candidates, wanted, provider, counts);
    if (servers.length === 0) return known?.servers ?? null;
    if (known !== undefined && isSame(known.servers, servers)) return known.servers;
    this.#set(farmName, host, { ...(known ?? this.#fresh()), servers });
    this.#makeRoom(farmName);
    return servers;
  }

  #fresh(): Omit<Mapping, 'servers'> {
    const now = this.#services.clock.wall();
    return { since: now, lastUse: now, requests: 0, bytesSent: 0, bytesReceived: 0 };
  }

  #makeRoom(farm: string): void {
    const space = this.#space(farm);
    for (const host of keysOf(space)) {
      if (space.size <= MOST_HOSTS) return;
      this.#delete(farm, host);
      this.#services.onChange([{ farm, host, addresses: null }]);
    }
  }

  #sweep(): void {
    const now = this.#services.clock.wall();
    for (const [name, { affinity }] of this.#farms) {
      const over: FoundHost[] = [];
      for (const [host, { lastUse }] of this.#space(name).entries()) {
        if (now - lastUse < affinity.timeout) break; // in the order of use
        over.push({ farm: name, host, addresses: null });
      }
      for (const { host } of over) this.#delete(name, host);
      if (over.length > 0) this.#services.onChange(over);
    }
    if (this.#isDirty) this.#write();
  }

  #write(): void {
    this.#isDirty = false;
    const farms = [...this.#counts.keys()].map((farm) => [farm, Object.fromEntries(this.#space(farm).entries())]);
    if (farms.length > 0) this.#services.file.write(Object.fromEntries(farms));
  }

  #one(farm: string, host: string): [string, Mapping][] {
    const mapping = this.#space(farm).get(host);
    return mapping === undefined ? [] : [[host, mapping]];
  }

  #set(farm: string, host: string, mapping: Mapping): void {
    this.#count(farm, this.#space(farm).get(host)?.servers ?? [], -1);
    this.#count(farm, mapping.servers, 1);
    this.#space(farm).set(host, mapping);
    this.#isDirty = true;
  }

  #delete(farm: string, host: string): void {
    this.#count(farm, this.#space(farm).get(host)?.servers ?? [], -1);
    this.#space(farm).delete(host);
    this.#isDirty = true;
  }

  #count(farm: string, servers: readonly string[], change: number): void {
    const counts = this.#counts.get(farm) ?? new Map<string, number>();
    this.#counts.set(farm, counts);
    for (const server of servers) counts.set(server, (counts.get(server) ?? 0) + change);
  }

  #space(farm: string): StateSpace<Mapping> {
    return this.#services.store.space<Mapping>(`hosts of ${farm}`);
  }
}

function* keysOf<V>(space: StateSpace<V>): Iterable<string> {
  for (const [key] of space.entries()) yield key;
}

function shown(host: string, { servers, since, lastUse, ...counts }: Mapping): HostMapping {
  return { host, servers, since: new Date(since).toISOString(), lastUse: new Date(lastUse).toISOString(), ...counts };
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
