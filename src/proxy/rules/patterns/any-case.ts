// Ignoring case without the flag `i`: every ASCII letter becomes a class of both its cases, because V8's linear fallback
// for patterns that run away does not work with the flag (DESIGN 5). What cannot be written so keeps the flag.

export interface CaselessSource {
  readonly source: string;
  readonly flags: '' | 'i';
}

/** Escapes whose letter is not a letter to be matched. */
const CLASS_ESCAPES = 'dDwWsSbBtnvfr0';

/**
 * `source` with each letter matching both cases. Back-references, inline modifiers and what is not ASCII compare in ways
 * that no class expresses: then the source is returned as it is, with the flag.
 * @param source a valid regular expression without flags
 */
export function anyCase(source: string): CaselessSource {
  const expanded = new Expansion(source).run();
  return expanded === null ? { source, flags: 'i' } : { source: expanded, flags: '' };
}

/** One character, escaped or not; `code` is -1 for what stands for several (`\d`). */
interface Atom {
  readonly text: string;
  readonly code: number;
}

class Expansion {
  readonly #source: string;
  #at = 0;
  #possible = true;

  constructor(source: string) {
    this.#source = source;
  }

  run(): string | null {
    let out = '';
    while (this.#at < this.#source.length && this.#possible) {
      const character = this.#source[this.#at];
      if (character === '[') out += this.#class();
      else if (character === '(') out += this.#groupStart();
      else out += bothCases(this.#atom());
    }
    return this.#possible ? out : null;
  }

  #groupStart(): string {
    const start = /^\((?:\?(?:[:=!]|<[=!]|<[A-Za-z_$][\w$]*>))?/.exec(this.#source.slice(this.#at))![0];
    this.#at += start.length;
    if (start === '(' && this.#source[this.#at] === '?') this.#possible = false;
    return start;
  }

  #class(): string {
    let out = '[';
    this.#at++;
    if (this.#source[this.#at] === '^') out += this.#source[this.#at++];
    while (this.#at < this.#source.length && this.#source[this.#at] !== ']' && this.#possible) {
      const first = this.#atom();
      const isRange = this.#source[this.#at] === '-' && this.#source[this.#at + 1] !== ']';
      if (!isRange) {
        out += first.text + otherCases(first.code, first.code);
        continue;
      }
      this.#at++;
      const last = this.#atom();
      out += `${first.text}-${last.text}`;
      // With \d on either side the hyphen is a hyphen, and the other side a character of its own.
      if (first.code >= 0 && last.code >= 0) out += otherCases(first.code, last.code);
      else out += otherCases(first.code, first.code) + otherCases(last.code, last.code);
    }
    this.#at++;
    return `${out}]`;
  }

  #atom(): Atom {
    const text = /^(?:\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|c[A-Za-z]|[\s\S])|[\s\S])/.exec(
      this.#source.slice(this.#at),
    )![0];
    this.#at += text.length;
    const code = atomCode(text);
    if (code > 0x7f || /^\\(?:[1-9k]|c$)/.test(text)) this.#possible = false;
    return { text, code };
  }
}

function atomCode(text: string): number {
  if (text[0] !== '\\') return text.charCodeAt(0);
  if (text.length > 3) return Number.parseInt(text.slice(2), 16);
  if (text.length === 3 || CLASS_ESCAPES.includes(text[1])) return -1;
  return text.charCodeAt(1);
}

function bothCases(atom: Atom): string {
  const other = otherCases(atom.code, atom.code);
  return other === '' ? atom.text : `[${atom.text}${other}]`;
}

/** The letters of [first, last] in their other case, as members of a class; '' when there are none. */
function otherCases(first: number, last: number): string {
  return shifted(first, last, 0x41, 0x5a, 32) + shifted(first, last, 0x61, 0x7a, -32);
}

function shifted(first: number, last: number, from: number, to: number, by: number): string {
  const low = Math.max(first, from);
  const high = Math.min(last, to);
  if (low > high) return '';
  const letter = String.fromCharCode(low + by);
  return low === high ? letter : `${letter}-${String.fromCharCode(high + by)}`;
}
