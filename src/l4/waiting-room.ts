// Connections that wait because every server that they may go to has its maxConnections or maxRequests. They are few, so all of them
// look when a place may have become free: when a connection of this data plane ends, and at each beat, since others end elsewhere.

export interface Waiter {
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
      for (const waiter of this.#waiters) if (waiter.tryAgain()) this.#waiters.delete(waiter);
    } finally {
      this.#isLooking = false;
    }
  }
}
