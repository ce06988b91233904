// What all threads of one router share beside the server table: how many client connections there are, and a sign of
// life of each worker. A worker writes its own row; only the exact limit of connections is an atomic sum (DESIGN 2).

const TOTAL = 0;
const ROWS = 1;
const WORDS_PER_ROW = 3;
const CONNECTIONS = 0;
const TICKS = 1;
const REFUSALS = 2;

export class ProcessGauges {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  /** @param memory of another thread's gauges */
  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
  }

  static create(rows: number): ProcessGauges {
    return new ProcessGauges(new SharedArrayBuffer((ROWS + rows * WORDS_PER_ROW) * Int32Array.BYTES_PER_ELEMENT));
  }

  /** Counts one more client connection of `row`, if the process has fewer than `max`. */
  admitConnection(row: number, max: number): boolean {
    const own = ROWS + row * WORDS_PER_ROW + CONNECTIONS;
    this.#words[own]! += 1; // noted before it is taken: the control thread returns what a dead worker held
    if (Atomics.add(this.#words, TOTAL, 1) < max) return true;
    this.releaseConnection(row);
    return false;
  }

  releaseConnection(row: number): void {
    Atomics.sub(this.#words, TOTAL, 1);
    this.#words[ROWS + row * WORDS_PER_ROW + CONNECTIONS]! -= 1;
  }

  connections(row: number): number {
    return Atomics.load(this.#words, ROWS + row * WORDS_PER_ROW + CONNECTIONS);
  }

  get allConnections(): number {
    return Atomics.load(this.#words, TOTAL);
  }

  /** A connection or a request of `row` was turned away before it became a request. */
  countRefusal(row: number): void {
    this.#words[ROWS + row * WORDS_PER_ROW + REFUSALS]! += 1;
  }

  /** Of all workers, those that died included. */
  get allRefusals(): number {
    let sum = 0;
    for (let at = ROWS + REFUSALS; at < this.#words.length; at += WORDS_PER_ROW) sum += this.#words[at]!;
    return sum;
  }

  /** The worker of `row` is alive and gets its turn. */
  tick(row: number): void {
    Atomics.add(this.#words, ROWS + row * WORDS_PER_ROW + TICKS, 1);
  }

  ticks(row: number): number {
    return Atomics.load(this.#words, ROWS + row * WORDS_PER_ROW + TICKS);
  }

  /** The worker of `row` is gone: its connections are closed, whatever it still noted. */
  retireRow(row: number): void {
    const own = ROWS + row * WORDS_PER_ROW + CONNECTIONS;
    Atomics.sub(this.#words, TOTAL, this.#words[own]!);
    this.#words[own] = 0;
  }
}
