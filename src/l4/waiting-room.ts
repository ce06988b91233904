// Connections that wait because every server that they may go to has its maxConnections or maxRequests. They look when a place may
// have become free: when a connection of this data plane ends, and at each beat, since others end elsewhere.
import type { Farm } from '../model/farm.ts';

export interface Waiter {
  /** All who wait for this farm may go to the same servers; null: it is bound to one of them, or may be. */
  readonly unboundIn: Farm | null;
  /** True when it has found a server, or needs none any more. */
  tryAgain(): boolean;
}

export class WaitingRoom {
  readonly #waiters = new Set<Waiter>();
  #isLooking = false;

  add(waiter: Waiter): void {
    this.#waiters.add(waiter);
  }

  delete(waiter: Waiter): void {
    this.#waiters.delete(waiter);
  }

  /** First come, first served. One that fails at once frees its place again: the next in the row finds it. */
  look(): void {
    if (this.#waiters.size === 0 || this.#isLooking) return;
    this.#isLooking = true;
    try {
      this.#lookInTurn();
    } finally {
      this.#isLooking = false;
    }
  }

  /** Where the first of a farm finds no place the others would not either: there may be thousands. */
  #lookInTurn(): void {
    const full = new Set<Farm>();
    for (const waiter of this.#waiters) {
      const farm = waiter.unboundIn;
      if (farm !== null && full.has(farm)) continue;
      if (waiter.tryAgain()) this.#waiters.delete(waiter);
      else if (farm !== null) full.add(farm);
    }
  }
}
