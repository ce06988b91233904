// Parts of HTML in which there are no tags: comments, declarations, CDATA, processing instructions, and the text of
// scripts, styles and the like. It finds their end, wherever the pieces are cut.
import { CLOSING_BRACKET, DASH, EXCLAMATION, GT, LOWER, LT, SLASH, SPACE } from './html-bytes.ts';

const COMMENT = 0;
const CDATA = 1;
/** Up to the next `>`: declarations, and what browsers read as a comment. */
const UNTIL_GT = 2;
const RAW_TEXT = 3;
/** After `<!`: it is not known yet which. */
const DECLARATION = 4;

const CDATA_START = Buffer.from('[CDATA[');

export class MarkupSkipper {
  /** The part is over. */
  done = false;
  /** It ended with `</name` of raw text: what follows is the rest of that tag. */
  inEndTag = false;
  #part = UNTIL_GT;
  /** How much of what ends or begins the part has just been seen. */
  #matched = 0;
  #name: Buffer = CDATA_START;

  /** After `<!`. */
  beginDeclaration(): void {
    this.#begin(DECLARATION);
  }

  /** After `<?`, and other things that only look like tags. */
  beginUntilGt(): void {
    this.#begin(UNTIL_GT);
  }

  /** After the start tag of an element whose text is no markup. @param name lower-case */
  beginRawText(name: Buffer): void {
    this.#begin(RAW_TEXT);
    this.#name = name;
  }

  #begin(part: number): void {
    this.#part = part;
    this.#matched = 0;
    this.done = false;
    this.inEndTag = false;
  }

  /** @returns the offset after the end of the part; `end` while it is not done */
  skip(buffer: Buffer, from: number, end: number): number {
    switch (this.#part) {
      case COMMENT:
        return this.#skipComment(buffer, from, end);
      case CDATA:
        return this.#skipCdata(buffer, from, end);
      case RAW_TEXT:
        return this.#skipRawText(buffer, from, end);
      case DECLARATION:
        return this.#identify(buffer[from]!, from);
      default:
        return this.#skipUntilGt(buffer, from, end);
    }
  }

  /** `--` begins a comment, `[CDATA[` CDATA, all else goes up to the next `>`. */
  #identify(byte: number, at: number): number {
    const matched = this.#matched;
    if (byte === DASH && (matched === 0 || matched === -1)) {
      this.#matched = matched - 1;
      if (matched === 0) return at + 1;
      this.#part = COMMENT;
      this.#matched = 2; // `<!-->` is a whole comment
      return at + 1;
    }
    if (matched < 0 || byte !== CDATA_START[matched]) {
      this.#begin(UNTIL_GT);
      return at;
    }
    this.#matched++;
    if (this.#matched === CDATA_START.length) this.#begin(CDATA);
    return at + 1;
  }

  #skipUntilGt(buffer: Buffer, from: number, end: number): number {
    const at = indexOf(buffer, GT, from, end);
    if (at === end) return end;
    this.done = true;
    return at + 1;
  }

  /** Ends with `-->`, and with `--!>`; #matched counts the dashes, and is -1 after `--!`. */
  #skipComment(buffer: Buffer, from: number, end: number): number {
    for (let at = from; at < end; at++) {
      const byte = buffer[at]!;
      if (byte === GT && (this.#matched >= 2 || this.#matched === -1)) {
        this.done = true;
        return at + 1;
      }
      if (byte === DASH) this.#matched = Math.max(this.#matched, 0) + 1;
      else this.#matched = byte === EXCLAMATION && this.#matched >= 2 ? -1 : 0;
    }
    return end;
  }

  #skipCdata(buffer: Buffer, from: number, end: number): number {
    for (let at = from; at < end; at++) {
      const byte = buffer[at]!;
      if (byte === GT && this.#matched >= 2) {
        this.done = true;
        return at + 1;
      }
      this.#matched = byte === CLOSING_BRACKET ? this.#matched + 1 : 0;
    }
    return end;
  }

  /** Ends with `</name` and white space, `/` or `>`; #matched counts how much of it is there. */
  #skipRawText(buffer: Buffer, from: number, end: number): number {
    const name = this.#name;
    let at = from;
    while (at < end) {
      if (this.#matched === 0) {
        at = indexOf(buffer, LT, at, end);
        if (at === end) return end;
        this.#matched = 1;
        at++;
        continue;
      }
      const byte = buffer[at]!;
      if (this.#matched === name.length + 2 && (byte === GT || byte === SLASH || SPACE[byte] === 1)) {
        this.done = true;
        this.inEndTag = true;
        return at;
      }
      const expected = this.#matched === 1 ? SLASH : name[this.#matched - 2];
      if (LOWER[byte] === expected) this.#matched++;
      else this.#matched = byte === LT ? 1 : 0;
      at++;
    }
    return end;
  }
}

/** Index of `byte` in buffer[from, end); `end` when it is not there. */
function indexOf(buffer: Buffer, byte: number, from: number, end: number): number {
  let at = from;
  while (at < end && buffer[at] !== byte) at++;
  return at;
}
