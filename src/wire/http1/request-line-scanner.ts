// Reads the request line (RFC 9112 3), byte by byte and resumable, and the empty lines that may stand before it.

import { latin1Slice } from '../../base/latin1.ts';
import { CR, LF, SP, TARGET_BYTE, TOKEN_LOWER } from './byte-classes.ts';
import { badByte, type HeadRefusal, NEED_MORE, REFUSED } from './head-scanner.ts';
import { readSpecialTarget, type SpecialTarget } from './request-target.ts';

/** The part of the line that is being read. */
const LEADING = 0;
const METHOD = 1;
const TARGET = 2;
const VERSION = 3;
const DONE = 4;

/** RFC 9112 2.2 asks to ignore at least one empty line before the request line. */
const MAX_LEADING_BYTES = 4;
const VERSION_FORM = 'HTTP/1.1\r\n';
const MAJOR_AT = 5;
const MINOR_AT = 7;
const SLASH = 0x2f;
const CONNECT = 'CONNECT';

export class RequestLineScanner {
  /** Bound of the line in bytes, with its CRLF. */
  readonly maxLength: number;
  /** Bytes of empty lines before the line; the other offsets count from behind them. */
  leading = 0;
  methodEnd = 0;
  /** The target begins one byte after methodEnd. */
  targetEnd = 0;
  /** Offset behind the line. */
  lineEnd = 0;
  minorVersion: 0 | 1 = 1;
  /** What an absolute target or `*` says; null for a path. */
  special: SpecialTarget | null = null;
  refusal: HeadRefusal | null = null;
  /** Bytes looked at since the scanner was made. */
  bytesScanned = 0;
  #state = LEADING;
  #served = true;

  constructor(maxLength: number) {
    this.maxLength = maxLength;
  }

  /** Whether a byte of the line itself was seen. */
  get started(): boolean {
    return this.#state !== LEADING;
  }

  get done(): boolean {
    return this.#state === DONE;
  }

  /** Makes ready for another line. */
  reset(): void {
    this.#state = LEADING;
    this.leading = 0;
    this.special = null;
    this.refusal = null;
    this.#served = true;
  }

  /**
   * Goes on at buffer[from]; `start` is where the first byte stands, also of empty lines.
   * @returns the index after the line, NEED_MORE or REFUSED
   */
  scan(buffer: Buffer, from: number, start: number, end: number): number {
    const after = this.#read(buffer, from, start, end);
    this.bytesScanned += (after < 0 ? end : after) - from;
    return after;
  }

  #read(buffer: Buffer, from: number, start: number, end: number): number {
    let at = from;
    if (this.#state === LEADING) {
      at = this.#skipEmptyLines(buffer, from, start, end);
      if (at < 0) return at;
    }
    const base = start + this.leading;
    const limit = base + this.maxLength;
    const stop = Math.min(end, limit);
    if (this.#state === METHOD) {
      while (at < stop && TOKEN_LOWER[buffer[at]] !== 0) at++;
      if (at < stop) {
        if (buffer[at] !== SP || at === base) return this.#refuse(400, badByte(buffer[at], 'the method'));
        this.methodEnd = at++ - base;
        this.#state = TARGET;
      }
    }
    if (this.#state === TARGET) {
      while (at < stop && TARGET_BYTE[buffer[at]] !== 0) at++;
      if (at < stop) {
        this.targetEnd = at - base;
        if (buffer[at] !== SP || this.targetEnd === this.methodEnd + 1) return this.#badTarget(buffer[at]);
        at++;
        this.#state = VERSION;
      }
    }
    if (this.#state === VERSION) {
      at = this.#readVersion(buffer, at, stop, base);
      if (at !== NEED_MORE) return at;
    }
    return end >= limit ? this.#refuse(414, `request line longer than ${this.maxLength} bytes`) : NEED_MORE;
  }

  #skipEmptyLines(buffer: Buffer, from: number, start: number, end: number): number {
    let at = from;
    for (; at < end; at++) {
      const inPair = (at - start) % 2 === 1;
      if (buffer[at] === (inPair ? LF : CR)) {
        if (at - start === MAX_LEADING_BYTES) return this.#refuse(400, 'empty lines before the request line');
      } else if (inPair) {
        return this.#refuse(400, 'CR without LF');
      } else {
        this.leading = at - start;
        this.#state = METHOD;
        return at;
      }
    }
    return NEED_MORE;
  }

  /** Compares with VERSION_FORM, where other digits are read as a version that is not served. */
  #readVersion(buffer: Buffer, from: number, stop: number, base: number): number {
    const formStart = base + this.targetEnd + 1;
    for (let at = from; at < stop; at++) {
      const place = at - formStart;
      const byte = buffer[at];
      if (place === MAJOR_AT || place === MINOR_AT) {
        if (byte < 0x30 || byte > 0x39) return this.#refuse(400, badByte(byte, 'the HTTP version'));
        if (byte > 0x31 || (place === MAJOR_AT && byte === 0x30)) this.#served = false;
        else if (place === MINOR_AT) this.minorVersion = byte === 0x31 ? 1 : 0;
      } else if (byte !== VERSION_FORM.charCodeAt(place)) {
        return this.#refuse(400, badByte(byte, 'the HTTP version'));
      } else if (place === VERSION_FORM.length - 1) {
        return this.#finish(buffer, at + 1, base);
      }
    }
    return NEED_MORE;
  }

  /** The line is whole. @returns `after`, or REFUSED */
  #finish(buffer: Buffer, after: number, base: number): number {
    if (!this.#served) return this.#refuse(505, 'only HTTP/1.1 and HTTP/1.0 are served');
    const targetStart = base + this.methodEnd + 1;
    const isPath = buffer[targetStart] === SLASH;
    if (!isPath || this.methodEnd === CONNECT.length) {
      const method = latin1Slice(buffer, base, base + this.methodEnd);
      if (isPath && method === CONNECT) return this.#refuse(400, 'the target of CONNECT is a path');
      if (!isPath) {
        const special = readSpecialTarget(method, latin1Slice(buffer, targetStart, base + this.targetEnd));
        if ('reason' in special) return this.#refuse(special.status, special.reason);
        this.special = special;
      }
    }
    this.lineEnd = after - base;
    this.#state = DONE;
    return after;
  }

  #badTarget(byte: number): number {
    if (byte === CR || byte === LF) return this.#refuse(400, 'no HTTP version in the request line');
    if (byte === SP) return this.#refuse(400, 'no request target');
    return this.#refuse(400, badByte(byte, 'the request target'));
  }

  #refuse(status: HeadRefusal['status'], reason: string): number {
    this.refusal = { status, reason };
    return REFUSED;
  }
}
