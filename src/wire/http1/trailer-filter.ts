// Which trailer fields may be passed on (RFC 9110 6.5.1, CONTRACT 3): none that says where a message ends or goes,
// who sends it, or what it is, for a receiver may merge trailers into the head.

import { FieldKind } from './fields.ts';
import type { FieldLineScanner } from './head-scanner.ts';
import { FIELD_STRIDE } from './message-head.ts';

/** Names beside those with a kind of their own, none of which is passed on. */
const DROPPED: ReadonlySet<string> = new Set([
  'age',
  'authentication-info',
  'cache-control',
  'content-encoding',
  'content-range',
  'expires',
  'forwarded',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'pragma',
  'proxy-authentication-info',
  'range',
  'retry-after',
  'vary',
  'x-forwarded-port',
  'x-http-method-override',
  'x-real-ip',
  'x-rewrite-url',
]);

/**
 * The field lines that may be passed on, each with CRLF.
 * @param text the trailer section, in which the offsets of `lines` count
 */
export function cleanTrailers(lines: FieldLineScanner, text: string): string {
  const { offsets, count } = lines;
  let kept = '';
  for (let at = 0; at < count * FIELD_STRIDE; at += FIELD_STRIDE) {
    if (offsets[at] !== FieldKind.unknown) continue;
    const name = text.slice(offsets[at + 1], offsets[at + 2]);
    if (!DROPPED.has(name.toLowerCase())) kept += `${name}: ${text.slice(offsets[at + 3], offsets[at + 4])}\r\n`;
  }
  return kept;
}
