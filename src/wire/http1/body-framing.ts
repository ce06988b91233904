// The two fields that say where a body ends (RFC 9112 6), read in the strictest way: whoever reads them otherwise
// must not be given the chance.
import { listMembers } from './list-members.ts';

/** Value of a Content-Length: digits only, an exact number; -1 for anything else (RFC 9110 8.6). */
export function parseContentLength(text: string, start: number, end: number): number {
  if (start === end) return -1;
  let length = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    length = length * 10 + digit;
    if (length > Number.MAX_SAFE_INTEGER) return -1;
  }
  return length;
}

export type CodingVerdict = 'chunked' | 'unknown' | 'malformed';

/**
 * What a Transfer-Encoding means (RFC 9112 6.1).
 * @param value of all such fields, joined
 * @returns 'chunked' for that one coding alone, 'unknown' when other codings stand before it, else 'malformed': the
 *   end of the body cannot be found
 */
export function judgeTransferCoding(value: string): CodingVerdict {
  if (value === 'chunked') return 'chunked';
  const codings = listMembers(value);
  const last = codings.pop();
  if (last !== 'chunked' || codings.includes('chunked') || codings.includes('')) return 'malformed';
  return codings.length === 0 ? 'chunked' : 'unknown';
}
