// Patterns of Apache are PCRE; ours are regular expressions of JavaScript. What differs only in its writing is
// translated, what JavaScript does not have is refused.
import { fromFirstBracket } from './character-class.ts';

export interface ConvertedPattern {
  pattern: string;
  ignoreCase: boolean;
  /** Capturing groups. */
  groups: number;
}

/** Something that has no counterpart here; its message says which. */
export class NotConvertible extends Error {}

/** @throws NotConvertible */
export function convertPattern(written: string, ignoreCase: boolean): ConvertedPattern {
  const options = /^\(\?i\)/.exec(written);
  const pattern = translate(options ? written.slice(options[0].length) : written);
  return { pattern, ignoreCase: ignoreCase || options !== null, groups: countGroups(pattern) };
}

/** @throws NotConvertible where JavaScript does not take the pattern */
export function countGroups(pattern: string): number {
  try {
    return new RegExp(`${pattern}|`).exec('')!.length - 1;
  } catch (error) {
    throw new NotConvertible(`the pattern is none here: ${(error as Error).message}`);
  }
}

/** Escapes the characters of `text` that mean something in a pattern. */
export function literalPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function translate(written: string): string {
  let result = '';
  let at = 0;
  while (at < written.length) {
    const rest = written.slice(at);
    const [taken, made] = piece(rest);
    result += made;
    at += taken;
  }
  return result;
}

/** What `rest` begins with: how many characters, and what they become. */
function piece(rest: string): [number, string] {
  if (rest[0] === '\\') return escaped(rest);
  if (rest[0] === '[') return fromFirstBracket(rest);
  if (rest[0] === '(') return group(rest);
  if (/^(?:[*+?]|\{\d+(?:,\d*)?\})\+/.test(rest)) throw new NotConvertible('possessive quantifiers do not exist here');
  const count = /^\{\d+(?:,\d*)?\}/.exec(rest)?.[0];
  if (count !== undefined) return [count.length, count];
  return rest[0] === '{' || rest[0] === '}' ? [1, `\\${rest[0]}`] : [1, rest[0]!];
}

const ESCAPES: Readonly<Record<string, string>> = { A: '^', z: '$', Z: '$', h: '[ \\t]', e: '\\x1b', a: '\\x07' };

function escaped(rest: string): [number, string] {
  const quoted = /^\\Q([\s\S]*?)(?:\\E|$)/.exec(rest);
  if (quoted) return [quoted[0].length, literalPattern(quoted[1]!)];
  const character = rest[1];
  if (character === undefined) throw new NotConvertible('the pattern ends in a backslash');
  if (Object.hasOwn(ESCAPES, character)) return [2, ESCAPES[character]!];
  if (/\s/.test(character)) return [2, character];
  if (/[A-Za-z]/.test(character) && !/[dDwWsSbBnrtfvx]/.test(character))
    throw new NotConvertible(`\\${character} does not exist here`);
  if (/^\\x\{/.test(rest)) throw new NotConvertible('\\x{…} does not exist here');
  return [2, /["'#]/.test(character) ? character : rest.slice(0, 2)];
}

function group(rest: string): [number, string] {
  const named = /^\(\?P?<([A-Za-z_]\w*)>/.exec(rest);
  if (named) return [named[0].length, `(?<${named[1]}>`];
  const comment = /^\(\?#[^)]*\)/.exec(rest);
  if (comment) return [comment[0].length, ''];
  const start = /^\(\?(?:[:=!]|<[=!])/.exec(rest)?.[0];
  if (start !== undefined) return [start.length, start];
  if (/^\([?*]/.test(rest)) throw new NotConvertible(`groups that begin with ${rest.slice(0, 3)} do not exist here`);
  return [1, '('];
}
