// Finds the values of attributes in HTML as it comes, and puts others in their place (HTML 13.2.5). One state machine over
// bytes that can stop anywhere: a value may be cut between two pieces at each of its bytes. Every byte that is no value
// of a wanted attribute goes on as it came. The only bytes that wait are those of such a value.
import { HeldBytes } from '../../../base/held-bytes.ts';
import { latin1Slice } from '../../../base/latin1.ts';
import type { BodyFilter } from './body-filter.ts';
import { ChangedBytes } from './changed-bytes.ts';
import {
  DOUBLE_QUOTE,
  EQUALS,
  EXCLAMATION,
  GT,
  isLetter,
  LOWER,
  LT,
  NAME_BYTES,
  QUESTION,
  SINGLE_QUOTE,
  SLASH,
  SPACE,
} from './html-bytes.ts';
import { MarkupSkipper } from './markup-skipper.ts';
import { type KnownAttribute, type KnownTag, named, type TagTable } from './tag-table.ts';

/** Gives values for values. */
export interface ValueRewriter {
  /**
   * @param bytes of the value, as latin1 text
   * @param quote `"` or `'` as a byte; 0 for a value without quotes
   * @returns what goes between the quotes (with its own where there were none); null to leave it as it is
   */
  rewrite(attribute: KnownAttribute, bytes: string, quote: number): string | null;
}

/** A longer value is left alone: it is no address that anybody wrote. */
const LONGEST_VALUE = 16_384;

const TEXT = 0;
const TAG_OPEN = 1;
const END_TAG_OPEN = 2;
const TAG_NAME = 3;
const BETWEEN = 4;
const ATTRIBUTE_NAME = 5;
const AFTER_NAME = 6;
const BEFORE_VALUE = 7;
const QUOTED = 8;
const UNQUOTED = 9;
/** Comments, declarations, raw text: the skipper knows. */
const SKIPPING = 10;

export class HtmlRewriter implements BodyFilter {
  readonly #table: TagTable;
  readonly #values: ValueRewriter;
  readonly #next: BodyFilter;
  readonly #out: ChangedBytes;
  readonly #isXml: boolean;
  readonly #skipper = new MarkupSkipper();
  readonly #name = new Uint8Array(NAME_BYTES);
  #nameLength = 0;
  #state = TEXT;
  #isEndTag = false;
  #tag: KnownTag | null = null;
  #attribute: KnownAttribute | null = null;
  #quote = 0;
  /** The value's bytes in earlier pieces. */
  readonly #held = new HeldBytes();
  /** In the piece at hand: first byte that has not gone on, and first byte of the value. */
  #from = 0;
  #valueStart = 0;

  /** @param isXml XHTML and other XML: scripts and titles are markup there */
  constructor(table: TagTable, values: ValueRewriter, isXml: boolean, next: BodyFilter) {
    this.#table = table;
    this.#values = values;
    this.#isXml = isXml;
    this.#next = next;
    this.#out = new ChangedBytes(next);
  }

  write(buffer: Buffer, start: number, end: number): void {
    this.#from = start;
    this.#valueStart = start;
    let at = start;
    while (at < end) at = this.#step(buffer, at, end);
    const inValue = this.#attribute !== null && (this.#state === QUOTED || this.#state === UNQUOTED);
    if (inValue && end - this.#valueStart + this.#held.length <= LONGEST_VALUE) {
      this.#held.append(Buffer.from(buffer.subarray(this.#valueStart, end)));
      end = this.#valueStart;
    } else if (inValue) {
      this.#giveUpValue(end - start);
    }
    this.#out.flush(buffer, this.#from, end);
  }

  end(): void {
    const { buffer, start, end } = this.#held;
    if (buffer !== null) this.#next.write(buffer, start, end);
    this.#next.end();
  }

  /** @returns the offset of the next byte to look at; the same one where the state alone has changed */
  #step(buffer: Buffer, at: number, end: number): number {
    switch (this.#state) {
      case TEXT:
        return this.#text(buffer, at, end);
      case TAG_OPEN:
        return this.#tagOpen(buffer[at]!, at);
      case END_TAG_OPEN:
        return this.#endTagOpen(buffer[at]!, at);
      case TAG_NAME:
        return this.#tagName(buffer, at, end);
      case BETWEEN:
        return this.#between(buffer[at]!, at);
      case ATTRIBUTE_NAME:
        return this.#attributeName(buffer, at, end);
      case AFTER_NAME:
        return this.#afterName(buffer[at]!, at);
      case BEFORE_VALUE:
        return this.#beforeValue(buffer[at]!, at);
      case QUOTED:
        return this.#quoted(buffer, at, end);
      case UNQUOTED:
        return this.#unquoted(buffer, at, end);
      default:
        return this.#skip(buffer, at, end);
    }
  }

  #text(buffer: Buffer, from: number, end: number): number {
    let at = from;
    while (at < end && buffer[at] !== LT) at++;
    if (at === end) return end;
    this.#state = TAG_OPEN;
    return at + 1;
  }

  #tagOpen(byte: number, at: number): number {
    if (isLetter(byte)) return this.#beginTag(false, at);
    if (byte === SLASH) this.#state = END_TAG_OPEN;
    else if (byte === EXCLAMATION) this.#beginSkipping().beginDeclaration();
    else if (byte === QUESTION) this.#beginSkipping().beginUntilGt();
    else {
      this.#state = TEXT;
      return at;
    }
    return at + 1;
  }

  #endTagOpen(byte: number, at: number): number {
    if (isLetter(byte)) return this.#beginTag(true, at);
    if (byte === GT) this.#state = TEXT;
    else this.#beginSkipping().beginUntilGt();
    return at + 1;
  }

  #beginTag(isEndTag: boolean, at: number): number {
    this.#state = TAG_NAME;
    this.#isEndTag = isEndTag;
    this.#nameLength = 0;
    return at;
  }

  #beginSkipping(): MarkupSkipper {
    this.#state = SKIPPING;
    return this.#skipper;
  }

  #tagName(buffer: Buffer, from: number, end: number): number {
    const at = this.#takeName(buffer, from, end, false);
    if (at === end) return end;
    this.#tag = this.#isEndTag ? null : this.#table.find(this.#name, this.#nameLength);
    this.#state = BETWEEN;
    return at;
  }

  /** Adds to #name up to what ends one. */
  #takeName(buffer: Buffer, from: number, end: number, endsAtEquals: boolean): number {
    let at = from;
    for (; at < end; at++) {
      const byte = buffer[at]!;
      if (byte === GT || byte === SLASH || SPACE[byte] === 1 || (endsAtEquals && byte === EQUALS)) break;
      if (this.#nameLength < NAME_BYTES) this.#name[this.#nameLength] = LOWER[byte]!;
      this.#nameLength++;
    }
    return at;
  }

  #between(byte: number, at: number): number {
    if (byte === GT) return this.#endTag(at);
    if (byte === SLASH || SPACE[byte] === 1) return at + 1;
    this.#state = ATTRIBUTE_NAME;
    this.#nameLength = 0;
    if (byte !== EQUALS) return at;
    this.#name[this.#nameLength++] = byte; // at the start of a name it is part of it
    return at + 1;
  }

  #endTag(at: number): number {
    const tag = this.#tag;
    this.#tag = null;
    if (tag?.isRawText && !this.#isXml) this.#beginSkipping().beginRawText(tag.name);
    else this.#state = TEXT;
    return at + 1;
  }

  #attributeName(buffer: Buffer, from: number, end: number): number {
    const at = this.#takeName(buffer, from, end, true);
    if (at < end) this.#state = AFTER_NAME;
    return at;
  }

  #afterName(byte: number, at: number): number {
    if (SPACE[byte] === 1) return at + 1;
    this.#state = byte === EQUALS ? BEFORE_VALUE : BETWEEN;
    return byte === EQUALS ? at + 1 : at;
  }

  #beforeValue(byte: number, at: number): number {
    if (SPACE[byte] === 1) return at + 1;
    if (byte === GT) return this.#endTag(at);
    this.#attribute = this.#tag === null ? null : named(this.#tag.attributes, this.#name, this.#nameLength);
    const isQuote = byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE;
    this.#quote = isQuote ? byte : 0;
    this.#state = isQuote ? QUOTED : UNQUOTED;
    this.#valueStart = isQuote ? at + 1 : at;
    return this.#valueStart;
  }

  #quoted(buffer: Buffer, from: number, end: number): number {
    const quote = this.#quote;
    let at = from;
    while (at < end && buffer[at] !== quote) at++;
    if (at === end) return end;
    this.#endValue(buffer, at, end);
    return at + 1;
  }

  #unquoted(buffer: Buffer, from: number, end: number): number {
    let at = from;
    while (at < end && buffer[at] !== GT && SPACE[buffer[at]!] === 0) at++;
    if (at < end) this.#endValue(buffer, at, end);
    return at;
  }

  /** The value ends before buffer[at]. */
  #endValue(buffer: Buffer, at: number, end: number): void {
    this.#state = BETWEEN;
    const attribute = this.#attribute;
    this.#attribute = null;
    if (attribute === null) return;
    const held = this.#held;
    const length = at - this.#valueStart + held.length;
    const own = latin1Slice(buffer, this.#valueStart, at);
    const bytes = held.buffer === null ? own : latin1Slice(held.buffer, held.start, held.end) + own;
    const changed = length > LONGEST_VALUE ? null : this.#values.rewrite(attribute, bytes, this.#quote);
    if (changed === null) return this.#giveUpValue(end - this.#from);
    held.clear();
    this.#out.keep(buffer, this.#from, this.#valueStart, end - this.#valueStart);
    this.#out.put(changed, end - at);
    this.#from = at;
  }

  /** What was held of the value goes on as it came; the rest of it follows with what comes after it. */
  #giveUpValue(expected: number): void {
    this.#attribute = null;
    const { buffer, start, end } = this.#held;
    if (buffer === null) return;
    this.#out.keep(buffer, start, end, expected);
    this.#held.clear();
  }

  #skip(buffer: Buffer, from: number, end: number): number {
    const at = this.#skipper.skip(buffer, from, end);
    if (this.#skipper.done) {
      this.#state = this.#skipper.inEndTag ? BETWEEN : TEXT;
      this.#tag = null;
    }
    return at;
  }
}
