// In the configuration of the server Apache matches a path with its leading slash, IIS one without: the pattern loses
// the slash, and what began with it says so (url-rewrite.md 20).
import { fromFirstBracket } from './character-class.ts';

export interface WithoutSlash {
  pattern: string;
  /** Numbers of the groups that began with the slash; 0 is the whole match. */
  slashes: ReadonlySet<number>;
}

/** Null where the pattern cannot be written without the slash. */
export function withoutLeadingSlash(pattern: string): WithoutSlash | null {
  const stripper = new Stripper();
  const stripped = stripper.alternatives(pattern, false);
  return stripped === null ? null : { pattern: stripped, slashes: stripper.slashes };
}

class Stripper {
  readonly slashes = new Set<number>();
  #groups = 0;

  /** Each alternative without its slash; null unless all can lose it, or none has it. */
  alternatives(text: string, anchored: boolean): string | null {
    const results: string[] = [];
    const starts: boolean[] = [];
    for (const alternative of splitAlternatives(text)) {
      const before = this.#groups;
      const result = this.#alternative(alternative, anchored);
      if (result === null) return null;
      this.#groups = before + countOpening(alternative);
      results.push(result.text);
      starts.push(result.lost);
    }
    if (starts.some((lost) => lost !== starts[0])) return null;
    if (starts[0] && !anchored) this.slashes.add(0);
    return results.join('|');
  }

  #alternative(text: string, anchored: boolean): { text: string; lost: boolean } | null {
    if (text.startsWith('^')) {
      const rest = this.#start(text.slice(1));
      if (rest !== null) return { text: `^${rest}`, lost: true };
      return text === '^' ? { text, lost: true } : null;
    }
    if (anchored) {
      const rest = this.#start(text);
      return rest === null ? null : { text: rest, lost: true };
    }
    if (text === '' || text === '.') return { text: '^', lost: true };
    if (/^\(*\.[*+]/.test(text)) {
      // It begins at the slash: nothing matches earlier, and it takes all that it can get.
      const rest = this.#start(text);
      return rest === null ? null : { text: rest, lost: true };
    }
    return cannotBeginWithSlash(text) ? { text, lost: false } : null;
  }

  /** `text`, which begins at the slash, without it. */
  #start(text: string): string | null {
    const slash = /^\\?\/(?:[?*+](?![+?]))?/.exec(text)?.[0];
    if (slash !== undefined) return /^[?*+{]/.test(text.slice(slash.length)) ? null : text.slice(slash.length);
    if (/^\.[*+]/.test(text)) return `.*${text.slice(2)}`;
    if (text.startsWith('[')) return this.#classStart(text);
    if (text.startsWith('.')) return /^.[?{]/.test(text) ? null : text.slice(1);
    return text.startsWith('(') ? this.#groupStart(text) : null;
  }

  #classStart(text: string): string | null {
    const [length] = fromFirstBracket(text);
    const rest = text.slice(length);
    if (!matchesSlash(text.slice(0, length))) return null;
    if (/^[*+]/.test(rest)) return `${text.slice(0, length)}*${rest.slice(1)}`;
    return /^[?{]/.test(rest) ? null : rest;
  }

  #groupStart(text: string): string | null {
    const opening = /^\((?:\?(?:[:=!]|<\w+>))?/.exec(text)![0];
    if (text.startsWith('(?') && opening === '(') return null;
    const end = closingAt(text);
    if (end === -1 || /^[?*+{]/.test(text.slice(end + 1))) return null;
    const looksAhead = /[=!]$/.test(opening);
    const captures = opening === '(' || opening.endsWith('>');
    if (captures) this.slashes.add(++this.#groups);
    const inner = this.alternatives(text.slice(opening.length, end), true);
    if (inner === null) return null;
    const rest = looksAhead ? this.#start(text.slice(end + 1)) : text.slice(end + 1);
    return rest === null ? null : `${opening}${inner})${rest}`;
  }
}

function matchesSlash(classText: string): boolean {
  return new RegExp(`^${classText}$`).test('/');
}

/** Whether the first character that the pattern takes can be no slash; then the leading one plays no part. */
function cannotBeginWithSlash(text: string): boolean {
  const length = text.startsWith('[') ? fromFirstBracket(text)[0] : text.startsWith('\\') ? 2 : 1;
  const first = text.slice(0, length);
  const rest = text.slice(length);
  if (/^[?*{]/.test(rest)) return false;
  if (first === '(') {
    const end = closingAt(text);
    const inner = text.slice(text.startsWith('(?:') ? 3 : 1, end);
    if (end === -1 || /^\(\?[^:]/.test(text) || /^[?*{]/.test(text.slice(end + 1))) return false;
    return splitAlternatives(inner).every((each) => each !== '' && cannotBeginWithSlash(each));
  }
  if (/^(?:[.^$|)*+?]|\\[bB\d])/.test(first)) return false;
  return !matchesSlash(first);
}

/** `a|b(c|d)` → `a`, `b(c|d)`. */
function splitAlternatives(text: string): string[] {
  const parts = [''];
  let depth = 0;
  walk(text, (piece) => {
    if (piece === '(') depth++;
    else if (piece === ')') depth--;
    if (piece === '|' && depth === 0) parts.push('');
    else parts[parts.length - 1] += piece;
  });
  return parts;
}

/** Where the group that `text` begins with ends; -1 when it does not. */
function closingAt(text: string): number {
  let depth = 0;
  let found = -1;
  walk(text, (piece, at) => {
    if (piece === '(') depth++;
    else if (piece === ')' && --depth === 0 && found === -1) found = at;
  });
  return found;
}

function countOpening(text: string): number {
  let groups = 0;
  walk(text, (piece, at) => {
    if (piece === '(' && /^\((?!\?)|^\(\?<\w/.test(text.slice(at))) groups++;
  });
  return groups;
}

/** Goes over `text` in characters, escapes and classes. */
function walk(text: string, visit: (piece: string, at: number) => void): void {
  let at = 0;
  while (at < text.length) {
    const length = text[at] === '[' ? fromFirstBracket(text.slice(at))[0] : text[at] === '\\' ? 2 : 1;
    visit(text.slice(at, at + length), at);
    at += length;
  }
}
