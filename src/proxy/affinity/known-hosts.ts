// The hosts that a data plane knows, for all farms and over reloads: what it does not know it asks the control thread for. Clients
// choose the names, so questions are asked in batches, one at a time, and only so many requests wait for an answer.
import type { Clock } from '../../base/clock.ts';
import { RecentMap } from '../../base/recent-map.ts';
import type { HostDirectory, HostRecord, HostServers } from '../../model/host-directory.ts';
import { type FoundHost, type HostUse, MOST_HOSTS, type WantedHost } from '../../model/host-use.ts';
import { SharedHostServers } from './host-servers.ts';

/** A request waits no longer for its servers, ms: then it is balanced without. So long nobody waits after that, too. */
const PATIENCE = 1000;
/** Hosts in one question. */
const BATCH = 500;
/** Hosts that requests wait for. */
const MOST_WAITING = 5000;
/** Sets of servers that are remembered, of one farm. */
const MOST_SETS = 4096;
/** Beyond those that the control thread has: it takes some back only after new ones have come. */
const SLACK = 10_000;

interface FarmHosts {
  readonly records: Map<string, HostRecord>;
  readonly sets: RecentMap<string, SharedHostServers>;
  /** With uses that the control thread does not know yet. */
  used: HostRecord[];
}

type Taker = (record: HostRecord | null) => void;

export interface KnownHostsServices {
  readonly clock: Clock;
  /** Brings a later call of learn(). */
  want(wanted: WantedHost[]): void;
  /** So many requests were balanced as if hosts had no servers: the control thread did not answer, or was asked too much. */
  onUnanswered(requests: number): void;
}

export class KnownHosts implements HostDirectory {
  readonly #services: KnownHostsServices;
  readonly #farms = new Map<string, FarmHosts>();
  /** Who waits for a host that was asked for, or will be. */
  readonly #waiting = new Map<string, Taker[]>();
  #queue: WantedHost[] = [];
  /** What was asked, and is not answered. */
  readonly #asked = new Set<string>();
  #stopTimer: () => void = () => {};
  /** Monotonic ms: until then nobody waits for an answer. */
  #deafUntil = 0;
  #unanswered = 0;

  constructor(services: KnownHostsServices) {
    this.#services = services;
  }

  find(farm: string, host: string): HostRecord | undefined {
    return this.#farms.get(farm)?.records.get(host);
  }

  ask(farm: string, host: string): Promise<HostRecord | null> {
    const key = keyOf(farm, host);
    const others = this.#waiting.get(key);
    if (others === undefined && this.#isOverloaded()) {
      this.#unanswered++;
      return Promise.resolve(null);
    }
    return new Promise((resolve) => {
      if (others !== undefined) return void others.push(resolve);
      this.#waiting.set(key, [resolve]);
      this.#queue.push({ farm, host });
      if (this.#queue.length === 1) queueMicrotask(() => this.#askNext());
    });
  }

  /** Only the control thread can say. */
  preview(): null {
    return null;
  }

  /** What the control thread says. */
  learn(found: readonly FoundHost[]): void {
    for (const each of found) {
      const record = this.#take(each);
      const key = keyOf(each.farm, each.host);
      for (const take of this.#waiting.get(key) ?? []) take(record);
      this.#waiting.delete(key);
      this.#asked.delete(key);
    }
    if (this.#asked.size > 0) return;
    this.#stopTimer();
    this.#askNext();
  }

  noteStart(farm: string, record: HostRecord): void {
    if (record.isUsed) return;
    record.isUsed = true;
    this.#farm(farm).used.push(record);
  }

  noteEnd(farm: string, record: HostRecord, bytesSent: number, bytesReceived: number): void {
    this.noteStart(farm, record);
    record.requests++;
    record.bytesSent += bytesSent;
    record.bytesReceived += bytesReceived;
  }

  /** Uses since the last call, by farm; what was not answered is told too. */
  takeUses(): [farm: string, uses: HostUse[]][] {
    if (this.#unanswered > 0) this.#services.onUnanswered(this.#unanswered);
    this.#unanswered = 0;
    const all: [string, HostUse[]][] = [];
    for (const [name, farm] of this.#farms) {
      if (farm.used.length === 0) continue;
      all.push([name, farm.used.map(takeUse)]);
      farm.used = [];
    }
    return all;
  }

  /** Farms that map hosts from now on: what is known of others is forgotten. */
  retain(farms: ReadonlySet<string>): void {
    for (const name of this.#farms.keys()) if (!farms.has(name)) this.#farms.delete(name);
  }

  #isOverloaded(): boolean {
    return this.#waiting.size >= MOST_WAITING || this.#services.clock.monotonic() < this.#deafUntil;
  }

  #askNext(): void {
    if (this.#asked.size > 0) return;
    let batch: WantedHost[] = [];
    // Some may have been answered meanwhile: another worker asked for them.
    while (batch.length === 0 && this.#queue.length > 0) {
      batch = this.#queue.splice(0, BATCH).filter(({ farm, host }) => this.#waiting.has(keyOf(farm, host)));
    }
    if (batch.length === 0) return;
    for (const { farm, host } of batch) this.#asked.add(keyOf(farm, host));
    this.#stopTimer = this.#services.clock.after(PATIENCE, () => this.#giveUp());
    this.#services.want(batch);
  }

  #giveUp(): void {
    this.#deafUntil = this.#services.clock.monotonic() + PATIENCE;
    const waiting = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    this.#asked.clear();
    this.#queue = [];
    this.#unanswered += waiting.length;
    for (const take of waiting) take(null);
  }

  #take({ farm: name, host, addresses }: FoundHost): HostRecord | null {
    const farm = this.#farm(name);
    const { records } = farm;
    const known = records.get(host);
    if (addresses === null || addresses.length === 0) {
      records.delete(host);
      return null;
    }
    const servers = serversOf(farm, addresses);
    if (known !== undefined) {
      known.servers = servers;
      return known;
    }
    if (records.size >= MOST_HOSTS + SLACK) records.delete(records.keys().next().value!);
    const numbers = { requests: 0, bytesSent: 0, bytesReceived: 0, isUsed: false };
    const record: HostRecord = { host, servers, ...numbers, askedWith: null };
    records.set(host, record);
    return record;
  }

  #farm(name: string): FarmHosts {
    let farm = this.#farms.get(name);
    if (farm === undefined) {
      farm = { records: new Map(), sets: new RecentMap(MOST_SETS), used: [] };
      this.#farms.set(name, farm);
    }
    return farm;
  }
}

/** One object for all hosts with these servers. */
function serversOf({ sets }: FarmHosts, addresses: readonly string[]): HostServers {
  const key = addresses.join(' ');
  let servers = sets.get(key);
  if (servers === undefined) {
    servers = new SharedHostServers(addresses);
    sets.set(key, servers);
  }
  return servers;
}

function takeUse(record: HostRecord): HostUse {
  const { host, requests, bytesSent, bytesReceived } = record;
  record.requests = record.bytesSent = record.bytesReceived = 0;
  record.isUsed = false;
  return { host, requests, bytesSent, bytesReceived };
}

function keyOf(farm: string, host: string): string {
  return `${farm}/${host}`;
}
