// Takes a chunked body apart (RFC 9112 7.1): strict framing, payload as ranges of the caller's own buffer. Chunk
// extensions are dropped, trailers are cleaned.
import { CR, HEX_PLUS_ONE, HTAB, LF, SP, VALUE_BYTE } from './byte-classes.ts';
import { badByte, NEED_MORE, REFUSED } from './head-scanner.ts';
import { TrailerSection } from './trailer-section.ts';

export interface ChunkedLimits {
  /** Bytes of chunk extensions that are not outweighed by payload: small chunks with long extensions are an attack. */
  readonly extensionBytes: number;
  readonly trailerBytes: number;
  readonly trailerCount: number;
}

/** Bounds of what surrounds the payload, either way: they keep work and memory small, and no honest peer comes near them. */
export const CHUNKED_LIMITS: ChunkedLimits = { extensionBytes: 4096, trailerBytes: 16_384, trailerCount: 64 };

/** What is being read. */
const SIZE_START = 0;
const SIZE = 1;
const BLANKS = 2;
const EXTENSION = 3;
const SIZE_LF = 4;
const DATA = 5;
const DATA_CR = 6;
const DATA_LF = 7;
const TRAILERS = 8;
const DONE = 9;
const FAILED = 10;

const SEMICOLON = 0x3b;
const MAX_SIZE_DIGITS = 16;

export class ChunkedDecoder {
  /** Flat pairs start, end of the payload found by the last decode(); valid until the next. */
  readonly pieces: number[] = [];
  /**
   * True when all payload of the last decode() came in whole chunks in their plainest form (no extension, no leading
   * zero): then its bytes from `start` to verbatimEnd are these chunks and may be sent on as they are.
   */
  verbatim = false;
  /** Where the whole chunks end: before the last chunk, or before a size line that is not complete. */
  verbatimEnd = 0;
  /** The last chunk and the trailers have been read. */
  done = false;
  /** Why the body is malformed, null while it is not. Nothing after the fault is read. */
  error: string | null = null;
  /** Trailer fields that may be passed on, as field lines with CRLF; whole once done. */
  trailers = '';
  readonly #limits: ChunkedLimits;
  readonly #trailerSection: TrailerSection;
  #state = SIZE_START;
  #size = 0;
  #digits = 0;
  #remaining = 0;
  #extensionBytes = 0;
  #bytesScanned = 0;

  constructor(limits: ChunkedLimits) {
    this.#limits = limits;
    this.#trailerSection = new TrailerSection(limits.trailerBytes, limits.trailerCount);
  }

  /** Bytes looked at since the decoder was made, payload not among them: what tests of its work count. */
  get bytesScanned(): number {
    return this.#bytesScanned + this.#trailerSection.bytesScanned;
  }

  /** Makes ready for the next body. */
  reset(): void {
    this.pieces.length = 0;
    this.verbatim = false;
    this.verbatimEnd = 0;
    this.done = false;
    this.error = null;
    this.trailers = '';
    this.#state = SIZE_START;
    this.#extensionBytes = 0;
  }

  /**
   * Takes buffer[start, end), which follows on what was taken before.
   * @returns the offset after the last byte of this body; `end` while it is not done; where the fault is after an error
   */
  decode(buffer: Buffer, start: number, end: number): number {
    const pieces = this.pieces;
    pieces.length = 0;
    this.verbatim = this.#state === SIZE_START;
    this.verbatimEnd = start;
    let at = start;
    while (at < end && this.#state < DONE) {
      if (this.#state === DATA) {
        const pieceEnd = Math.min(end, at + this.#remaining);
        pieces.push(at, pieceEnd);
        this.#remaining -= pieceEnd - at;
        at = pieceEnd;
        if (this.#remaining === 0) this.#state = DATA_CR;
      } else if (this.#state === TRAILERS) {
        at = this.#readTrailers(buffer, at, end);
      } else {
        const from = at;
        at = this.#readFraming(buffer, at, end);
        this.#bytesScanned += at - from;
      }
    }
    // Payload of a chunk that is not whole, which the next call goes on with, has to be framed anew.
    if (pieces.length === 0 || pieces[pieces.length - 1] > this.verbatimEnd) this.verbatim = false;
    return at;
  }

  #readFraming(buffer: Buffer, from: number, end: number): number {
    let at = from;
    while (at < end && this.#state !== DATA && this.#state !== TRAILERS) {
      const fault = this.#state <= SIZE ? this.#takeSize(buffer[at]) : this.#takeDelimiter(buffer[at]);
      if (fault !== null) return this.#fail(fault, at);
      at++;
      if (this.#state === SIZE_START) this.verbatimEnd = at;
    }
    return at;
  }

  /** @returns what is wrong with the byte, or null */
  #takeSize(byte: number): string | null {
    const digit = HEX_PLUS_ONE[byte] - 1;
    if (this.#state === SIZE_START) {
      if (digit < 0) return badByte(byte, 'a chunk size');
      this.#state = SIZE;
      this.#size = digit;
      this.#digits = 1;
      return null;
    }
    if (digit < 0) return this.#takeAfterSize(byte);
    if (this.#size === 0) this.verbatim = false;
    this.#size = this.#size * 16 + digit;
    return ++this.#digits > MAX_SIZE_DIGITS || this.#size > Number.MAX_SAFE_INTEGER ? 'chunk size too large' : null;
  }

  /** RFC 9112 7.1.1; blanks before the line end, which some servers pad sizes with, are harmless once they are dropped. */
  #takeAfterSize(byte: number): string | null {
    if (byte === CR) {
      this.#state = SIZE_LF;
      return null;
    }
    if (byte === SEMICOLON) this.#state = EXTENSION;
    else if (byte === SP || byte === HTAB) this.#state = BLANKS;
    else return badByte(byte, 'a chunk size');
    return this.#countExtension();
  }

  #takeDelimiter(byte: number): string | null {
    switch (this.#state) {
      case BLANKS:
        return this.#takeAfterSize(byte);
      case EXTENSION:
        if (byte === CR) this.#state = SIZE_LF;
        else return VALUE_BYTE[byte] === 0 ? badByte(byte, 'a chunk extension') : this.#countExtension();
        return null;
      case DATA_CR:
        this.#state = DATA_LF;
        return byte === CR ? null : 'chunk longer than its size';
      case DATA_LF:
        this.#state = SIZE_START;
        return byte === LF ? null : 'CR without LF';
      default:
        if (byte !== LF) return 'CR without LF';
        this.#beginData();
        return null;
    }
  }

  #countExtension(): string | null {
    this.verbatim = false;
    return ++this.#extensionBytes > this.#limits.extensionBytes ? 'chunk extensions too long' : null;
  }

  /** The size line is whole. */
  #beginData(): void {
    this.#remaining = this.#size;
    this.#extensionBytes = Math.max(0, this.#extensionBytes - this.#size);
    this.#state = this.#size === 0 ? TRAILERS : DATA;
    if (this.#size === 0) this.#trailerSection.begin();
  }

  #readTrailers(buffer: Buffer, from: number, end: number): number {
    const after = this.#trailerSection.scan(buffer, from, end);
    if (after === NEED_MORE) return end;
    if (after === REFUSED) return this.#fail(`trailers: ${this.#trailerSection.error}`, from);
    this.trailers = this.#trailerSection.trailers;
    this.done = true;
    this.#state = DONE;
    return after;
  }

  #fail(fault: string, at: number): number {
    this.error = fault;
    this.#state = FAILED;
    this.verbatim = false;
    return at;
  }
}
