// HalfSipHash-2-4 with 64 bits (J.-P. Aumasson, D. J. Bernstein): a hash with a key, so that who does not know the key can neither find two
// texts with one hash nor tell where in a table a text stands. Texts are hashed as UTF-16LE.

/** 64 bits. */
export interface HashKey {
  high: number;
  low: number;
}

/** One text, or several parts in turn: begin(), add()…, end(). */
export class KeyHash {
  readonly #seed: HashKey;
  readonly #result: HashKey = { high: 0, low: 0 };
  #v0 = 0;
  #v1 = 0;
  #v2 = 0;
  #v3 = 0;
  #bytes = 0;

  /** @param seed the same in all threads that share a table */
  constructor(seed: HashKey) {
    this.#seed = seed;
  }

  begin(): this {
    const { high, low } = this.#seed;
    this.#v0 = low;
    this.#v1 = high ^ 0xee;
    this.#v2 = low ^ 0x6c796765;
    this.#v3 = high ^ 0x74656462;
    this.#bytes = 0;
    return this;
  }

  addNumber(word: number): this {
    this.#bytes += 4;
    return this.#mix(word);
  }

  /** A part that others follow: where it ends counts. */
  addPart(text: string): this {
    const { length } = text;
    this.#pairs(text, 0);
    // Half a pair, if there is one, and the length.
    return this.addNumber((length << 16) | ((length & 1) === 0 ? 0 : text.charCodeAt(length - 1)));
  }

  /** The hash, with `text`, from the character `from` on, as its last part. @returns the same object each time */
  end(text = '', from = 0): HashKey {
    const isOdd = ((text.length - from) & 1) === 1;
    this.#pairs(text, from);
    if (isOdd) this.#bytes += 2;
    this.#mix((this.#bytes << 24) | (isOdd ? text.charCodeAt(text.length - 1) : 0));
    this.#v2 ^= 0xee;
    for (let round = 0; round < 4; round++) this.#round();
    this.#result.low = this.#v1 ^ this.#v3;
    this.#v1 ^= 0xdd;
    for (let round = 0; round < 4; round++) this.#round();
    this.#result.high = this.#v1 ^ this.#v3;
    return this.#result;
  }

  /** Mixes in all whole pairs of characters from `from` on. */
  #pairs(text: string, from: number): void {
    let v0 = this.#v0;
    let v1 = this.#v1;
    let v2 = this.#v2;
    let v3 = this.#v3;
    const end = from + ((text.length - from) & ~1);
    for (let at = from; at < end; at += 2) {
      const word = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
      v3 ^= word;
      for (let round = 0; round < 2; round++) {
        v0 = (v0 + v1) | 0;
        v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
        v0 = (v0 << 16) | (v0 >>> 16);
        v2 = (v2 + v3) | 0;
        v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
        v0 = (v0 + v3) | 0;
        v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
        v2 = (v2 + v1) | 0;
        v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
        v2 = (v2 << 16) | (v2 >>> 16);
      }
      v0 ^= word;
    }
    this.#v0 = v0;
    this.#v1 = v1;
    this.#v2 = v2;
    this.#v3 = v3;
    this.#bytes += (end - from) * 2;
  }

  #mix(word: number): this {
    this.#v3 ^= word;
    this.#round();
    this.#round();
    this.#v0 ^= word;
    return this;
  }

  #round(): void {
    let v0 = (this.#v0 + this.#v1) | 0;
    let v1 = ((this.#v1 << 5) | (this.#v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    let v2 = (this.#v2 + this.#v3) | 0;
    let v3 = ((this.#v3 << 8) | (this.#v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    this.#v0 = v0;
    this.#v1 = v1;
    this.#v2 = v2;
    this.#v3 = v3;
  }
}
