// Ejects servers that fail much more often than the rest of their farm, and lets them back in: for longer each time that
// it follows at once.
import type { Clock } from '../../base/clock.ts';
import type { OutlierConfig } from '../../model/farm-config.ts';
import { findOutliers, type Sample } from './outlier-detection.ts';

/** Times ejectFor that an ejection lasts at most. */
const LONGEST_EJECTION = 10;

/** A server as the farm shows it. */
export interface WatchedServer {
  readonly address: string;
  /** It takes new work: only such servers are compared. */
  readonly takesNewWork: boolean;
  readonly isEjected: boolean;
  /** Since the router started: attempts that ended, and those of them that failed as ARR counts failures (arr.md 8.3). */
  readonly requests: number;
  readonly failures: number;
}

export interface WatchedFarm {
  servers(): readonly WatchedServer[];
  /** @returns false where the farm holds it back */
  eject(address: string, reason: string): boolean;
  /** The time of an ejection is over. */
  readmit(address: string, reason: string): void;
}

interface Watched {
  /** At the last look. */
  requests: number;
  failures: number;
  /** In a row. */
  ejections: number;
  callOffReturn: () => void;
}

export class OutlierWatch {
  readonly #clock: Clock;
  readonly #farm: WatchedFarm;
  readonly #watched = new Map<string, Watched>();
  #config: OutlierConfig | null = null;
  #stopLooking: () => void = () => {};

  constructor(clock: Clock, farm: WatchedFarm) {
    this.#clock = clock;
    this.#farm = farm;
  }

  /** Compares as `config` says from now on; null: not at all. Ejections under way keep their time. */
  configure(config: OutlierConfig | null): void {
    if (config?.interval !== this.#config?.interval) {
      this.#stopLooking();
      this.#stopLooking = config === null ? () => {} : this.#clock.every(config.interval, () => this.#compare());
    }
    this.#config = config;
    if (config !== null) this.#takeSamples();
  }

  /** The server's mark is another one now, or none: it does not come back by its time. */
  callOff(address: string): void {
    const watched = this.#watched.get(address);
    if (watched === undefined) return;
    watched.callOffReturn();
    watched.callOffReturn = () => {};
  }

  /** The server is gone. */
  forget(address: string): void {
    this.callOff(address);
    this.#watched.delete(address);
  }

  stop(): void {
    this.#stopLooking();
    for (const address of [...this.#watched.keys()]) this.forget(address);
  }

  #compare(): void {
    const config = this.#config!;
    const servers = this.#farm.servers();
    const samples = this.#takeSamples(servers);
    const judged = samples.filter((_, index) => servers[index]!.takesNewWork);
    const ejected = servers.filter(({ isEjected }) => isEjected).length;
    for (const sample of judged) if (isFine(sample, config)) this.#watched.get(sample.address)!.ejections = 0;
    for (const { address, reason } of findOutliers(judged, servers.length, ejected, config)) {
      if (this.#farm.eject(address, reason)) this.#readmitLater(address, config);
    }
  }

  /** What each server did since the last look, in the order of `servers`; a server that is new did nothing. */
  #takeSamples(servers = this.#farm.servers()): Sample[] {
    return servers.map(({ address, requests, failures }) => {
      const watched = this.#watched.get(address) ?? { requests, failures, ejections: 0, callOffReturn: () => {} };
      this.#watched.set(address, watched);
      const sample = { address, requests: requests - watched.requests, failures: failures - watched.failures };
      Object.assign(watched, { requests, failures });
      return sample;
    });
  }

  #readmitLater(address: string, { ejectFor }: OutlierConfig): void {
    const watched = this.#watched.get(address)!;
    watched.ejections++;
    const time = ejectFor * Math.min(watched.ejections, LONGEST_EJECTION);
    watched.callOffReturn = this.#clock.after(time, () => {
      this.#farm.readmit(address, `it was out for ${time / 1000} s`);
    });
  }
}

/** With enough requests to be judged, and not failing: its next ejection is as short as the first. */
function isFine({ requests, failures }: Sample, { minRequests, failureRate }: OutlierConfig): boolean {
  return requests >= minRequests && failures * 100 < failureRate * requests;
}
