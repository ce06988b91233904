// Bindings of clients to servers in memory that all threads share, without locks: a table of fixed size in which the least recently used go
// first. A client is known by 64 bits of a hash of what it sent. That two share them is as good as impossible by chance, and would
// do no harm: a binding grants no rights.
//
// [ set ][ way ] → 4 int32: key high, key low, value, time of the last use in seconds since 1970.

const WAYS = 8;
const ENTRY = 4;
const KEY_HIGH = 0;
const KEY_LOW = 1;
const VALUE = 2;
const SEEN = 3;
/** As KEY_HIGH: nothing is here. A key never has it. */
const EMPTY = 0;
/** As KEY_HIGH: somebody is writing. */
const BEING_WRITTEN = 1;

/** Memory for at least `most` bindings. */
export function bindingMemory(most: number): SharedArrayBuffer {
  const sets = 2 ** Math.ceil(Math.log2(Math.max(1, most / WAYS)));
  return new SharedArrayBuffer(sets * WAYS * ENTRY * Int32Array.BYTES_PER_ELEMENT);
}

export interface BindingKey {
  high: number;
  low: number;
}

export class BindingTable {
  readonly #words: Int32Array;
  readonly #mask: number;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
    this.#mask = this.#words.length / (WAYS * ENTRY) - 1;
  }

  /**
   * What is bound to `key`; -1 for nothing.
   * @param since bindings not used since then (seconds) are over
   * @param now the binding is in use now; -1: it is only looked at
   */
  find(key: BindingKey, since: number, now: number): number {
    const at = this.#entryOf(key);
    if (at === -1) return -1;
    const seen = Atomics.load(this.#words, at + SEEN);
    const value = Atomics.load(this.#words, at + VALUE);
    // Somebody may have written another binding here meanwhile: then the key is another too.
    if (!this.#isAt(at, key) || seen < since) return -1;
    if (now !== -1 && seen !== now) Atomics.store(this.#words, at + SEEN, now);
    return value;
  }

  /** Binds `key` to `value`, a number from 0; another binding of the set goes where there is no room. */
  set(key: BindingKey, value: number, now: number): void {
    const known = this.#entryOf(key);
    const at = known === -1 ? this.#oldest(key) : known;
    const words = this.#words;
    const before = Atomics.load(words, at + KEY_HIGH);
    if (before === BEING_WRITTEN) return;
    // Another thread is at this entry: what it writes is as good as ours, and the client is bound at its next request.
    if (Atomics.compareExchange(words, at + KEY_HIGH, before, BEING_WRITTEN) !== before) return;
    Atomics.store(words, at + KEY_LOW, key.low);
    Atomics.store(words, at + VALUE, value);
    Atomics.store(words, at + SEEN, now);
    Atomics.store(words, at + KEY_HIGH, key.high);
  }

  /** How many are bound to `value` and were used since then (seconds). */
  count(value: number, since: number): number {
    const words = this.#words;
    let count = 0;
    for (let at = 0; at < words.length; at += ENTRY) {
      const isUsed = words[at + KEY_HIGH] !== EMPTY && words[at + VALUE] === value && words[at + SEEN]! >= since;
      if (isUsed) count++;
    }
    return count;
  }

  #entryOf(key: BindingKey): number {
    const first = this.#setOf(key);
    for (let at = first; at < first + WAYS * ENTRY; at += ENTRY) if (this.#isAt(at, key)) return at;
    return -1;
  }

  #isAt(at: number, key: BindingKey): boolean {
    return Atomics.load(this.#words, at + KEY_HIGH) === key.high && Atomics.load(this.#words, at + KEY_LOW) === key.low;
  }

  #oldest(key: BindingKey): number {
    const first = this.#setOf(key);
    let oldest = first;
    for (let at = first; at < first + WAYS * ENTRY; at += ENTRY) {
      if (this.#words[at + KEY_HIGH] === EMPTY) return at;
      if (this.#words[at + SEEN]! < this.#words[oldest + SEEN]!) oldest = at;
    }
    return oldest;
  }

  #setOf({ low }: BindingKey): number {
    return (low & this.#mask) * WAYS * ENTRY;
  }
}

/** A hash of 64 bits, keyed so that who does not know `seed` cannot tell where a text stands. @returns the same object each time */
export class KeyHash {
  readonly #seed: number;
  readonly #key: BindingKey = { high: 0, low: 0 };
  #high = 0;
  #low = 0;

  /** @param seed a whole number; the same in all threads */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  begin(): this {
    this.#high = this.#seed ^ 0x9e3779b9;
    this.#low = Math.imul(this.#seed, 0x85ebca6b) | 0;
    return this;
  }

  /** @param length most characters of `text` that count */
  add(text: string, length = text.length): this {
    let high = this.#high;
    let low = this.#low;
    const end = Math.min(length, text.length);
    for (let i = 0; i < end; i++) {
      const code = text.charCodeAt(i);
      high = Math.imul(high ^ code, 0x01000193);
      low = Math.imul((low << 5) ^ (low >>> 27) ^ code, 0x27d4eb2f);
    }
    return this.addNumber(end, high, low);
  }

  addNumber(value: number, high = this.#high, low = this.#low): this {
    this.#high = Math.imul(high ^ value, 0xcc9e2d51);
    this.#low = Math.imul(low + value, 0x1b873593) ^ (high >>> 15);
    return this;
  }

  end(): BindingKey {
    this.#key.high = finish(this.#high ^ this.#low);
    if (this.#key.high === EMPTY || this.#key.high === BEING_WRITTEN) this.#key.high = -1;
    this.#key.low = finish(this.#low + Math.imul(this.#high, 0x9e3779b1));
    return this.#key;
  }
}

/** The finaliser of MurmurHash3. */
function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
