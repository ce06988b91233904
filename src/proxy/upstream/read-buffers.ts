// Buffers for reading from servers, shared by the connections of one data plane. A buffer that a slow client's socket
// still holds is not given back: the collector takes it when that socket is done (DESIGN 5).
import { Buffer } from 'node:buffer';

const KEPT = 64;
/** Small enough that what is read into it is written as text, which copies it: see BatchedWriter. */
const SHARED_SIZE = 8192;

export class ReadBuffers {
  /** For connections that are mostly silent: whoever reads into it has used it up before the next one reads. */
  readonly shared = Buffer.allocUnsafeSlow(SHARED_SIZE);
  readonly #size: number;
  readonly #free: Buffer[] = [];

  /** @param size bytes of each */
  constructor(size: number) {
    this.#size = size;
  }

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#size);
  }

  give(buffer: Buffer): void {
    if (this.#free.length < KEPT) this.#free.push(buffer);
  }
}
