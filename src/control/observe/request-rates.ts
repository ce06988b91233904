// Requests per second of each server, over the latest seconds: samples of the totals, taken once a second.
import type { Clock } from '../../base/clock.ts';

const SAMPLE_EVERY = 1000;
const SAMPLES = 6;

interface Sample {
  at: number;
  total: number;
}

export class RequestRates {
  readonly #clock: Clock;
  readonly #totals: () => Iterable<readonly [id: string, totalRequests: number]>;
  readonly #stop: () => void;
  #samples = new Map<string, Sample[]>();

  /** @param totals the servers of now, by FARM/ADDRESS: one that is gone is forgotten */
  constructor(totals: () => Iterable<readonly [id: string, totalRequests: number]>, clock: Clock) {
    this.#totals = totals;
    this.#clock = clock;
    this.#stop = clock.every(SAMPLE_EVERY, () => this.#take());
    this.#take();
  }

  /** Mean over the latest 5 seconds, with two decimals; 0 for a server that was not seen twice. */
  perSecond(id: string): number {
    const samples = this.#samples.get(id);
    const first = samples?.[0];
    const last = samples?.at(-1);
    if (first === undefined || last === undefined || first === last) return 0;
    return Math.round(((last.total - first.total) / (last.at - first.at)) * 100_000) / 100;
  }

  close(): void {
    this.#stop();
  }

  #take(): void {
    const at = this.#clock.monotonic();
    const next = new Map<string, Sample[]>();
    for (const [id, total] of this.#totals()) {
      next.set(id, [...(this.#samples.get(id) ?? []), { at, total }].slice(-SAMPLES));
    }
    this.#samples = next;
  }
}
