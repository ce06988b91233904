// A clock that stands still until told: for tests, and for embedders who replay.
import type { Clock } from './clock.ts';

interface Waiting {
  at: number;
  every: number | null;
  run: () => void;
}

export class SimulatedClock implements Clock {
  #now = 0;
  readonly #epoch: number;
  readonly #waiting = new Set<Waiting>();

  /** @param epoch wall time, in ms since 1970, at which this clock starts */
  constructor(epoch = Date.UTC(2026, 0, 1)) {
    this.#epoch = epoch;
  }

  wall(): number {
    return this.#epoch + this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(delay: number, run: () => void): () => void {
    return this.#wait({ at: this.#now + delay, every: null, run });
  }

  every(interval: number, run: () => void): () => void {
    return this.#wait({ at: this.#now + interval, every: interval, run });
  }

  /** Moves time on by `ms`, running what falls due in order of its time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let due = this.#next(end); due !== null; due = this.#next(end)) {
      this.#now = due.at;
      if (due.every === null) this.#waiting.delete(due);
      else due.at += due.every;
      due.run();
    }
    this.#now = end;
  }

  #wait(entry: Waiting): () => void {
    this.#waiting.add(entry);
    return () => void this.#waiting.delete(entry);
  }

  #next(end: number): Waiting | null {
    let first: Waiting | null = null;
    for (const entry of this.#waiting) {
      if (entry.at <= end && (first === null || entry.at < first.at)) first = entry;
    }
    return first;
  }
}
