// The character set of one body: a byte order mark wins, then what Content-Type says, then the page's own `meta`
// (HTML 13.2.3.2). Said by none of them, bytes that are UTF-8 are read as that, others as they are.
import { type Charset, plainBytes, utf8 } from './charset.ts';
import { charsetOf } from './find-charset.ts';

const IN_META = /charset\s*=\s*["']?\s*([\w.:-]+)/i;
/** Longest byte order mark. */
export const MARK_BYTES = 3;
const UTF8_MARK = '\xef\xbb\xbf';
/** Where a `meta` is looked for in text that is not taken apart. */
const PRESCAN = 1024;

export class BodyCharset {
  /** Null: its bytes are not to be looked at. */
  charset: Charset | null;
  readonly inHtml: boolean;
  #settled: boolean;

  /** @param declared charset of the Content-Type; '' when it says none */
  constructor(declared: string, inHtml: boolean) {
    this.charset = declared === '' ? utf8 : charsetOf(declared);
    this.#settled = declared !== '';
    this.inHtml = inHtml;
  }

  /** The first bytes of the body, as latin1 text: three, or fewer where it has no more. */
  seeStart(bytes: string): void {
    if (bytes === UTF8_MARK) this.#settle(utf8);
    else if (bytes.startsWith('\xff\xfe') || bytes.startsWith('\xfe\xff')) this.#settle(null);
  }

  /** A `charset` or `content` of a `meta`. */
  seeMeta(attribute: string, value: string): void {
    if (this.#settled) return;
    const label = attribute === 'charset' ? value.trim() : IN_META.exec(value)?.[1];
    // A page that can be read to here is not in UTF-16, whatever it says (HTML 13.2.3.2).
    if (label !== undefined) this.#settle(/^utf-?16/i.test(label) ? utf8 : charsetOf(label));
  }

  /** The start of a page that is not taken apart. */
  prescan(start: string): void {
    if (!this.inHtml) return;
    const meta = /<meta\b[^>]*\bcharset\s*=[^>]*/i.exec(start.slice(0, PRESCAN))?.[0];
    if (meta !== undefined) this.seeMeta('content', meta);
  }

  #settle(charset: Charset | null): void {
    this.charset = charset;
    this.#settled = true;
  }

  /** `bytes` as text, with what writes such text again: where they are not of the set, they are read as they are. */
  read(bytes: string): { text: string; charset: Charset } {
    const text = this.charset?.decode(bytes) ?? null;
    return text === null ? { text: bytes, charset: plainBytes } : { text, charset: this.charset! };
  }
}
