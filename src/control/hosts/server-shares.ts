// What each server of a farm has of its hosts: kept as the map changes, so that nobody counts through it.
import type { HostCandidate, ServerShare } from './choose-servers.ts';

interface Share extends ServerShare {
  /** When one of its hosts was used last, seconds since 1970; 0: never. */
  lastUse: number;
  reading: HostCandidate['memory'];
}

export class ServerShares {
  readonly #shares = new Map<string, Share>();

  of(address: string): Readonly<Share> | undefined {
    return this.#shares.get(address);
  }

  /** What was given before a new reading is in it. */
  read(candidates: readonly HostCandidate[]): void {
    for (const { address, memory } of candidates) {
      const share = this.#shares.get(address);
      if (share === undefined || share.reading === memory) continue;
      share.reading = memory;
      share.sinceReading = 0;
    }
  }

  move(from: readonly string[], to: readonly string[]): void {
    for (const address of from) {
      const share = this.#shares.get(address);
      if (share === undefined || to.includes(address)) continue;
      share.hosts--;
      if (share.hosts === 0) this.#shares.delete(address);
    }
    for (const address of to) if (!from.includes(address)) this.#give(address);
  }

  noteUse(servers: readonly string[], now: number): void {
    for (const address of servers) {
      const share = this.#shares.get(address);
      if (share !== undefined && share.lastUse < now) share.lastUse = now;
    }
  }

  #give(address: string): void {
    const share = this.#shares.get(address) ?? { hosts: 0, sinceReading: 0, lastUse: 0, reading: null };
    share.hosts++;
    share.sinceReading++;
    this.#shares.set(address, share);
  }
}
