// Mean times to the response head, of all workers, within a sliding window.
import type { Clock } from '../../base/clock.ts';
import type { Server } from '../../model/farm.ts';
import { MeasuredList } from './measured-list.ts';
import { ServerMemory } from './server-memory.ts';

/** Readings that a window is made of. */
const STEPS = 10;

interface Reading {
  at: number;
  sum: number;
  count: number;
}

/** What is known of one server: its mean is that of what came since the oldest reading within the window. */
interface Track {
  readings: Reading[];
  /** Milliseconds; -1: no response within the window. */
  mean: number;
  /** When this worker sent it a request to be measured by, monotonic ms. */
  triedAt: number;
}

export class ResponseTimes extends MeasuredList {
  readonly #period: number;
  readonly #memory = new ServerMemory<Track>(() => ({ readings: [], mean: -1, triedAt: Number.NEGATIVE_INFINITY }));
  #ordered: Track[] = [];
  #means = new Float64Array(0);
  /** The means, and a very long time for servers without one. */
  scores = new Float64Array(0);
  #now = 0;
  /** Whether isToBeTried() may hold for any. */
  hasUntried = true;

  /** @param period of the window, ms */
  constructor(clock: Clock, period: number) {
    super(clock);
    this.#period = period;
  }

  /** Milliseconds; -1: no response within the window. */
  mean(index: number): number {
    return this.#means[index]!;
  }

  /** Whether a request should find out how fast the server is: none of this worker does, nor did within the window. */
  isToBeTried(index: number): boolean {
    const track = this.#ordered[index]!;
    return track.mean < 0 && this.#now - track.triedAt >= this.#period;
  }

  noteTry(index: number): void {
    this.#ordered[index]!.triedAt = this.#now;
  }

  protected change(next: readonly Server[], now: number): void {
    this.#ordered = this.#memory.of(next, this.list, now);
    this.#means = new Float64Array(next.length);
    this.scores = new Float64Array(next.length);
  }

  protected read(now: number): void {
    this.#now = now;
    this.hasUntried = false;
    for (let index = 0; index < this.list.length; index++) {
      const { responseTimeSum, responseTimeCount } = this.list[index]!.state;
      const track = this.#ordered[index]!;
      follow(track, now, responseTimeSum, responseTimeCount, this.#period);
      this.#means[index] = track.mean;
      this.scores[index] = track.mean < 0 ? Number.MAX_VALUE : track.mean;
      this.hasUntried ||= track.mean < 0;
    }
  }
}

function follow(track: Track, at: number, sum: number, count: number, period: number): void {
  const { readings } = track;
  // A worker that has just begun knows no window yet: until it does, everything counts since the router started.
  if (readings.length === 0) readings.push({ at, sum: 0, count: 0 });
  if (at - readings.at(-1)!.at >= period / STEPS) readings.push({ at, sum, count });
  // The newest of those that are too old stays: what came after it is within the window, or began just before.
  while (readings.length > 1 && readings[1]!.at <= at - period) readings.shift();
  const oldest = readings[0]!;
  const within = count - oldest.count;
  track.mean = within > 0 ? (sum - oldest.sum) / within : -1;
}
