// ExactMatch: the whole input is the text (url-rewrite.md 5).
import type { Captures, Pattern } from './pattern.ts';

export class ExactText implements Pattern {
  readonly groups = 0;
  readonly #text: string;
  readonly #lowerCase: string | null;

  constructor(text: string, ignoreCase: boolean) {
    this.#text = text;
    this.#lowerCase = ignoreCase ? text.toLowerCase() : null;
  }

  test(input: string): boolean {
    return input === this.#text || (this.#lowerCase !== null && input.toLowerCase() === this.#lowerCase);
  }

  exec(input: string): Captures | null {
    return this.test(input) ? [input] : null;
  }
}
