// Text into the bytes of a head, the last step before the wire on both sides: what could split or garble a message
// is refused here, whoever made it (DESIGN 5: letters such as U+010D written as latin1 are line ends).
import { TARGET_BYTE, TOKEN_LOWER, VALUE_BYTE } from './byte-classes.ts';

/** A name or value that may not stand in a message head. */
export class HeadError extends Error {}

/**
 * `Name: value` and CRLF, as latin1 text.
 * @param value one character for each byte: text beyond ASCII goes through utf8AsLatin1() first
 * @throws HeadError when the name is no token, or the value holds CR, LF, NUL, another control or a code unit above 0xFF
 */
export function fieldLine(name: string, value: string): string {
  if (!isFieldName(name)) throw new HeadError(`not a header name: ${JSON.stringify(name)}`);
  if (!isFieldValue(value)) throw new HeadError(`header ${name} holds a character that no header may hold`);
  return `${name}: ${value}\r\n`;
}

/** Whether `name` is a token (RFC 9110 5.6.2). */
export function isFieldName(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    // `> 0` is also false for what the table does not hold: code units above 0xFF.
    if (!(TOKEN_LOWER[name.charCodeAt(i)] > 0)) return false;
  }
  return name.length > 0;
}

/** Whether `value` may stand in a field line or a reason phrase: HTAB, SP, VCHAR and 0x80-0xFF, or nothing. */
export function isFieldValue(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    if (VALUE_BYTE[value.charCodeAt(i)] !== 1) return false;
  }
  return true;
}

/** Whether `target` may be sent to a server: origin-form, or `*` (RFC 9112 3.2), of visible ASCII and without fragment. */
export function isRequestTarget(target: string): boolean {
  if (target === '*') return true;
  for (let i = 0; i < target.length; i++) {
    if (TARGET_BYTE[target.charCodeAt(i)] !== 1) return false;
  }
  return target.charCodeAt(0) === 0x2f;
}

/** The UTF-8 bytes of `text`, one character for each; ASCII text is returned as it is. */
export function utf8AsLatin1(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return Buffer.from(text, 'utf8').toString('latin1');
  }
  return text;
}

/** The line before a chunk of `size` bytes (RFC 9112 7.1); for 0 the line of the last chunk. */
export function chunkSizeLine(size: number): string {
  return `${size.toString(16)}\r\n`;
}
