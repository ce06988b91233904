// Reads the status line of a response (RFC 9112 4), byte by byte and resumable.
import { CR, LF, SP, VALUE_BYTE } from './byte-classes.ts';
import { badByte, type HeadRefusal, NEED_MORE, REFUSED } from './head-scanner.ts';

/** The part of the line that is being read. */
const STATUS = 0;
const REASON = 1;
const LINE_LF = 2;
const DONE = 3;

/** `d` is any digit. */
const STATUS_FORM = 'HTTP/1.d ddd';
const MINOR_AT = 7;
const CODE_AT = 9;
const DIGIT = 0x64;

export class StatusLineScanner {
  /** Bound of the line in bytes, with its CRLF. */
  readonly maxLength: number;
  minorVersion: 0 | 1 = 1;
  status = 0;
  /** Offset behind the line. */
  lineEnd = 0;
  refusal: HeadRefusal | null = null;
  /** Bytes looked at since the scanner was made. */
  bytesScanned = 0;
  #state = STATUS;

  constructor(maxLength: number) {
    this.maxLength = maxLength;
  }

  get done(): boolean {
    return this.#state === DONE;
  }

  /** Makes ready for another line. */
  reset(): void {
    this.#state = STATUS;
    this.status = 0;
    this.refusal = null;
  }

  /**
   * Goes on at buffer[from]; `start` is where the line begins.
   * @returns the index after the line, NEED_MORE or REFUSED
   */
  scan(buffer: Buffer, from: number, start: number, end: number): number {
    const after = this.#read(buffer, from, start, end);
    this.bytesScanned += (after < 0 ? end : after) - from;
    return after;
  }

  #read(buffer: Buffer, from: number, start: number, end: number): number {
    const limit = start + this.maxLength;
    const stop = Math.min(end, limit);
    let at = from;
    if (this.#state === STATUS) {
      at = this.#readStatus(buffer, from, start, stop);
      if (at === REFUSED) return at;
    }
    if (this.#state === REASON) {
      while (at < stop && VALUE_BYTE[buffer[at]] !== 0) at++;
      if (at < stop) {
        if (buffer[at] !== CR) return this.#refuse(badByte(buffer[at], 'the reason phrase'));
        at++;
        this.#state = LINE_LF;
      }
    }
    if (this.#state === LINE_LF && at < stop) {
      if (buffer[at] !== LF) return this.#refuse('CR without LF');
      this.lineEnd = at + 1 - start;
      this.#state = DONE;
      return at + 1;
    }
    return end >= limit ? this.#refuse(`status line longer than ${this.maxLength} bytes`, 431) : NEED_MORE;
  }

  /** Reads up to the space behind the code, which many servers leave out where they have no reason phrase. */
  #readStatus(buffer: Buffer, from: number, start: number, stop: number): number {
    let at = from;
    for (; at < stop; at++) {
      const place = at - start;
      const byte = buffer[at];
      if (place === STATUS_FORM.length) {
        if (this.status < 100) return this.#refuse(`status code ${this.status}`);
        if (byte !== SP && byte !== CR) return this.#refuse(badByte(byte, 'the status line'));
        this.#state = REASON;
        return byte === SP ? at + 1 : at;
      }
      const form = STATUS_FORM.charCodeAt(place);
      const digit = byte - 0x30;
      const fits = form === DIGIT ? digit >= 0 && digit <= (place === MINOR_AT ? 1 : 9) : byte === form;
      if (!fits) return this.#refuse(badByte(byte, 'the status line'));
      if (place === MINOR_AT) this.minorVersion = digit === 1 ? 1 : 0;
      else if (place >= CODE_AT) this.status = this.status * 10 + digit;
    }
    return at;
  }

  #refuse(reason: string, status: 400 | 431 = 400): number {
    this.refusal = { status, reason };
    return REFUSED;
  }
}
