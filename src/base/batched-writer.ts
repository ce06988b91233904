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
  /** Pieces that were written by reference, and of which it is not known that they are through. */
  #lent = 0;
  #onReleased: (() => void)[] = [];
  readonly #written = (): void => this.#returnOne();

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
    this.#lent++;
    this.#socket.write(buffer.subarray(start, end), this.#written);
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

  /** True while not everything has been taken by the kernel, or by TLS, which takes nothing before the next turn. */
  get unsent(): boolean {
    return this.#socket.writableLength > 0;
  }

  /** True while buffers that were written by reference may not be changed: they belong to the socket (DESIGN 5). */
  get retains(): boolean {
    return this.#lent > 0 && this.unsent;
  }

  /** @param act called once when nothing is retained any more; never where the connection breaks before */
  whenReleased(act: () => void): void {
    this.#onReleased.push(act);
  }

  #returnOne(): void {
    this.#lent--;
    if (this.#lent > 0 || this.#onReleased.length === 0) return;
    const acts = this.#onReleased;
    this.#onReleased = [];
    // What is on its way in a socket that was destroyed may still be read from.
    if (!this.#socket.destroyed) for (const act of acts) act();
  }

  #writeText(): void {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.written += text.length;
    this.#socket.write(text, 'latin1');
  }
}
