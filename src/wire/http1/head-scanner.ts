// Reads the field lines of a head (RFC 9112 5) byte by byte, for requests, responses and trailers, and can be stopped
// and taken up at any byte. What the scanners of both directions answer is named here too.
import { COLON, CR, HTAB, LF, SP, TOKEN_LOWER, VALUE_BYTE } from './byte-classes.ts';
import { identifyField } from './field-identity.ts';
import type { FieldKind } from './fields.ts';
import { FIELD_STRIDE, SEEN_LOW_KINDS } from './message-head.ts';

/** Answer of a scanner: all bytes were right so far, and there must be more. */
export const NEED_MORE = -1;
/** Answer of a scanner: the message is malformed, ambiguous or too large; see its refusal. */
export const REFUSED = -2;

/** Why a head was refused, and the status that tells a client so; of a response 431 means too large, 400 malformed. */
export interface HeadRefusal {
  readonly status: 400 | 414 | 431 | 501 | 505;
  readonly reason: string;
}

/** The byte that a scanner waits for, by the place where it will stand. */
const LINE_START = 0;
const NAME = 1;
const VALUE_LEAD = 2;
const VALUE = 3;
const VALUE_LF = 4;
const END_LF = 5;

export class FieldLineScanner {
  readonly headerBytes: number;
  readonly headerCount: number;
  /** FIELD_STRIDE numbers for each field found; what lies behind `count` is left from earlier heads. */
  readonly offsets: number[] = [];
  count = 0;
  /** Bit sets of the kinds found, as MessageHead has them. */
  seenLow = 0;
  seenHigh = 0;
  /** Bit set of the kinds (of the low ones) that were found more than once. */
  repeatedLow = 0;
  refusal: HeadRefusal | null = null;
  /** Bytes looked at since the scanner was made: what tests of its work count. */
  bytesScanned = 0;
  #state = LINE_START;
  /** Offset behind which no byte of this section may lie. */
  #sectionEnd = 0;
  #kind: FieldKind = 0;
  #nameStart = 0;
  #nameEnd = 0;
  #valueStart = 0;
  #valueEnd = 0;

  /** @param headerBytes bound of the section with its empty line @param headerCount bound of its lines */
  constructor(headerBytes: number, headerCount: number) {
    this.headerBytes = headerBytes;
    this.headerCount = headerCount;
  }

  /** Makes ready for a section that may use up to `sectionEnd`, an offset as scan() counts them. */
  begin(sectionEnd: number): void {
    this.#state = LINE_START;
    this.#sectionEnd = sectionEnd;
    this.count = 0;
    this.seenLow = 0;
    this.seenHigh = 0;
    this.repeatedLow = 0;
    this.refusal = null;
  }

  /**
   * Goes on at buffer[from] and reads what of buffer[from, end) belongs to the section.
   * @param base where in `buffer` the offsets begin; the bytes since then must be there again at every call
   * @returns the index after the empty line, NEED_MORE (then all bytes up to `end` were read), or REFUSED
   */
  scan(buffer: Buffer, from: number, end: number, base: number): number {
    const sectionEnd = base + this.#sectionEnd;
    const after = this.#read(buffer, from, Math.min(end, sectionEnd), base);
    return after === NEED_MORE && end >= sectionEnd
      ? this.#refuse(431, `more than ${this.headerBytes} bytes of header fields`)
      : after;
  }

  /** Index in `offsets` of the first field of this kind; has() must have said that there is one. */
  find(kind: FieldKind): number {
    let at = 0;
    while (this.offsets[at] !== kind) at += FIELD_STRIDE;
    return at;
  }

  /** Whether a field of this kind (one of the low ones) was found. */
  has(kind: FieldKind): boolean {
    return (this.seenLow & (1 << kind)) !== 0;
  }

  /** Whether more than one was found. */
  isRepeated(kind: FieldKind): boolean {
    return (this.repeatedLow & (1 << kind)) !== 0;
  }

  /** The values of all fields of this kind (one of the low ones) as one list; '' when there is none. @param text of the head */
  joinedValues(kind: FieldKind, text: string): string {
    const offsets = this.offsets;
    let joined: string | null = null;
    for (let at = 0, last = this.count * FIELD_STRIDE; at < last; at += FIELD_STRIDE) {
      if (offsets[at] !== kind) continue;
      const value = text.slice(offsets[at + 3], offsets[at + 4]);
      if (!this.isRepeated(kind)) return value;
      // An empty value is a member of the list too: `Transfer-Encoding:` beside another one is not nothing.
      joined = joined === null ? value : `${joined}, ${value}`;
    }
    return joined ?? '';
  }

  /**
   * The state machine. It is one function because everything it knows stays in registers while it runs: what a field
   * needs is stored once a field, and the state only where the bytes end.
   */
  #read(buffer: Buffer, from: number, end: number, base: number): number {
    let at = from;
    let state = this.#state;
    let kind = this.#kind;
    let nameStart = this.#nameStart;
    let nameEnd = this.#nameEnd;
    let valueStart = this.#valueStart;
    let valueEnd = this.#valueEnd;
    while (at < end) {
      if (state === LINE_START) {
        if (buffer[at] === CR) {
          state = END_LF;
          if (++at === end) break;
        } else {
          state = NAME;
          nameStart = at - base;
        }
      }
      if (state === NAME) {
        while (at < end && TOKEN_LOWER[buffer[at]] !== 0) at++;
        if (at === end) break;
        nameEnd = at - base;
        if (buffer[at] !== COLON || nameEnd === nameStart) return this.#badName(buffer[at], nameEnd === nameStart);
        kind = identifyField(buffer, base + nameStart, at);
        state = VALUE_LEAD;
        if (++at === end) break;
      }
      if (state === VALUE_LEAD) {
        while (at < end && (buffer[at] === SP || buffer[at] === HTAB)) at++;
        valueStart = at - base;
        if (at === end) break;
        state = VALUE;
      }
      if (state === VALUE) {
        while (at < end && VALUE_BYTE[buffer[at]] !== 0) at++;
        if (at === end) break;
        if (buffer[at] !== CR) return this.#badByte(buffer[at], 'a header value');
        valueEnd = at - base;
        while (valueEnd > valueStart && isBlank(buffer[base + valueEnd - 1])) valueEnd--;
        state = VALUE_LF;
        if (++at === end) break;
      }
      if (buffer[at++] !== LF) return this.#refuse(400, 'CR without LF');
      if (state === END_LF) {
        this.bytesScanned += at - from;
        return at;
      }
      if (this.count === this.headerCount) return this.#refuse(431, `more than ${this.headerCount} header fields`);
      this.#record(kind, nameStart, nameEnd, valueStart, valueEnd);
      state = LINE_START;
    }
    this.bytesScanned += at - from;
    this.#state = state;
    this.#kind = kind;
    this.#nameStart = nameStart;
    this.#nameEnd = nameEnd;
    this.#valueStart = valueStart;
    this.#valueEnd = valueEnd;
    return NEED_MORE;
  }

  #record(kind: FieldKind, nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    const offsets = this.offsets;
    const at = this.count++ * FIELD_STRIDE;
    offsets[at] = kind;
    offsets[at + 1] = nameStart;
    offsets[at + 2] = nameEnd;
    offsets[at + 3] = valueStart;
    offsets[at + 4] = valueEnd;
    if (kind < SEEN_LOW_KINDS) {
      this.repeatedLow |= this.seenLow & (1 << kind);
      this.seenLow |= 1 << kind;
    } else {
      this.seenHigh |= 1 << (kind - SEEN_LOW_KINDS);
    }
  }

  #badName(byte: number, atLineStart: boolean): number {
    if (byte !== SP && byte !== HTAB) return this.#badByte(byte, 'a header name');
    if (!atLineStart) return this.#refuse(400, 'white space before the colon of a header');
    return this.#refuse(400, this.count === 0 ? 'white space before the first header' : 'folded header line');
  }

  #badByte(byte: number, where: string): number {
    return this.#refuse(400, badByte(byte, where));
  }

  #refuse(status: 400 | 431, reason: string): number {
    this.refusal = { status, reason };
    return REFUSED;
  }
}

function isBlank(byte: number): boolean {
  return byte === SP || byte === HTAB;
}

/** Words for a byte that may not stand in `where`. */
export function badByte(byte: number, where: string): string {
  if (byte === LF) return 'LF without CR';
  if (byte === CR) return `line end in ${where}`;
  return `byte 0x${byte.toString(16).padStart(2, '0')} in ${where}`;
}
