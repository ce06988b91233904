// A pattern that may stand in many rules, such as `.*`, or the host of a condition. Rules run one after the other on the same
// text, so where it does stand in several, the last answer is remembered.
import type { Captures, Pattern } from './pattern.ts';

export class SharedPattern implements Pattern {
  readonly groups: number;
  readonly #pattern: Pattern;
  #remembers = false;
  #lastInput: string | null = null;
  #lastAnswer = false;

  constructor(pattern: Pattern) {
    this.groups = pattern.groups;
    this.#pattern = pattern;
  }

  /** A second rule has it. */
  isUsedAgain(): void {
    this.#remembers = true;
  }

  test(input: string): boolean {
    if (!this.#remembers) return this.#pattern.test(input);
    if (input !== this.#lastInput) {
      this.#lastAnswer = this.#pattern.test(input);
      this.#lastInput = input;
    }
    return this.#lastAnswer;
  }

  exec(input: string): Captures | null {
    return this.#pattern.exec(input);
  }
}
