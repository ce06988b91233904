// Follows the frames of one direction of a WebSocket (RFC 6455 5.2) without touching them: where one ends, something of
// our own may be said. Only headers are looked at; a frame costs a few steps, whatever its length.

const OPCODE = 0x0f;
const CLOSE = 0x8;
const MASKED = 0x80;
const LENGTH = 0x7f;
/** Values of the 7-bit length that say that a longer one follows. */
const SHORT_LENGTH = 126;
const LONG_LENGTH = 127;

export class FrameFollower {
  /** A close frame has begun: nothing else may follow it (RFC 6455 5.5.1). */
  closed = false;
  /** Bytes of the header that have come. */
  #at = 0;
  /** Bytes of the header, as far as that is known. */
  #size = 2;
  /** Where in it the length ends that is longer than 7 bits, and what of the length has come. */
  #lengthEnd = 2;
  #length = 0;
  /** Of the payload: bytes to come, once the header is whole. */
  #left = 0;

  /** True between two frames. */
  get isBetween(): boolean {
    return this.#at === 0 && this.#left === 0;
  }

  /** buffer[start, end) passes. */
  pass(buffer: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end) at = this.#step(buffer, at, end);
  }

  /** buffer[start, end) passes as far as the frame that is under way reaches. @returns the offset after it; -1: it goes on after `end` */
  passFrame(buffer: Buffer, start: number, end: number): number {
    let at = start;
    while (!this.isBetween) {
      if (at === end) return -1;
      at = this.#step(buffer, at, end);
    }
    return at;
  }

  /** One byte of a header, or all that is here of a payload. @returns the offset after it */
  #step(buffer: Buffer, at: number, end: number): number {
    if (this.#left === 0) {
      this.#takeHeaderByte(buffer[at]!);
      return at + 1;
    }
    const stop = Math.min(end, at + this.#left);
    this.#left -= stop - at;
    return stop;
  }

  #takeHeaderByte(byte: number): void {
    const at = this.#at++;
    if (at === 0) {
      if ((byte & OPCODE) === CLOSE) this.closed = true;
    } else if (at === 1) {
      const length = byte & LENGTH;
      this.#size = sizeOf(length) + ((byte & MASKED) === 0 ? 0 : 4);
      this.#length = length < SHORT_LENGTH ? length : 0;
      this.#lengthEnd = sizeOf(length);
    } else if (at < this.#lengthEnd) this.#length = this.#length * 256 + byte;
    if (this.#at < this.#size) return;
    this.#at = 0;
    this.#size = 2;
    this.#left = this.#length;
  }
}

/** Of a header without mask. @param length as its second byte has it */
function sizeOf(length: number): number {
  return length === SHORT_LENGTH ? 4 : length === LONG_LENGTH ? 10 : 2;
}
