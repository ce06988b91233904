// Counts failures of real requests within a sliding period, in memory that does not grow with their number.

/** The window moves on in steps of this part of its period: failures up to so much younger may be forgotten. */
const STEPS = 60;

export class FailureWindow {
  readonly #step: number;
  readonly #counts = new Float64Array(STEPS);
  #newest = 0;

  /** @param period milliseconds */
  constructor(period: number) {
    this.#step = period / STEPS;
  }

  /** Counts a failure at `now` (monotonic ms); returns how many there were within the period. */
  add(now: number): number {
    const step = Math.floor(now / this.#step);
    const passed = Math.min(step - this.#newest, STEPS);
    for (let back = 0; back < passed; back++) this.#counts[(step - back) % STEPS] = 0;
    this.#newest = step;
    this.#counts[step % STEPS]! += 1;
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  clear(): void {
    this.#counts.fill(0);
  }
}
