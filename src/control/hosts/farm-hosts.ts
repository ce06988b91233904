// The host map of one farm (arr.md 7.3): which servers each host name has, since when, and how much it is used.
import type { FarmConfig, HostAffinityConfig } from '../../model/farm-config.ts';
import type { HostMapping, HostMove } from '../../model/farm-operations.ts';
import { HostNames } from '../../model/host-name.ts';
import { type HostUse, MOST_HOSTS } from '../../model/host-use.ts';
import type { StateSpace } from '../../model/state-store.ts';
import { chooseServers, type HostCandidate } from './choose-servers.ts';
import type { HostRow } from './host-file.ts';
import { planRebalance } from './plan-rebalance.ts';
import { ServerShares } from './server-shares.ts';

/** What goes at once where there are too many, so that the oldest need not be looked for each time. */
const ROOM = 1000;

/** Times in seconds since 1970: small numbers take no memory of their own. */
export interface Mapping {
  /** The same list for all hosts with these servers. */
  servers: readonly string[];
  since: number;
  lastUse: number;
  requests: number;
  bytesSent: number;
  bytesReceived: number;
}

export class FarmHosts {
  readonly #space: StateSpace<Mapping>;
  readonly #shares = new ServerShares();
  readonly #lists = new Map<string, readonly string[]>();
  #config: FarmConfig | null = null;
  #names = new HostNames({ labels: null, hosts: [] });

  /** @param space the mappings, in the order of their use */
  constructor(space: StateSpace<Mapping>) {
    this.#space = space;
  }

  get size(): number {
    return this.#space.size;
  }

  use(config: FarmConfig): void {
    this.#config = config;
    this.#names = new HostNames(config.affinity.hostName!);
  }

  /** @param host as an operator writes it */
  nameOf(host: string): string {
    return this.#names.nameOf(host);
  }

  restore({ farm: _, host, ...mapping }: HostRow): void {
    this.#set(host, mapping);
  }

  serversOf(host: string): readonly string[] | null {
    return this.#space.get(host)?.servers ?? null;
  }

  /** Hosts of a server, and when one of them was used last (seconds since 1970; 0: never). */
  usesOf(address: string): { count: number; lastUse: number } {
    const share = this.#shares.of(address);
    return { count: share?.hosts ?? 0, lastUse: share?.lastUse ?? 0 };
  }

  /** What allocate() would give it. */
  preview(host: string, candidates: readonly HostCandidate[], now: number): readonly string[] | null {
    return this.#choose(this.#current(host, now), host, candidates);
  }

  /** The servers of `host`: those that it has, topped up. @returns null where there are none */
  allocate(host: string, candidates: readonly HostCandidate[], now: number): readonly string[] | null {
    this.#shares.read(candidates);
    const known = this.#current(host, now);
    const servers = this.#choose(known, host, candidates);
    if (servers === null || servers === known?.servers) return servers;
    if (known === undefined) this.#set(textOf(host), { servers, ...fresh(now) });
    else this.#set(host, { ...known, servers });
    return this.#space.get(host)!.servers;
  }

  noteUses(uses: readonly HostUse[], now: number): void {
    const counts = this.#config?.affinity.hostName?.countersEnabled ?? false;
    for (const { host, requests, bytesSent, bytesReceived } of uses) {
      const mapping = this.#space.get(host);
      if (mapping === undefined) continue;
      mapping.lastUse = now;
      if (counts) {
        mapping.requests += requests;
        mapping.bytesSent += bytesSent;
        mapping.bytesReceived += bytesReceived;
      }
      this.#space.set(host, mapping);
      this.#shares.noteUse(mapping.servers, now);
    }
  }

  /** Those of `host`, of `server`, or all; the most recently used first. */
  list({ host, server, limit }: { host?: string; server?: string; limit: number }): HostMapping[] {
    if (host !== undefined) {
      const mapping = this.#space.get(host);
      const isOne = mapping !== undefined && (server === undefined || mapping.servers.includes(server));
      return isOne ? [shown(host, mapping)] : [];
    }
    const all = [...this.#space.entries()].reverse();
    const asked = server === undefined ? all : all.filter(([, mapping]) => mapping.servers.includes(server));
    return asked.slice(0, limit).map(([name, mapping]) => shown(name, mapping));
  }

  /** @returns what `host` had; null for nothing. @param servers none: it is forgotten */
  assign(host: string, servers: readonly string[], now: number): readonly string[] | null {
    const before = this.#space.get(host);
    if (servers.length > 0) this.#set(host, { ...(before ?? fresh(now)), servers });
    else if (before !== undefined) this.#delete(host, before);
    return before?.servers ?? null;
  }

  plan(candidates: readonly HostCandidate[]): HostMove[] {
    const available = candidates.filter(({ isAvailable }) => isAvailable);
    const { provider } = this.#config!.affinity.hostName as HostAffinityConfig;
    const byMemory = provider === 'HostNameMemory' && available.every(({ memory }) => memory !== null);
    return planRebalance(
      [...this.#space.entries()].map(([host, { servers, requests }]) => ({ host, servers, requests })),
      available.map(({ address, memory }) => ({ address, part: byMemory ? Math.max(1, memory!.bytes) : 1 })),
    );
  }

  /** Forgets what was not used for affinity.timeout. @returns these hosts */
  sweep(now: number): string[] {
    const over: string[] = [];
    for (const [host, mapping] of this.#space.entries()) {
      if (!this.#isOver(mapping, now)) break; // in the order of use
      over.push(host);
    }
    this.#deleteAll(over);
    return over;
  }

  /** Forgets the least recently used where there are too many. @returns these hosts */
  makeRoom(): string[] {
    const gone: string[] = [];
    if (this.#space.size <= MOST_HOSTS) return gone;
    const excess = this.#space.size - MOST_HOSTS + ROOM;
    for (const [host] of this.#space.entries()) {
      if (gone.length === excess) break;
      gone.push(host);
    }
    this.#deleteAll(gone);
    return gone;
  }

  rows(farm: string): HostRow[] {
    return Array.from(this.#space.entries(), ([host, mapping]) => ({ farm, host, ...mapping }));
  }

  clear(): void {
    this.#deleteAll(Array.from(this.#space.entries(), ([host]) => host));
  }

  /** @returns the list that `known` has where that stays */
  #choose(known: Mapping | undefined, host: string, candidates: readonly HostCandidate[]): readonly string[] | null {
    const { provider } = this.#config!.affinity.hostName as HostAffinityConfig;
    const wanted = this.#names.serversOf(host);
    const present = known?.servers ?? [];
    const servers = chooseServers(present, candidates, Math.max(wanted, 1), provider, (address) =>
      this.#shares.of(address),
    );
    // Where nobody takes work it keeps what it has: they may come back.
    if (servers.length === 0 || isSame(present, servers)) return known?.servers ?? null;
    return servers;
  }

  #current(host: string, now: number): Mapping | undefined {
    const mapping = this.#space.get(host);
    return mapping === undefined || this.#isOver(mapping, now) ? undefined : mapping;
  }

  #isOver({ lastUse }: Mapping, now: number): boolean {
    return (now - lastUse) * 1000 >= this.#config!.affinity.timeout;
  }

  #set(host: string, { servers, ...mapping }: Mapping): void {
    const key = servers.join(' ');
    const list = this.#lists.get(key) ?? [...servers];
    this.#lists.set(key, list);
    this.#shares.move(this.#space.get(host)?.servers ?? [], list);
    this.#shares.noteUse(list, mapping.lastUse);
    this.#space.set(host, { servers: list, ...mapping });
  }

  #delete(host: string, { servers }: Mapping): void {
    this.#shares.move(servers, []);
    this.#space.delete(host);
  }

  #deleteAll(hosts: readonly string[]): void {
    for (const host of hosts) this.#delete(host, this.#space.get(host)!);
  }
}

function fresh(now: number): Omit<Mapping, 'servers'> {
  return { since: now, lastUse: now, requests: 0, bytesSent: 0, bytesReceived: 0 };
}

function shown(host: string, { servers, since, lastUse, ...counts }: Mapping): HostMapping {
  return { host, servers: [...servers], since: timeOf(since), lastUse: timeOf(lastUse), ...counts };
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** A copy: a slice would keep the head that it was cut from. */
function textOf(host: string): string {
  return Buffer.from(host, 'latin1').toString('latin1');
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
