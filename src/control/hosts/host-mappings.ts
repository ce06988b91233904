// The host maps of all farms, for all workers: whichever asks, all of them agree. They outlast reloads and, by a file, restarts.
import type { Clock } from '../../base/clock.ts';
import type { FarmConfig } from '../../model/farm-config.ts';
import type { HostMapping, HostMove } from '../../model/farm-operations.ts';
import type { FoundHost, HostUse, WantedHost } from '../../model/host-use.ts';
import type { StateStore } from '../../model/state-store.ts';
import type { HostCandidate } from './choose-servers.ts';
import { FarmHosts, type Mapping } from './farm-hosts.ts';
import type { HostFile } from './host-file.ts';

/** How often mappings that are over are forgotten, and the maps are written down where they changed, ms. */
const SWEEP = 10_000;
/** Large maps are written less often, ms. */
const PAUSE = 60_000;
const LARGE = 20_000;

export interface HostMappingServices {
  readonly clock: Clock;
  readonly store: StateStore;
  readonly file: Pick<HostFile, 'read' | 'write'>;
  /** Servers of `farm` as they are now. */
  candidates(farm: FarmConfig): HostCandidate[];
  /** Mappings that workers have are not right any more. */
  onChange(found: readonly FoundHost[]): void;
}

export class HostMappings {
  readonly #services: HostMappingServices;
  readonly #maps = new Map<string, FarmHosts>();
  #farms = new Map<string, FarmConfig>();
  readonly #stop: () => void;
  #isDirty = false;
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;
  #writeAt = 0;

  /** Takes up what was written down. */
  constructor(services: HostMappingServices) {
    this.#services = services;
    this.#stop = services.clock.every(SWEEP, () => this.#sweep());
    for (const row of services.file.read()) this.#map(row.farm).restore(row);
  }

  /** Farms that map hosts from now on; the mappings of others are forgotten. */
  use(farms: readonly FarmConfig[]): void {
    this.#farms = new Map(farms.filter(({ affinity }) => affinity.hostName !== null).map((farm) => [farm.name, farm]));
    for (const farm of this.#farms.values()) this.#map(farm.name).use(farm);
    for (const [name, map] of this.#maps) {
      if (this.#farms.has(name)) continue;
      map.clear();
      this.#maps.delete(name);
      this.#isDirty = true;
    }
  }

  /** The servers of each host, allocated where it has none, too few or dead ones; and the hosts that had to make room. */
  find(wanted: readonly WantedHost[]): FoundHost[] {
    const now = this.#now();
    const candidates = new Map<string, HostCandidate[]>();
    const found = wanted.map(({ farm, host }): FoundHost => {
      const config = this.#farms.get(farm);
      if (config === undefined) return { farm, host, addresses: null };
      const able = candidates.get(farm) ?? this.#services.candidates(config);
      candidates.set(farm, able);
      return { farm, host, addresses: this.#map(farm).allocate(host, able, now) };
    });
    this.#isDirty ||= candidates.size > 0;
    const gone = [...candidates.keys()].flatMap((farm) => forgotten(farm, this.#map(farm).makeRoom()));
    return gone.length === 0 ? found : [...found, ...gone];
  }

  /** Without allocating: null where the host has none. */
  peek(farm: string, host: string): readonly string[] | null {
    return this.#maps.get(farm)?.serversOf(host) ?? null;
  }

  /** What find() would give it. */
  preview(farm: string, host: string): readonly string[] | null {
    const config = this.#farms.get(farm);
    if (config === undefined) return null;
    return this.#map(farm).preview(host, this.#services.candidates(config), this.#now());
  }

  noteUses(farm: string, uses: readonly HostUse[]): void {
    this.#maps.get(farm)?.noteUses(uses, this.#now());
    this.#isDirty ||= uses.length > 0;
  }

  /** Hosts of a server, and when one of them was used last (seconds since 1970; 0: never). */
  usesOf(farm: string, address: string): { count: number; lastUse: number } {
    return this.#maps.get(farm)?.usesOf(address) ?? { count: 0, lastUse: 0 };
  }

  /** The name that the mapping of `host` has; @param farm one that maps hosts, as all that follow */
  nameOf(farm: string, host: string): string {
    return this.#map(farm).nameOf(host);
  }

  /** The most recently used first. */
  list(farm: string, filter: { host?: string; server?: string; limit: number }): HostMapping[] {
    return this.#map(farm).list(filter);
  }

  /** Each gets these servers. @returns those that each had; null for none */
  assign(farm: string, hosts: readonly { host: string; servers: readonly string[] }[]): (readonly string[] | null)[] {
    const map = this.#map(farm);
    const before = hosts.map(({ host, servers }) => map.assign(host, servers, this.#now()));
    const told = hosts.map(({ host }) => ({ farm, host, addresses: map.serversOf(host) }));
    this.#isDirty = true;
    this.#services.onChange([...told, ...forgotten(farm, map.makeRoom())]);
    return before;
  }

  plan(farm: FarmConfig): HostMove[] {
    return this.#map(farm.name).plan(this.#services.candidates(farm));
  }

  /** Resolves when all is written down. */
  async close(): Promise<void> {
    this.#stop();
    await this.#writing;
    if (this.#isDirty) await this.#write();
  }

  #sweep(): void {
    const now = this.#now();
    const over = [...this.#farms.keys()].flatMap((name) => forgotten(name, this.#map(name).sweep(now)));
    if (over.length > 0) {
      this.#isDirty = true;
      this.#services.onChange(over);
    }
    if (this.#isDirty && !this.#isWriting && this.#services.clock.monotonic() >= this.#writeAt) {
      this.#writing = this.#write();
    }
  }

  async #write(): Promise<void> {
    this.#isDirty = false;
    this.#isWriting = true;
    const rows = [...this.#maps].flatMap(([farm, map]) => map.rows(farm));
    await this.#services.file.write(rows);
    this.#isWriting = false;
    this.#writeAt = this.#services.clock.monotonic() + (rows.length > LARGE ? PAUSE : 0);
  }

  #map(farm: string): FarmHosts {
    let map = this.#maps.get(farm);
    if (map === undefined) {
      map = new FarmHosts(this.#services.store.space<Mapping>(`hosts of ${farm}`));
      this.#maps.set(farm, map);
    }
    return map;
  }

  #now(): number {
    return Math.floor(this.#services.clock.wall() / 1000);
  }
}

function forgotten(farm: string, hosts: readonly string[]): FoundHost[] {
  return hosts.map((host) => ({ farm, host, addresses: null }));
}
