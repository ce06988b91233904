// Numbers of a list of servers that are added up over all workers now and then instead of at each pick: a pick among a thousand
// servers must not read a thousand records of each worker.
import type { Clock } from '../../base/clock.ts';
import type { Server } from '../../model/farm.ts';

/** Milliseconds between two readings. */
const REFRESH = 50;

export abstract class MeasuredList {
  protected list: readonly Server[] = [];
  readonly #clock: Clock;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** To be called at each pick. */
  look(candidates: readonly Server[]): void {
    const now = this.#clock.monotonic();
    if (candidates !== this.list) {
      this.change(candidates, now);
      this.list = candidates;
    } else if (now - this.#readAt < REFRESH) return;
    this.#readAt = now;
    this.read(now);
  }

  /** `list` is still the one before. */
  protected abstract change(next: readonly Server[], now: number): void;
  protected abstract read(now: number): void;
}
