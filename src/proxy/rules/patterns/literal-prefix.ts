// The text that every match begins with. Most rules are for another part of the site, and the first character that differs
// says so, long before a regular expression is asked.

export class LiteralPrefix {
  readonly #text: string;
  /** The same in the other case; equal to #text where case counts. */
  readonly #other: string;

  /** @param text ASCII where case does not count */
  constructor(text: string, ignoreCase: boolean) {
    this.#text = ignoreCase ? text.toLowerCase() : text;
    this.#other = ignoreCase ? text.toUpperCase() : text;
  }

  /** Whether `input` may match as far as this goes. */
  fits(input: string): boolean {
    const text = this.#text;
    const other = this.#other;
    for (let i = 0; i < text.length; i++) {
      const code = input.charCodeAt(i); // NaN behind the end, which is no code
      if (code !== text.charCodeAt(i) && code !== other.charCodeAt(i)) return false;
    }
    return true;
  }
}

/** A character that stands for itself, escaped or not, and is not repeated. */
const LITERAL = /(?:[^\\^$.*+?()[\]{}|]|\\[^\w\s])(?![*+?{])/y;
const BEYOND_ASCII = /[^\x00-\x7f]/;

/** What every match of the regular expression `source` begins with; '' when nothing is certain. */
export function literalPrefix(source: string, ignoreCase: boolean): string {
  if (!source.startsWith('^') || hasAlternatives(source)) return '';
  let prefix = '';
  LITERAL.lastIndex = 1;
  for (let found = LITERAL.exec(source); found !== null; found = LITERAL.exec(source)) {
    const character = found[0].at(-1)!;
    if (ignoreCase && BEYOND_ASCII.test(character)) break;
    prefix += character;
  }
  LITERAL.lastIndex = 0;
  return prefix;
}

/** Whether there is a `|` outside of groups; with a `)` in a class it may say so wrongly, which does no harm. */
function hasAlternatives(source: string): boolean {
  let depth = 0;
  for (const token of source.match(/\\[\s\S]|\[(?:[^\]\\]|\\[\s\S])*\]|[()|]/g) ?? []) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    else if (token === '|' && depth === 0) return true;
  }
  return false;
}
