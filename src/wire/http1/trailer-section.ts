// The end of a chunked body: trailer fields and the empty line (RFC 9112 7.1.2). What comes in parts is kept here,
// because the bytes of a body are not shown twice.

import { latin1Slice } from '../../base/latin1.ts';
import { FieldLineScanner, NEED_MORE } from './head-scanner.ts';
import { cleanTrailers } from './trailer-filter.ts';

const NOTHING = Buffer.alloc(0);
const FIRST_CAPACITY = 512;

export class TrailerSection {
  /** Field lines that may be passed on, once the section is whole. */
  trailers = '';
  readonly #lines: FieldLineScanner;
  #kept = NOTHING;
  #length = 0;

  constructor(maxBytes: number, maxCount: number) {
    this.#lines = new FieldLineScanner(maxBytes, maxCount);
  }

  /** Why the section is malformed or too large. */
  get error(): string {
    return this.#lines.refusal?.reason ?? '';
  }

  get bytesScanned(): number {
    return this.#lines.bytesScanned;
  }

  begin(): void {
    this.#lines.begin(this.#lines.headerBytes);
    this.#kept = NOTHING;
    this.#length = 0;
    this.trailers = '';
  }

  /** Takes buffer[start, end). @returns the index after the empty line, NEED_MORE or REFUSED */
  scan(buffer: Buffer, start: number, end: number): number {
    return this.#length === 0 ? this.#scanHere(buffer, start, end) : this.#scanKept(buffer, start, end);
  }

  #scanHere(buffer: Buffer, start: number, end: number): number {
    const after = this.#lines.scan(buffer, start, end, start);
    if (after === NEED_MORE) this.#keep(buffer, start, end);
    else if (after >= 0 && this.#lines.count > 0) {
      this.trailers = cleanTrailers(this.#lines, latin1Slice(buffer, start, after));
    }
    return after;
  }

  #scanKept(buffer: Buffer, start: number, end: number): number {
    const before = this.#length;
    this.#keep(buffer, start, end);
    const after = this.#lines.scan(this.#kept, before, this.#length, 0);
    if (after < 0) return after;
    this.trailers = cleanTrailers(this.#lines, latin1Slice(this.#kept, 0, after));
    return start + after - before;
  }

  /** Appends; the room doubles, so that many small parts cost no more than one large one. */
  #keep(buffer: Buffer, start: number, end: number): void {
    const length = this.#length + end - start;
    if (length > this.#kept.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, this.#kept.length * 2, FIRST_CAPACITY));
      this.#kept.copy(larger, 0, 0, this.#length);
      this.#kept = larger;
    }
    buffer.copy(this.#kept, this.#length, start, end);
    this.#length = length;
  }
}
