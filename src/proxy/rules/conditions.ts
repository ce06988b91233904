// The conditions of a rule (url-rewrite.md 6): evaluated in order, up to the first that decides.
import type { Part } from './expressions/part.ts';
import type { Captures, Pattern } from './patterns/pattern.ts';
import type { RuleRun } from './rule-run.ts';

export interface Condition {
  readonly input: Part;
  readonly pattern: Pattern;
  readonly negate: boolean;
  /** As written, for explain. */
  readonly inputText: string;
  readonly patternText: string;
}

export class Conditions {
  readonly #list: readonly Condition[];
  /** MatchAny: one that holds is enough. */
  readonly #any: boolean;
  readonly #trackAll: boolean;
  /** Whether anything in the rule reads {C:n}. */
  readonly #capturing: boolean;

  constructor(list: readonly Condition[], any: boolean, trackAll: boolean, capturing: boolean) {
    this.#list = list;
    this.#any = any;
    this.#trackAll = trackAll;
    this.#capturing = capturing;
  }

  /** Whether the rule goes on; leaves in `run` what was captured. */
  hold(run: RuleRun): boolean {
    run.conditionCaptures = null;
    for (const condition of this.#list) {
      if (this.#holds(condition, run) === this.#any) return this.#any;
    }
    return !this.#any;
  }

  #holds(condition: Condition, run: RuleRun): boolean {
    const value = run.bound(condition.input.expand(run));
    let holds: boolean;
    if (this.#capturing) {
      const captures = condition.pattern.exec(value);
      holds = (captures !== null) !== condition.negate;
      if (captures !== null && holds) this.#keep(captures, run);
    } else {
      holds = condition.pattern.test(value) !== condition.negate;
    }
    if (run.step !== null) {
      const { inputText, patternText } = condition;
      run.step.conditions.push({ input: inputText, value, pattern: patternText, matched: holds });
    }
    return holds;
  }

  /** All numbered through, group 0 being the first condition's; or those of the last that matched (url-rewrite.md 7). */
  #keep(captures: Captures, run: RuleRun): void {
    const earlier = run.conditionCaptures;
    run.conditionCaptures = this.#trackAll && earlier !== null ? [...earlier, ...captures.slice(1)] : captures;
  }
}
