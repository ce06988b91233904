// One compiled rule (url-rewrite.md 2): pattern, conditions, variables, action, in this order.
import type { Answer } from '../../model/answer.ts';
import type { Action } from './actions/action.ts';
import type { Conditions } from './conditions.ts';
import type { Pattern } from './patterns/pattern.ts';
import { PatternTimeout } from './patterns/time-limited.ts';
import type { RuleRun } from './rule-run.ts';
import type { VariableChange } from './variables/set-variables.ts';

export interface RuleParts {
  readonly name: string;
  /** As RuleConfig has it. */
  readonly base: string;
  readonly stopProcessing: boolean;
  /** The access log has the URL that the rules made, where this one rewrote it. */
  readonly logsRewritten: boolean;
  readonly pattern: Pattern;
  /** As written, for explain; null without one. */
  readonly patternText: string | null;
  readonly negate: boolean;
  /** Whether anything reads {R:n}. */
  readonly capturing: boolean;
  /** Whether it is read before all conditions are known to hold; otherwise most captures would be made for nothing. */
  readonly capturesFirst: boolean;
  readonly conditions: Conditions | null;
  readonly variables: readonly VariableChange[] | null;
  /** Null for None. */
  readonly action: Action | null;
}

export class Rule {
  readonly name: string;
  readonly base: string;
  readonly stopProcessing: boolean;
  readonly negate: boolean;
  readonly patternText: string | null;
  readonly conditions: Conditions | null;
  readonly #pattern: Pattern;
  readonly #capturesFirst: boolean;
  readonly #capturesLast: boolean;
  readonly #variables: readonly VariableChange[] | null;
  readonly #action: Action | null;
  readonly #logsRewritten: boolean;

  constructor(parts: RuleParts) {
    this.name = parts.name;
    this.base = parts.base;
    this.stopProcessing = parts.stopProcessing;
    this.negate = parts.negate;
    this.patternText = parts.patternText;
    this.#pattern = parts.pattern;
    this.#capturesFirst = parts.capturing && parts.capturesFirst;
    this.#capturesLast = parts.capturing && !parts.capturesFirst;
    this.conditions = parts.conditions;
    this.#variables = parts.variables;
    this.#action = parts.action;
    this.#logsRewritten = parts.logsRewritten;
  }

  /** Whether the rule applies to the request as it stands. @throws ProxyError */
  applies(run: RuleRun): boolean {
    run.ruleName = this.name;
    try {
      if (!this.#matches(run) || (this.conditions !== null && !this.conditions.hold(run))) return false;
      if (this.#capturesLast && run.step === null) this.#capture(run);
      return true;
    } catch (error) {
      throw error instanceof PatternTimeout ? run.failure(error.message) : error;
    }
  }

  /** Carries the rule out. An answer ends the journey. @throws ProxyError */
  perform(run: RuleRun): Answer | undefined {
    const { ctx } = run;
    if (ctx.matchedRules === null) ctx.matchedRules = [this.name];
    else ctx.matchedRules.push(this.name);
    if (this.#variables !== null) for (const change of this.#variables) change.apply(run);
    if (this.#logsRewritten) ctx.outbound.logged = true;
    return this.#action === null ? undefined : this.#action.perform(run);
  }

  /** A pattern that is negated captures nothing; {R:0} is then the input (url-rewrite.md 5). */
  #matches(run: RuleRun): boolean {
    const below = run.inputBelow(this.base);
    if (below === null) {
      run.ruleCaptures = null;
      return false;
    }
    const input = run.bound(below);
    if (!this.#capturesFirst && run.step === null) {
      run.ruleCaptures = null;
      return this.#pattern.test(input) !== this.negate;
    }
    const captures = this.#pattern.exec(input);
    run.ruleCaptures = this.negate ? [input] : captures;
    return (captures !== null) !== this.negate;
  }

  /** What #matches() has found out that there is. */
  #capture(run: RuleRun): void {
    const input = run.inputBelow(this.base)!;
    run.ruleCaptures = this.negate ? [input] : this.#pattern.exec(input);
  }
}
