// {R:n} and {C:n}: what the pattern of the rule, or its conditions, captured (url-rewrite.md 7).
import type { RuleRun } from '../rule-run.ts';
import type { Part } from './part.ts';
import { PathText } from './path-text.ts';

export class RuleGroup implements Part {
  readonly group: number;

  constructor(group: number) {
    this.group = group;
  }

  expand(run: RuleRun): string {
    return run.ruleCaptures![this.group] ?? '';
  }

  /** What the pattern saw is the path, and nothing else. */
  inUrl(): Part {
    return new PathText(this);
  }
}

export class ConditionGroup implements Part {
  readonly #group: number;

  constructor(group: number) {
    this.#group = group;
  }

  expand(run: RuleRun): string {
    const captures = run.conditionCaptures;
    if (captures === null || this.#group >= captures.length) {
      throw run.failure(`{C:${this.#group}} cannot be expanded: the condition that matched has no such group`);
    }
    return captures[this.#group] ?? '';
  }

  /** Half of a character, which a pattern may cut off, would be taken for a mark of url-text.ts. */
  inUrl(): Part {
    return { expand: (run) => this.expand(run).toWellFormed(), inUrl: () => this };
  }
}
