// The hosts that a data plane knows, for all farms and over reloads: what it does not know it asks the control thread for.
import type { Clock } from '../../base/clock.ts';
import { RecentMap } from '../../base/recent-map.ts';
import type { HostDirectory, HostRecord } from '../../model/host-directory.ts';
import type { FoundHost, HostUse, WantedHost } from '../../model/host-use.ts';

/** Of one farm: clients choose the names. */
const MOST_HOSTS = 200_000;
/** A request waits no longer for its servers, ms: then it is balanced without. */
const PATIENCE = 1000;

interface FarmHosts {
  readonly records: RecentMap<string, HostRecord>;
  /** With uses that the control thread does not know yet. */
  readonly used: Set<HostRecord>;
  readonly waiting: Map<string, ((record: HostRecord | null) => void)[]>;
}

export class KnownHosts implements HostDirectory {
  readonly #clock: Clock;
  readonly #want: (wanted: WantedHost[]) => void;
  readonly #farms = new Map<string, FarmHosts>();
  #toAsk: WantedHost[] = [];

  /** @param want brings a later call of learn() */
  constructor(clock: Clock, want: (wanted: WantedHost[]) => void) {
    this.#clock = clock;
    this.#want = want;
  }

  find(farm: string, host: string): HostRecord | undefined {
    return this.#farms.get(farm)?.records.get(host);
  }

  ask(farm: string, host: string): Promise<HostRecord | null> {
    const { waiting } = this.#farm(farm);
    const others = waiting.get(host);
    return new Promise((resolve) => {
      const stopTimer = this.#clock.after(PATIENCE, () => resolve(null));
      const take = (record: HostRecord | null) => {
        stopTimer();
        resolve(record);
      };
      if (others !== undefined) return void others.push(take);
      waiting.set(host, [take]);
      this.#clock.after(PATIENCE, () => waiting.get(host)?.includes(take) && waiting.delete(host));
      this.#askSoon({ farm, host });
    });
  }

  /** What the control thread says. */
  learn(found: readonly FoundHost[]): void {
    for (const { farm, host, addresses } of found) {
      const { records, waiting, used } = this.#farm(farm);
      const known = records.get(host);
      if (addresses === null || addresses.length === 0) {
        if (known !== undefined) used.delete(known);
        records.delete(host);
      } else if (known !== undefined) {
        known.addresses = addresses;
        known.madeOf = null;
      } else {
        const numbers = { requests: 0, bytesSent: 0, bytesReceived: 0 };
        records.set(textOf(host), { host: textOf(host), addresses, ...numbers, servers: [], madeOf: null });
      }
      const record = records.get(host) ?? null;
      for (const take of waiting.get(host) ?? []) take(record);
      waiting.delete(host);
    }
  }

  noteUse(farm: string, record: HostRecord, bytesSent: number, bytesReceived: number): void {
    record.requests++;
    record.bytesSent += bytesSent;
    record.bytesReceived += bytesReceived;
    this.#farm(farm).used.add(record);
  }

  /** Uses since the last call, by farm. */
  takeUses(): [farm: string, uses: HostUse[]][] {
    const all: [string, HostUse[]][] = [];
    for (const [farm, { used }] of this.#farms) {
      if (used.size === 0) continue;
      const uses = [...used].map(({ host, requests, bytesSent, bytesReceived }) => {
        return { host, requests, bytesSent, bytesReceived };
      });
      for (const record of used) record.requests = record.bytesSent = record.bytesReceived = 0;
      used.clear();
      all.push([farm, uses]);
    }
    return all;
  }

  /** Several requests of one turn are one question. */
  #askSoon(wanted: WantedHost): void {
    this.#toAsk.push(wanted);
    if (this.#toAsk.length > 1) return;
    queueMicrotask(() => {
      const asked = this.#toAsk;
      this.#toAsk = [];
      this.#want(asked);
    });
  }

  #farm(name: string): FarmHosts {
    let farm = this.#farms.get(name);
    if (farm === undefined) {
      const used = new Set<HostRecord>();
      const records = new RecentMap<string, HostRecord>(MOST_HOSTS, (record) => used.delete(record));
      farm = { records, used, waiting: new Map() };
      this.#farms.set(name, farm);
    }
    return farm;
  }
}

/** A copy: a slice would keep the head that it was cut from. */
function textOf(host: string): string {
  return Buffer.from(host, 'latin1').toString('latin1');
}
