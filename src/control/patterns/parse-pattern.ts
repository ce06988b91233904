// The text of a regular expression → its tree. What V8 has accepted as a regular expression without flags is read; the rest
// (inline modifiers, and what a later V8 may know) is not, and then nothing is said about the pattern.
import {
  ANY_BUT_LINE_ENDS,
  type CharacterSet,
  CLASS_ESCAPES,
  complement,
  inAnyCase,
  inBothCases,
  setOf,
} from './character-set.ts';
import type { PatternNode } from './pattern-tree.ts';

const CONTROL_LETTERS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, b: 8 };
const COUNT = /\{(\d+)(,(\d*))?\}/y;
const GROUP_START = /\(\?(?:(:)|(=|!|<=|<!)|<[^>=!][^>]*>)/y;

/** Null where the text holds what is not read here. @param text a regular expression that V8 accepts without flags */
export function parsePattern(text: string, ignoreCase: boolean): PatternNode | null {
  const reader = new Reader(text, ignoreCase);
  const node = reader.choice();
  return reader.complete ? node : null;
}

class Reader {
  readonly #text: string;
  readonly #ignoreCase: boolean;
  readonly #names: boolean;
  #at = 0;
  #known = true;

  constructor(text: string, ignoreCase: boolean) {
    this.#text = text;
    this.#ignoreCase = ignoreCase;
    this.#names = /\(\?<[^=!]/.test(text);
  }

  get complete(): boolean {
    return this.#known && this.#at === this.#text.length;
  }

  choice(): PatternNode {
    const options = [this.#sequence()];
    while (this.#text[this.#at] === '|') {
      this.#at++;
      options.push(this.#sequence());
    }
    return options.length === 1 ? options[0]! : { kind: 'choice', options };
  }

  #sequence(): PatternNode {
    const items: PatternNode[] = [];
    while (this.#at < this.#text.length && this.#known && !'|)'.includes(this.#text[this.#at]!)) {
      items.push(this.#repeats(this.#item()));
    }
    return items.length === 1 ? items[0]! : { kind: 'sequence', items };
  }

  #repeats(body: PatternNode): PatternNode {
    const from = this.#at;
    const sign = this.#text[from];
    let least = sign === '+' ? 1 : 0;
    let most = sign === '?' ? 1 : Number.POSITIVE_INFINITY;
    const count = this.#take(COUNT);
    if (count !== null) {
      least = Number(count[1]);
      most = count[2] === undefined ? least : count[3] === '' ? Number.POSITIVE_INFINITY : Number(count[3]);
    } else if (sign === undefined || !'*+?'.includes(sign)) return body;
    else this.#at++;
    const to = this.#at;
    if (this.#text[to] === '?') this.#at++; // lazy: the same ways in another order
    return { kind: 'repeat', body, least, most, from, to };
  }

  #item(): PatternNode {
    const character = this.#text[this.#at]!;
    if (character === '(') return this.#group();
    if (character === '[') return { kind: 'character', set: this.#class() };
    if (character === '\\') return this.#escape();
    this.#at++;
    if (character === '^' || character === '$')
      return { kind: 'place', isStart: character === '^', isEnd: character === '$' };
    if (character === '.') return { kind: 'character', set: ANY_BUT_LINE_ENDS };
    return this.#one(character.charCodeAt(0));
  }

  #group(): PatternNode {
    const from = this.#at;
    const start = this.#take(GROUP_START);
    if (start === null) {
      this.#at++;
      if (this.#text[this.#at] === '?') this.#known = false; // (?i: … )
    }
    const body = this.choice();
    if (this.#text[this.#at] === ')') this.#at++;
    else this.#known = false;
    if (start?.[2] === undefined) return body;
    return { kind: 'look', body, isBehind: start[2].startsWith('<'), from, to: this.#at };
  }

  #escape(): PatternNode {
    const from = this.#at;
    const next = this.#text[from + 1]!;
    if (next === 'b' || next === 'B') {
      this.#at += 2;
      return { kind: 'place', isStart: false, isEnd: false };
    }
    // \1 may also be an octal escape (Annex B): taking it for a reference is the careful reading.
    if (this.#take(/\\[1-9]\d*/y) !== null || (this.#names && this.#take(/\\k<[^>]*>/y) !== null)) {
      return { kind: 'backReference', from, to: this.#at };
    }
    const set = CLASS_ESCAPES[next];
    if (set === undefined) return this.#one(this.#escapedCode());
    this.#at += 2;
    return { kind: 'character', set };
  }

  #escapedCode(): number {
    const hex = this.#take(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/y);
    if (hex !== null) return Number.parseInt((hex[1] ?? hex[2])!, 16);
    const control = this.#take(/\\c([A-Za-z])/y);
    if (control !== null) return control[1]!.charCodeAt(0) % 32;
    if (this.#text.startsWith('\\c', this.#at)) {
      this.#at++; // Annex B: the backslash stands for itself
      return 0x5c;
    }
    const octal = this.#take(/\\0[0-7]{0,2}/y);
    if (octal !== null) return Number.parseInt(octal[0].slice(1), 8);
    const character = this.#text[this.#at + 1]!;
    this.#at += 2;
    return CONTROL_LETTERS[character] ?? character.charCodeAt(0);
  }

  #class(): CharacterSet {
    this.#at++;
    const negated = this.#text[this.#at] === '^';
    if (negated) this.#at++;
    const ranges: (readonly [number, number])[] = [];
    while (this.#at < this.#text.length && this.#text[this.#at] !== ']') {
      const from = this.#member();
      const isRange = this.#text[this.#at] === '-' && this.#text[this.#at + 1] !== ']';
      if (!isRange) {
        ranges.push(...from);
        continue;
      }
      this.#at++;
      const to = this.#member();
      // With \d on either side the hyphen is a hyphen.
      const single = from.length === 1 && to.length === 1 && from[0]![0] === from[0]![1] && to[0]![0] === to[0]![1];
      ranges.push(...(single ? [[from[0]![0], to[0]![0]] as const] : [...from, ...to, [0x2d, 0x2d] as const]));
    }
    this.#at++;
    const set = setOf(...ranges);
    // Never less than what the class matches: so what a negated one leaves out is never more.
    if (negated) return complement(this.#ignoreCase ? inBothCases(set) : set);
    return this.#caseless(set);
  }

  #member(): CharacterSet {
    if (this.#text[this.#at] !== '\\') return [this.#span(this.#text.charCodeAt(this.#at++))];
    const set = CLASS_ESCAPES[this.#text[this.#at + 1]!];
    if (set !== undefined) {
      this.#at += 2;
      return set;
    }
    if (/[1-9]/.test(this.#text[this.#at + 1]!)) this.#known = false; // octal, of a kind that nobody writes
    const control = this.#take(/\\c(\w)/y); // Annex B: in a class, digits and _ too
    if (control !== null) return [this.#span(control[1]!.charCodeAt(0) % 32)];
    return [this.#span(this.#escapedCode())];
  }

  #span(code: number): readonly [number, number] {
    return [code, code];
  }

  #one(code: number): PatternNode {
    return { kind: 'character', set: this.#caseless([[code, code]]) };
  }

  #caseless(set: CharacterSet): CharacterSet {
    return this.#ignoreCase ? inAnyCase(set) : set;
  }

  #take(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#text);
    if (found !== null) this.#at += found[0].length;
    return found;
  }
}
