// The name of a log file: `%Y`, `%y`, `%m`, `%d` and `%H` stand for the hour it is about, in UTC, so that a log rolls
// over by itself (CONTRACT 5). `%%` is a percent sign.
import { basename } from 'node:path';

const PLACEHOLDER = /%([YymdH%])/g;
const REGEXP_SYNTAX = /[\\^$.*+?()[\]{}|]/g;

/** @param wall ms since 1970 */
export function expandPath(template: string, wall: number): string {
  const iso = new Date(wall).toISOString();
  const parts: Record<string, string> = {
    Y: iso.slice(0, 4),
    y: iso.slice(2, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    H: iso.slice(11, 13),
    '%': '%',
  };
  return template.replace(PLACEHOLDER, (_whole, letter: string) => parts[letter]!);
}

/** Matches the names (without folder) that the template has given to files, to find the older ones. */
export function namePattern(template: string): RegExp {
  const digits: Record<string, string> = { Y: '\\d{4}', y: '\\d\\d', m: '\\d\\d', d: '\\d\\d', H: '\\d\\d', '%': '%' };
  const pieces = basename(template).split(PLACEHOLDER);
  // split() with one capture alternates: text, letter, text, letter, …
  const source = pieces.map((piece, at) => (at % 2 === 1 ? digits[piece]! : piece.replaceAll(REGEXP_SYNTAX, '\\$&')));
  return new RegExp(`^${source.join('')}$`);
}
