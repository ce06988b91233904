// One compiled outbound rule (url-rewrite.md 16): pattern, conditions, value, in this order. What it works on, a header,
// an attribute or a piece of the body, is not known here.
import type { RuleStep } from '../../../model/trace.ts';
import type { Conditions } from '../conditions.ts';
import type { Part } from '../expressions/part.ts';
import type { Captures, Pattern } from '../patterns/pattern.ts';
import { whyNot } from '../trace-condition.ts';
import type { ResponseRun } from './response-run.ts';

export interface OutboundRuleParts {
  readonly name: string;
  /** Index of its precondition; -1 for none. */
  readonly preCondition: number;
  readonly stopProcessing: boolean;
  readonly pattern: Pattern;
  /** As written, for explain. */
  readonly patternText: string;
  readonly negate: boolean;
  /** Whether anything reads {R:n}. */
  readonly capturing: boolean;
  readonly conditions: Conditions | null;
  /** Null for None. */
  readonly value: Part | null;
  /** False: only a value that is empty is set. */
  readonly replace: boolean;
}

export class OutboundRule {
  readonly name: string;
  readonly preCondition: number;
  readonly stopProcessing: boolean;
  readonly #parts: OutboundRuleParts;

  constructor(parts: OutboundRuleParts) {
    this.name = parts.name;
    this.preCondition = parts.preCondition;
    this.stopProcessing = parts.stopProcessing;
    this.#parts = parts;
  }

  /** What `value` becomes; null when the rule does not apply to it. @throws ProxyError */
  rewrite(value: string, run: ResponseRun): string | null {
    const { pattern, negate, capturing } = this.#parts;
    const step = this.begin(value, run);
    let captures: Captures | null = null;
    let matches: boolean;
    if (capturing || step !== null) {
      captures = pattern.exec(value);
      matches = captures !== null;
      // A pattern that is negated captures nothing; {R:0} is then the input (url-rewrite.md 5).
      if (negate) captures = [value];
    } else {
      matches = pattern.test(value);
    }
    run.ruleCaptures = captures;
    if (matches === negate) return note(step, run, value, null);
    return this.rewriteMatch(value, run);
  }

  /** @returns its step, when somebody asked */
  begin(value: string, run: ResponseRun): RuleStep | null {
    const { name, patternText, negate, conditions } = this.#parts;
    run.ruleName = name;
    run.checkWork();
    return run.beginStep(name, value, patternText, negate, conditions?.any === true);
  }

  /** The rest, where the pattern has matched and run.ruleCaptures are set. @throws ProxyError */
  rewriteMatch(value: string, run: ResponseRun): string | null {
    const { conditions, replace } = this.#parts;
    if (conditions !== null && !conditions.hold(run)) return note(run.step, run, value, null);
    noteMatched(this.name, run);
    const keeps = this.#parts.value === null || (!replace && value !== '');
    return note(run.step, run, value, keeps ? value : this.#parts.value!.expand(run));
  }
}

/** Once for each rule, however many values it changes. */
function noteMatched(name: string, { ctx }: ResponseRun): void {
  if (ctx.matchedRules === null) ctx.matchedRules = [name];
  else if (!ctx.matchedRules.includes(name)) ctx.matchedRules.push(name);
}

/** Writes down what became of the value, when somebody asked. @returns `result` */
function note(step: RuleStep | null, run: ResponseRun, value: string, result: string | null): string | null {
  if (step === null) return result;
  step.matched = result !== null;
  if (run.ruleCaptures !== null) step.captures = Array.from(run.ruleCaptures, (text) => text ?? '');
  if (result === null) step.reason = whyNot(step);
  else step.reason = result === value ? 'applied; the value stays' : `becomes ${JSON.stringify(result)}`;
  return result;
}
