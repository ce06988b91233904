// Bindings of clients to servers in memory that all threads share, without locks: a table of fixed size in which the least recently used go
// first. A client is known by 64 bits of a hash of what it sent. That two share them is as good as impossible by chance, and would
// do no harm: a binding grants no rights.
//
// [ set ][ way ] → 5 int32: version, key high, key low, value, time of the last use in seconds since 1970.
//
// Each entry is a sequence lock: its version is odd while somebody writes, and another afterwards. A reader that finds another version at
// the end of its reading than at the beginning has read nothing.
import type { HashKey } from './key-hash.ts';

const WAYS = 8;
const ENTRY = 5;
const VERSION = 0;
const KEY_HIGH = 1;
const KEY_LOW = 2;
const VALUE = 3;
const SEEN = 4;
/** As VERSION: nothing was ever here. */
const EMPTY = 0;
/** How often a reader looks at an entry that is written under its eyes. A thread that died while it wrote leaves it so. */
const LOOKS = 3;

/** Memory for `most` bindings, or up to twice as many. */
export function bindingMemory(most: number): SharedArrayBuffer {
  const sets = 2 ** Math.ceil(Math.log2(Math.max(1, most / WAYS)));
  return new SharedArrayBuffer(sets * WAYS * ENTRY * Int32Array.BYTES_PER_ELEMENT);
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
  find(key: HashKey, since: number, now: number): number {
    const words = this.#words;
    for (let look = 0; look < LOOKS; look++) {
      const at = this.#entryOf(key);
      if (at === -1) return -1;
      const version = Atomics.load(words, at + VERSION);
      const isOurs = this.#isAt(at, key);
      const value = Atomics.load(words, at + VALUE);
      const seen = Atomics.load(words, at + SEEN);
      if (!isOurs || (version & 1) === 1 || Atomics.load(words, at + VERSION) !== version) continue;
      if (seen < since) return -1;
      // Where another binding takes the entry just now, it is in use now too.
      if (now !== -1 && seen !== now) Atomics.store(words, at + SEEN, now);
      return value;
    }
    return -1;
  }

  /** Binds `key` to `value`, a number from 0; another binding of the set goes where there is no room. */
  set(key: HashKey, value: number, now: number): void {
    const words = this.#words;
    const known = this.#entryOf(key);
    const at = known === -1 ? this.#oldest(key) : known;
    const version = Atomics.load(words, at + VERSION);
    // Another thread is at this entry: what it writes is as good as ours, and the client is bound at its next request.
    if ((version & 1) === 1) return;
    if (Atomics.compareExchange(words, at + VERSION, version, version + 1) !== version) return;
    Atomics.store(words, at + KEY_HIGH, key.high);
    Atomics.store(words, at + KEY_LOW, key.low);
    Atomics.store(words, at + VALUE, value);
    Atomics.store(words, at + SEEN, now);
    Atomics.store(words, at + VERSION, next(version));
  }

  /** How many are bound to `value` and were used since then (seconds). */
  count(value: number, since: number): number {
    const words = this.#words;
    let count = 0;
    for (let at = 0; at < words.length; at += ENTRY) {
      const isUsed = words[at + VERSION] !== EMPTY && words[at + VALUE] === value && words[at + SEEN]! >= since;
      if (isUsed) count++;
    }
    return count;
  }

  #entryOf(key: HashKey): number {
    const first = this.#setOf(key);
    for (let at = first; at < first + WAYS * ENTRY; at += ENTRY) {
      if (this.#isAt(at, key) && this.#words[at + VERSION] !== EMPTY) return at;
    }
    return -1;
  }

  #isAt(at: number, { high, low }: HashKey): boolean {
    return Atomics.load(this.#words, at + KEY_LOW) === low && Atomics.load(this.#words, at + KEY_HIGH) === high;
  }

  #oldest(key: HashKey): number {
    const first = this.#setOf(key);
    let oldest = first;
    for (let at = first; at < first + WAYS * ENTRY; at += ENTRY) {
      if (this.#words[at + VERSION] === EMPTY) return at;
      if (this.#words[at + SEEN]! < this.#words[oldest + SEEN]!) oldest = at;
    }
    return oldest;
  }

  #setOf({ low }: HashKey): number {
    return (low & this.#mask) * WAYS * ENTRY;
  }
}

/** The version after a writing that began at `version`, an even number; never EMPTY. */
function next(version: number): number {
  return (version + 2) | 0 || 2;
}
