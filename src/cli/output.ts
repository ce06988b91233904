// Much text for a stream: gathered into blocks, and written no faster than they are read.
import { once } from 'node:events';
import type { Writable } from 'node:stream';

const BLOCK = 64 * 1024;

export class Output {
  readonly #stream: Writable;
  #held = '';

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** False once nobody reads any more. */
  async write(text: string): Promise<boolean> {
    this.#held += text;
    return this.#held.length < BLOCK || this.#flush();
  }

  /** Writes what is held. */
  async end(): Promise<void> {
    await this.#flush();
  }

  async #flush(): Promise<boolean> {
    const text = this.#held;
    this.#held = '';
    if (!this.#stream.writable) return false;
    if (text === '' || this.#stream.write(text)) return true;
    await Promise.race([once(this.#stream, 'drain'), once(this.#stream, 'close')]);
    return this.#stream.writable;
  }
}
