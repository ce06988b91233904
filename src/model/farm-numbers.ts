// The live numbers of one farm, in its slot of the shared table: its retries of the latest seconds, and its queue.
import {
  type Block,
  CONNECTIONS,
  controlIndex,
  FAILED,
  GENERATION,
  HELD,
  QUEUE_TICKETS,
  RETRY_RING,
  RETRY_SECONDS,
  recordIndex,
  TOTAL,
  WAITING,
} from './server-table-layout.ts';

/** A word of the ring: the low bits of its second, above the count. */
const COUNT_BITS = 18;
const COUNT = 2 ** COUNT_BITS - 1;
const SECONDS = 2 ** 13;

export class FarmNumbers {
  readonly #block: Block;
  readonly #position: number;
  readonly #row: number;
  readonly #control: Int32Array;
  readonly #records: Float64Array;
  readonly #at: number;
  readonly #base: number;
  readonly #generation: number;

  constructor(block: Block, position: number, row: number) {
    this.#block = block;
    this.#position = position;
    this.#row = row;
    this.#control = block.control;
    this.#records = block.records;
    this.#at = controlIndex(position);
    this.#base = recordIndex(row, position);
    this.#generation = Atomics.load(block.control, this.#at + GENERATION);
  }

  // ---- retries --------------------------------------------------------------------------------------------------

  /** Retries of all workers since the process began, and those that the budget refused. */
  get retries(): { made: number; refused: number } {
    return { made: this.#sum(TOTAL), refused: this.#sum(FAILED) };
  }

  /** Retries of the latest RETRY_SECONDS seconds. @param second since 1970 */
  retriesUntil(second: number): number {
    let sum = 0;
    for (let age = 0; age < RETRY_SECONDS; age++) sum += this.#retriesOf(second - age);
    return sum;
  }

  /**
   * Counts one more retry, where that keeps within `perSecond`, or within `most` in RETRY_SECONDS seconds. It is counted
   * before it is judged: workers that do so at one time never exceed the bound together.
   */
  tryRetry(second: number, perSecond: number, most: number): boolean {
    const inSecond = this.#addRetry(second, 1);
    const granted = inSecond <= perSecond || this.retriesUntil(second) <= most;
    if (!granted) this.#addRetry(second, -1);
    if (!this.#isStale()) this.#records[this.#base + (granted ? TOTAL : FAILED)]! += 1;
    return granted;
  }

  /** One that tryRetry() granted in `second` is not made. */
  returnRetry(second: number): void {
    this.#addRetry(second, -1);
    if (!this.#isStale()) this.#records[this.#base + TOTAL]! -= 1;
  }

  /** @returns the retries of `second` so far */
  #addRetry(second: number, change: number): number {
    const word = this.#at + RETRY_RING + (second % RETRY_SECONDS);
    const stamp = second % SECONDS;
    for (;;) {
      const before = Atomics.load(this.#control, word);
      const count = before >>> COUNT_BITS === stamp ? before & COUNT : 0;
      const after = Math.min(COUNT, Math.max(0, count + change));
      if (Atomics.compareExchange(this.#control, word, before, (stamp << COUNT_BITS) | after) === before) return after;
    }
  }

  #retriesOf(second: number): number {
    const word = Atomics.load(this.#control, this.#at + RETRY_RING + (second % RETRY_SECONDS));
    return word >>> COUNT_BITS === second % SECONDS ? word & COUNT : 0;
  }

  // ---- the queue ------------------------------------------------------------------------------------------------

  /** Requests of all workers that wait. */
  get queued(): number {
    return Atomics.load(this.#control, this.#at + CONNECTIONS);
  }

  /** Takes one of `length` places in the queue. @returns its number, the smaller the earlier; 0 when there is no place */
  tryQueue(length: number): number {
    if (this.#isStale()) return 0;
    this.#records[this.#base + HELD]! += 1; // given back by the control thread if this thread dies
    if (Atomics.add(this.#control, this.#at + CONNECTIONS, 1) < length) {
      return Atomics.add(this.#control, this.#at + QUEUE_TICKETS, 1) + 1 || 1;
    }
    this.leaveQueue();
    return 0;
  }

  leaveQueue(): void {
    if (this.#isStale()) return;
    Atomics.sub(this.#control, this.#at + CONNECTIONS, 1);
    this.#records[this.#base + HELD]! -= 1;
  }

  /** The number of the request of this thread that waits longest; 0 for none. */
  noteOldest(ticket: number): void {
    if (!this.#isStale()) this.#records[this.#base + WAITING] = ticket;
  }

  /** True while a request of another thread waits, longer than the one with the number `ticket`. */
  othersWaitLonger(ticket: number): boolean {
    for (let row = 0; row < this.#block.rows; row++) {
      const oldest = this.#records[recordIndex(row, this.#position) + WAITING]!;
      if (row !== this.#row && oldest !== 0 && ((oldest - ticket) | 0) < 0) return true;
    }
    return false;
  }

  #sum(field: number): number {
    let sum = 0;
    for (let row = 0; row < this.#block.rows; row++) sum += this.#records[recordIndex(row, this.#position) + field]!;
    return sum;
  }

  #isStale(): boolean {
    return this.#control[this.#at + GENERATION] !== this.#generation;
  }
}
