// Text that rules make → the path and query of a URL in wire form (url-rewrite.md 11 and 12).
//
// A rewritten path is encoded as a whole after everything in it was put together, so the text carries marks where a
// character's meaning is settled already: a `?`, `#` or `%` that is data of a decoded path, and a `%` that begins an
// escape made by {UrlEncode:…}. The marks are surrogates without a partner, which no decoded text contains.
import { encodePath } from '../../wire/target.ts';

const DATA = { '#': '\ud823', '%': '\ud825', '?': '\ud83f' } as const;
const ENCODED_PERCENT = '\ud8a5';
const WIRE_FORM: Readonly<Record<string, string>> = {
  [DATA['#']]: '%23',
  [DATA['%']]: '%25',
  [DATA['?']]: '%3F',
  [ENCODED_PERCENT]: '%',
};

const MARKABLE = /[#%?]/;
const MARKS = /([\ud823\ud825\ud83f\ud8a5])(?![\udc00-\udfff])/;
const MARKS_AND_ESCAPES = /([\ud823\ud825\ud83f\ud8a5](?![\udc00-\udfff])|%[0-9a-fA-F]{2})/;
/** All that may not stand in a query; a request's own query holds none of it (RFC 3986 3.4 is stricter than practice). */
const NOT_QUERY = /[^\x21\x22\x24-\x7e]/;
const NOT_QUERY_RUNS = /[^\x21\x22\x24-\x7e]+/g;

/** Marks what would be syntax in a URL as data. Half of a character, which a pattern may cut off, is no mark. */
export function markAsData(text: string): string {
  const whole = text.toWellFormed();
  if (!MARKABLE.test(whole)) return whole;
  return whole.replace(/[#%?]/g, (character) => DATA[character as keyof typeof DATA]);
}

/** Marks the escapes of percent-encoded text as final. */
export function markAsEncoded(text: string): string {
  return text.replaceAll('%', ENCODED_PERCENT);
}

/** A rewritten path in wire form: every `%` in it is a character, and encoded. */
export function encodeAgain(path: string): string {
  return MARKS.test(path) ? encodeBetween(path, MARKS, encodePath) : encodePath(path);
}

/** A path whose escapes are kept as they are: redirects, and rules with useOriginalURLEncoding: false. */
export function encodeOnce(path: string): string {
  return encodeBetween(path, MARKS_AND_ESCAPES, encodePath);
}

/** A query, or a fragment, in wire form: its escapes are kept as they are. */
export function encodeQuery(query: string): string {
  if (!NOT_QUERY.test(query)) return query;
  return encodeBetween(query, MARKS, (text) =>
    text.replace(NOT_QUERY_RUNS, (run) => encodeURIComponent(run.toWellFormed())),
  );
}

/** `splitter` captures what has a wire form of its own; what stands between goes through `encode`. */
function encodeBetween(text: string, splitter: RegExp, encode: (text: string) => string): string {
  return text
    .split(splitter)
    .map((piece, index) => (index % 2 === 1 ? (WIRE_FORM[piece] ?? piece) : encode(piece)))
    .join('');
}

/** The query of a substitution and the one of the request (url-rewrite.md 11: the substitution's first). */
export function joinQueries(own: string, current: string): string {
  if (own === '') return current;
  if (current === '') return own;
  return own.endsWith('&') ? own + current : `${own}&${current}`;
}
