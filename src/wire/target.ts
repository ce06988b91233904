// The request target between the wire and the rules: what is refused, what is sent when no rule rewrites it, and the
// decoded path that rules match (url-rewrite.md 4 and 12, CONTRACT 3).
//
// A prepared target is the text received wherever decoding cannot change which resource it names. Only dot segments,
// backslashes, and dots or slashes hidden in escapes change it; then the path that the rules see is encoded again.

/** Why a target is not taken; `code` is a key of the error catalogue. */
export interface TargetRefusal {
  readonly code: 'badRequest' | 'doubleEscaped';
  readonly reason: string;
}

const MALFORMED: TargetRefusal = { code: 'badRequest', reason: 'the path holds a % that begins no escape' };
const NUL: TargetRefusal = { code: 'badRequest', reason: 'the path holds %00' };
const TWICE: TargetRefusal = {
  code: 'doubleEscaped',
  reason: 'the path is escaped twice (requestFiltering.allowDoubleEscaping)',
};

/** Anything but this can only name itself. */
const SUSPICIOUS = /[%\\]|\/\./;
const ESCAPE = /%[0-9a-fA-F]{2}/;
const BAD_ESCAPE = /%(?![0-9a-fA-F]{2})/;
const ENCODED_SLASH = /%(?:2f|5c)/i;
const ESCAPED_OR_DOUBLED = /%|\/\//;
const DOT_SEGMENT = /\/\.\.?(?:\/|$)/;
/** Whatever may not stand in a path as it is (RFC 3986 3.3: pchar and `/`). */
const NOT_PATH = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/]/;
const NOT_PATH_RUNS = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/]+/g;

/**
 * What is sent for `path` when no rule rewrites it, or why it is refused. The plain case (no escape, no backslash, no
 * dot segment) returns `path` itself and allocates nothing.
 * @param path path and query as received, ASCII, beginning with `/`; or `*`
 * @param allowDoubleEscaping takes a path that decodes differently a second time (requestFiltering of IIS)
 */
export function prepareTarget(path: string, allowDoubleEscaping: boolean): string | TargetRefusal {
  return SUSPICIOUS.test(path) ? prepareCarefully(path, allowDoubleEscaping) : path;
}

function prepareCarefully(target: string, allowDoubleEscaping: boolean): string | TargetRefusal {
  const end = pathEnd(target);
  const raw = target.slice(0, end);
  if (!SUSPICIOUS.test(raw)) return target; // the query is passed through byte for byte (url-rewrite.md 11)
  if (BAD_ESCAPE.test(raw)) return MALFORMED;
  const text = decodeEscapes(raw);
  if (text.includes('\0')) return NUL;
  if (!allowDoubleEscaping && ESCAPE.test(text)) return TWICE;
  if (!text.includes('\\') && !ENCODED_SLASH.test(raw) && !DOT_SEGMENT.test(text)) return target;
  return encodePath(resolveSegments(text)) + target.slice(end);
}

/** Offset of the `?` in a target, or its length when it has no query. */
export function pathEnd(target: string): number {
  const mark = target.indexOf('?');
  return mark === -1 ? target.length : mark;
}

/**
 * The path of a prepared target as rules see it: percent-decoded once as UTF-8, repeated slashes merged. A path that
 * is not UTF-8 is read byte by byte as latin1, as the HTTP layer of Windows reads it in its ANSI code page. For `*` it is `/`.
 */
export function decodePath(target: string): string {
  if (target === '*') return '/';
  const raw = target.slice(0, pathEnd(target));
  if (!ESCAPED_OR_DOUBLED.test(raw)) return raw;
  return decodeEscapes(raw).replace(/\/{2,}/g, '/');
}

/** Percent-encodes what may not stand in a path, as UTF-8; a `%` becomes `%25`. Lone surrogates become U+FFFD. */
export function encodePath(text: string): string {
  if (!NOT_PATH.test(text)) return text;
  return text.replace(NOT_PATH_RUNS, (run) => encodeRun(run));
}

/** A whole URL as somebody wrote it: what is not visible ASCII in it is percent-encoded, its own escapes are kept. */
export function encodeUrl(text: string): string {
  return text.replace(/[^\x21-\x7e]+/g, (run) => encodeRun(run));
}

/** encodeURIComponent() for characters none of which may stay, so that its own exceptions (`!'()*`) do not arise. */
function encodeRun(run: string): string {
  return encodeURIComponent(run.toWellFormed());
}

/** @param raw ASCII whose escapes are well formed */
function decodeEscapes(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}

/** Backslashes as slashes, then `.` and `..` resolved; nothing rises above the root (RFC 3986 5.2.4). */
function resolveSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.replaceAll('\\', '/').split('/');
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const last = segments.at(-1)!;
  const folder = last === '' || last === '.' || last === '..';
  return folder && kept.length > 0 ? `/${kept.join('/')}/` : `/${kept.join('/')}`;
}

/** Resolves dot segments that a rewrite made; other paths are returned as they are, repeated slashes included. */
export function resolveDotSegments(path: string): string {
  return path.includes('/.') && DOT_SEGMENT.test(path) ? resolveSegments(path) : path;
}
