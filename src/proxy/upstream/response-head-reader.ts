// Reads the heads of responses out of what a server connection reads: a head may come in parts, and several may come at
// once (1xx). Readers are borrowed and returned, so that no response makes one.
import { Buffer } from 'node:buffer';
import { HeldBytes } from '../../base/held-bytes.ts';
import { type HeadRefusal, REFUSED } from '../../wire/http1/head-scanner.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import { type ResponseHeadLimits, ResponseHeadScanner } from '../../wire/http1/response-head-scanner.ts';

const NOTHING = Buffer.alloc(0);

export class ResponseHeadReader {
  /** What has come and is not read: buffer[at, end). */
  buffer: Buffer = NOTHING;
  at = 0;
  end = 0;
  /** Why head() found no head and never will; null while it may. */
  refusal: HeadRefusal | null = null;
  /** Its limit. */
  readonly headerBytes: number;
  readonly #scanner: ResponseHeadScanner;
  readonly #held = new HeldBytes();

  constructor(limits: ResponseHeadLimits) {
    this.headerBytes = limits.headerBytes;
    this.#scanner = new ResponseHeadScanner(limits);
  }

  /** buffer[0, length) has come; it is copied where it has to be kept, for the next read uses it again. */
  take(buffer: Buffer, length: number): void {
    const held = this.#held;
    if (held.buffer === null) {
      this.buffer = buffer;
      this.at = 0;
      this.end = length;
      return;
    }
    held.append(buffer.subarray(0, length));
    this.buffer = held.buffer;
    this.at = held.start;
    this.end = held.end;
  }

  /** The next head in what has come; null when it is not whole, or malformed. @param method of its request */
  head(method: string): ResponseHead | null {
    const held = this.#held;
    const after = this.#scanner.scan(this.buffer, this.at, this.end);
    if (after >= 0) {
      this.at = after;
      if (held.buffer !== null) held.consumeTo(after);
      return this.#scanner.head(method);
    }
    if (after === REFUSED) this.refusal = this.#scanner.refusal;
    else if (held.buffer === null && this.at < this.end)
      held.append(Buffer.from(this.buffer.subarray(this.at, this.end)));
    return null;
  }

  /** Makes ready for another response. */
  reset(): void {
    this.#scanner.reset();
    this.#held.clear();
    this.refusal = null;
    this.buffer = NOTHING;
    this.at = 0;
    this.end = 0;
  }
}
