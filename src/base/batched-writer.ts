// Collects what one turn of work has to say to a socket and says it in one write: heads are latin1 text, and a small
// body goes along in the same string, which Node hands to the kernel without a copy on the heap (DESIGN 4).
import type { Duplex } from 'node:stream';
import { latin1Slice } from './latin1.ts';

/** Up to here Node writes a string from its stack; a longer one would be copied into a buffer first. */
const ONE_STRING = 16_384;

export class BatchedWriter {
  /** Bytes given to the socket so far. */
  written = 0;
  readonly #socket: Duplex;
  #text = '';
  #corked = false;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  /** latin1 text: every code unit is one byte. */
  text(text: string): void {
    this.#text += text;
  }

  /** buffer[start, end). A long piece is written by reference: see `retains`. */
  bytes(buffer: Buffer, start: number, end: number): void {
    if (this.#text.length + end - start <= ONE_STRING) {
      this.#text += latin1Slice(buffer, start, end);
      return;
    }
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
    }
    this.#writeText();
    this.written += end - start;
    this.#socket.write(buffer.subarray(start, end));
  }

  /** Writes what was collected. False when the peer takes no more for now: the socket's 'drain' follows. */
  flush(): boolean {
    this.#writeText();
    if (this.#corked) {
      this.#corked = false;
      this.#socket.uncork();
    }
    return !this.full;
  }

  /**
   * True while the peer takes no more: the socket's 'drain' follows. Node also asks for a drain after a long write that
   * the kernel took whole; there is nothing to wait for then.
   */
  get full(): boolean {
    return this.#socket.writableNeedDrain && this.#socket.writableLength > 0;
  }

  /** True while the kernel has not taken everything: buffers that were written belong to the socket until then (DESIGN 5). */
  get retains(): boolean {
    return this.#socket.writableLength > 0;
  }

  #writeText(): void {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.written += text.length;
    this.#socket.write(text, 'latin1');
  }
}
