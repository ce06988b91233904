// How fast connections come from each source address, for all workers together, in memory that does not grow: a sketch of several rows,
// in each of which a source has one cell that others may share. The emptiest of its cells counts, so that a source is seldom judged
// by others, and a flood from very many addresses makes it only stricter.
//
// A cell is the moment up to which a source has used what it may (the generic cell rate algorithm of ATM): one word, no timer.
import { parseAddress } from '../base/address-range.ts';
import type { Random } from '../base/random.ts';
import { type HashKey, KeyHash } from '../model/key-hash.ts';

const ROWS = 4;
const CELLS = 16_384;
/** Seed of the hash: nobody outside can find two sources that share their cells. */
const SEED_WORDS = 2;
/** Units of time in a millisecond. The words wrap after five days: what seems to lie further ahead than it may is old. */
const UNITS = 10;

export interface Rate {
  readonly connections: number;
  /** ms. */
  readonly within: number;
}

export class SourceRates {
  readonly #words: Int32Array;
  readonly #hash: KeyHash;
  readonly #places = new Int32Array(ROWS);
  readonly #ahead = new Int32Array(ROWS);

  /** @param memory of allocate(), the same in all threads */
  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
    this.#hash = new KeyHash({ high: this.#words[0]!, low: this.#words[1]! });
  }

  /** 256 KiB. */
  static allocate(random: Random): SharedArrayBuffer {
    const memory = new SharedArrayBuffer((SEED_WORDS + ROWS * CELLS) * Int32Array.BYTES_PER_ELEMENT);
    const words = new Int32Array(memory);
    for (let word = 0; word < SEED_WORDS; word++) words[word] = random.next() * 2 ** 32;
    return memory;
  }

  /**
   * Counts one more connection of `source` to `listener`, if that keeps within `rate`; false where it does not.
   * @param now ms since 1970
   */
  take(listener: string, source: string, rate: Rate, now: number): boolean {
    const moment = Math.floor(now * UNITS) | 0;
    const window = rate.within * UNITS;
    const cost = Math.max(1, Math.round(window / rate.connections));
    const used = this.#look(this.#hash.begin().addPart(listener).end(networkOf(source)), moment, window);
    if (used + cost > window) return false;
    for (let row = 0; row < ROWS; row++) {
      if (this.#ahead[row]! >= used + cost) continue; // others have used more of it
      Atomics.store(this.#words, this.#places[row]!, (moment + used + cost) | 0);
    }
    return true;
  }

  /** @returns how far ahead of `moment` the emptiest cell is */
  #look({ high, low }: HashKey, moment: number, window: number): number {
    let least = window;
    for (let row = 0; row < ROWS; row++) {
      const place = SEED_WORDS + row * CELLS + (((low + Math.imul(row, high)) >>> 0) % CELLS);
      const distance = (Atomics.load(this.#words, place) - moment) | 0;
      const ahead = distance < 0 || distance > window ? 0 : distance;
      this.#places[row] = place;
      this.#ahead[row] = ahead;
      least = Math.min(least, ahead);
    }
    return least;
  }
}

/** Of IPv6 the /64: whoever has one has all addresses in it. */
function networkOf(source: string): string {
  if (!source.includes(':')) return source;
  return (parseAddress(source) ?? []).slice(0, 8).join('.');
}
