// Buffers for reading from servers, for the connections of one data plane. Most connections are mostly silent: they share one small
// buffer, and what is read into it is copied when it is passed on. One that fills it gets a large one of its own, from which bytes are
// passed on by reference (DESIGN 5).
import { Buffer } from 'node:buffer';

/** As a string of this length is written from the stack of Node, without a copy on the heap. */
const SHARED_SIZE = 8192;
const LARGE_SIZE = 131_072;
/** Large ones that are lent at one time, at most: 32 MiB. Connections beyond them go on with the small one. */
const MOST_LENT = 256;
const MOST_FREE = 32;

export class ReadBuffers {
  /** Whoever reads into it has used it up before the next one reads. */
  readonly shared = Buffer.allocUnsafeSlow(SHARED_SIZE);
  readonly #free: Buffer[] = [];
  #lent = 0;

  /** Null when too many are lent. */
  lend(): Buffer | null {
    if (this.#lent === MOST_LENT) return null;
    this.#lent++;
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(LARGE_SIZE);
  }

  /** @param isFree no write refers to it any more */
  takeBack(buffer: Buffer, isFree: boolean): void {
    this.#lent--;
    if (isFree && this.#free.length < MOST_FREE) this.#free.push(buffer);
  }
}
