// Wildcard: `*` is any run of characters, `?` exactly one, the whole input must match, one group per `*`
// (url-rewrite.md 5). Each `*` but the last takes the shortest run that lets the text after it match; with that the
// pieces between the stars can be found one after the other, and no input makes the search run away.

import { anyCase } from './any-case.ts';
import { AnyText } from './any-text.ts';
import { LiteralPrefix } from './literal-prefix.ts';
import type { Captures, Pattern } from './pattern.ts';

/** Compiles a wildcard pattern; every text is one. */
export function compileWildcard(text: string, ignoreCase: boolean): Pattern {
  const pieces = text.split('*');
  if (pieces.every((piece) => piece === '') && pieces.length === 2) return new AnyText();
  return new Wildcard(pieces, ignoreCase);
}

class Wildcard implements Pattern {
  readonly groups: number;
  readonly #prefix: LiteralPrefix;
  readonly #first: RegExp;
  /** What stands between two stars, found from left to right by its lastIndex. */
  readonly #between: readonly RegExp[];
  /** What stands after the last star; null when there is no star and `#first` is the whole pattern. */
  readonly #last: RegExp | null;
  readonly #firstLength: number;
  readonly #lastLength: number;

  constructor(pieces: readonly string[], ignoreCase: boolean) {
    const hasStar = pieces.length > 1;
    const last = hasStar ? pieces.at(-1)! : '';
    this.groups = pieces.length - 1;
    this.#first = pieceExpression(pieces[0], ignoreCase, '^', hasStar ? '' : '$', '');
    this.#between = pieces.slice(1, -1).map((piece) => pieceExpression(piece, ignoreCase, '', '', 'g'));
    this.#last = hasStar ? pieceExpression(last, ignoreCase, '^', '$', '') : null;
    this.#prefix = new LiteralPrefix(/^[^?\x80-\uffff]*/.exec(pieces[0])![0], ignoreCase);
    this.#firstLength = pieces[0].length;
    this.#lastLength = last.length;
  }

  test(input: string): boolean {
    return this.exec(input) !== null;
  }

  exec(input: string): Captures | null {
    const lastStart = input.length - this.#lastLength;
    if (lastStart < this.#firstLength || !this.#prefix.fits(input) || !this.#first.test(input)) return null;
    const captures = [input];
    if (this.#last === null) return captures;
    if (this.#lastLength > 0 && !this.#last.test(input.slice(lastStart))) return null;
    let at = this.#firstLength;
    for (const piece of this.#between) {
      piece.lastIndex = at;
      const found = piece.exec(input);
      if (found === null) return null;
      captures.push(input.slice(at, found.index));
      at = found.index + found[0].length;
      if (at > lastStart) return null;
    }
    captures.push(input.slice(at, lastStart));
    return captures;
  }
}

/** A piece without stars as a regular expression; whatever it matches has as many characters as the piece. */
function pieceExpression(piece: string, ignoreCase: boolean, before: string, after: string, flags: string): RegExp {
  const literal = piece.replace(/[$()*+./[\\\]^{|}]/g, '\\$&').replaceAll('?', '[^]');
  const caseless = ignoreCase ? anyCase(literal) : { source: literal, flags: '' };
  return new RegExp(before + caseless.source + after, flags + caseless.flags);
}
