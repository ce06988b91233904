// Collects what comes out of one piece of a body: runs of it that stay, and text in place of others. A piece of which
// everything stays is passed on as it is, without a copy.
import { Buffer } from 'node:buffer';
import { latin1Write } from '../../../base/latin1.ts';
import type { BodyFilter } from './body-filter.ts';

/** Room for texts that are longer than what they replace. */
const SLACK = 1024;

/**
 * Rules may make of a piece so many times its bytes, and MOST_ON_TOP more. Values can hold text of the client, such as
 * {HTTP_HOST}, and a page thousands of addresses: all of that would stand in memory at once.
 */
const MOST_TIMES = 8;
const MOST_ON_TOP = 1024 * 1024;

/** Rules make too much of a body. */
export class TooMuchMade extends Error {
  constructor() {
    super(`it makes more than ${MOST_TIMES} times the bytes of the body`);
  }
}

/** @param made bytes that rules made of `bytes`. @throws TooMuchMade */
export function checkGrowth(made: number, bytes: number): void {
  if (made > bytes * MOST_TIMES + MOST_ON_TOP) throw new TooMuchMade();
}

export class ChangedBytes {
  readonly #next: BodyFilter;
  #buffer: Buffer | null = null;
  #length = 0;
  /** Of #length, those that rules made. */
  #made = 0;

  constructor(next: BodyFilter) {
    this.#next = next;
  }

  /** buffer[start, end) stays. @param expected bytes that are still to come, for the room to be made */
  keep(buffer: Buffer, start: number, end: number, expected: number): void {
    const room = this.#room(end - start, expected);
    buffer.copy(room, this.#length, start, end);
    this.#length += end - start;
  }

  /** @param bytes as latin1 text */
  put(bytes: string, expected: number): void {
    this.#made += bytes.length;
    checkGrowth(this.#made, this.#length - this.#made + bytes.length + expected);
    const room = this.#room(bytes.length, expected);
    latin1Write(room, bytes, this.#length);
    this.#length += bytes.length;
  }

  /** The last run of a piece, and everything before it: on to the next filter. */
  flush(buffer: Buffer, start: number, end: number): void {
    if (this.#buffer === null) {
      if (start < end) this.#next.write(buffer, start, end);
      return;
    }
    this.keep(buffer, start, end, 0);
    const collected = this.#buffer;
    this.#buffer = null;
    const length = this.#length;
    this.#length = 0;
    this.#made = 0;
    if (length > 0) this.#next.write(collected, 0, length);
  }

  #room(bytes: number, expected: number): Buffer {
    const needed = this.#length + bytes;
    if (this.#buffer !== null && needed <= this.#buffer.length) return this.#buffer;
    // Not from the pool of small buffers: it may wait for a slow client.
    const larger = Buffer.allocUnsafeSlow(Math.max(needed + expected, this.#length * 2) + SLACK);
    this.#buffer?.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
    return larger;
  }
}
