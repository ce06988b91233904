// Character sets of bodies. Bytes stand in latin1 text, one character for each; only what a rule looks at is decoded,
// and only what it changed is encoded again, so that nothing else can come out differently.
import { isUtf8 } from 'node:buffer';
import { utf8AsLatin1 } from '../../../wire/http1/serialise.ts';

export interface Charset {
  /** The text of `bytes`; null where they cannot be told from their text again. */
  decode(bytes: string): string | null;
  /** @param inHtml a character that the set lacks becomes a numeric reference; elsewhere `?` */
  encode(text: string, inHtml: boolean): string;
}

const BEYOND_ASCII = /[^\x00-\x7f]/;

export const utf8: Charset = {
  decode(bytes) {
    if (!BEYOND_ASCII.test(bytes)) return bytes;
    const buffer = Buffer.from(bytes, 'latin1');
    return isUtf8(buffer) ? buffer.toString('utf8') : null;
  },
  encode: (text) => utf8AsLatin1(text.toWellFormed()),
};

/** Bytes of no known meaning: each is the character of its number. */
export const plainBytes: Charset = {
  decode: (bytes) => bytes,
  encode: (text, inHtml) => text.replace(/[^\x00-\xff]/gu, (character) => lacking(character, inHtml)),
};

/** What stands for a character that a set does not have. */
export function lacking(character: string, inHtml: boolean): string {
  return inHtml ? `&#${character.codePointAt(0)};` : '?';
}
