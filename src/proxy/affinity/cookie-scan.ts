// Finds the values of one cookie in a request head, by index in the head's own text: nothing is split or copied but the
// value itself. One scanner serves one policy, from the first value of a head to its last, and keeps nothing between heads.
import { FieldKind } from '../../wire/http1/fields.ts';
import { FIELD_STRIDE } from '../../wire/http1/message-head.ts';
import type { RequestHead } from '../../wire/http1/request-head.ts';

const SEMICOLON = 0x3b;
const SPACE = 0x20;
const TAB = 0x09;

export class CookieScanner {
  readonly #needle: string;
  #head: RequestHead | null = null;
  /** Index of the field that the search has come to. */
  #field = 0;
  /** Offset in the head's text of the next place where `NAME=` stands; the text's length when there is none. */
  #found = 0;

  /** @param name case-sensitive (arr.md 7.1) */
  constructor(name: string) {
    this.#needle = `${name}=`;
  }

  /** The first value of the cookie, null when the request has none. */
  first(head: RequestHead): string | null {
    if (!head.has(FieldKind.cookie)) return null;
    this.#head = head;
    this.#field = head.indexOf(FieldKind.cookie);
    this.#search(head.fields[this.#field * FIELD_STRIDE + 3]!);
    return this.next();
  }

  /** The value after the one that first() or next() gave: clients send several of one name (RFC 6265 5.4). */
  next(): string | null {
    const head = this.#head!;
    for (; this.#field < head.fieldCount; this.#field++) {
      if (head.kindAt(this.#field) !== FieldKind.cookie) continue;
      const start = head.fields[this.#field * FIELD_STRIDE + 3]!;
      const end = head.fields[this.#field * FIELD_STRIDE + 4]!;
      if (this.#found < start) this.#search(start);
      while (this.#found < end) {
        const at = this.#found;
        this.#search(at + this.#needle.length);
        if (startsCookie(head.text, at, start)) return valueFrom(head.text, at + this.#needle.length, end);
      }
    }
    this.#head = null;
    return null;
  }

  #search(from: number): void {
    const { text } = this.#head!;
    const at = text.indexOf(this.#needle, from);
    this.#found = at === -1 ? text.length : at;
  }
}

/** Whether a cookie's name starts at `at`, and not the tail of another's or of a value. */
function startsCookie(text: string, at: number, start: number): boolean {
  let before = at - 1;
  while (before >= start && isBlank(text.charCodeAt(before))) before--;
  return before < start || text.charCodeAt(before) === SEMICOLON;
}

function valueFrom(text: string, from: number, end: number): string {
  const semicolon = text.indexOf(';', from);
  let last = semicolon === -1 || semicolon > end ? end : semicolon;
  while (last > from && isBlank(text.charCodeAt(last - 1))) last--;
  return text.slice(from, last);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
