// What explain is told of a rule (CONTRACT 4): filled in while the rule runs, and only when somebody asked.
import { Buffer } from 'node:buffer';
import type { Answer } from '../../model/answer.ts';
import type { RuleStep } from '../../model/trace.ts';
import type { Rule } from './rule.ts';
import type { RuleRun } from './rule-run.ts';

/** Begins the step of `rule`; conditions add themselves to it. */
export function beginStep(rule: Rule, scope: string, run: RuleRun): void {
  const step: RuleStep = {
    stage: 'rule',
    name: rule.name,
    scope,
    input: run.inputBelow(rule.base) ?? run.input,
    matched: false,
    negate: rule.negate,
    captures: [],
    conditions: [],
    reason: 'failed while it was carried out',
  };
  run.step = step;
  run.ctx.trace!.push(step);
}

/** After Rule.applies(). */
export function noteDecision(rule: Rule, applies: boolean, step: RuleStep, run: RuleRun): void {
  step.matched = applies;
  if (run.ruleCaptures !== null) step.captures = Array.from(run.ruleCaptures, (text) => text ?? '');
  if (applies) return;
  if (run.inputBelow(rule.base) === null) {
    step.reason = `the URL is not below ${rule.base}, where the rule stands`;
    return;
  }
  const failed = step.conditions.at(-1);
  if (failed !== undefined) {
    step.reason = `the condition on ${failed.input} does not hold: its value is ${JSON.stringify(failed.value)}`;
  } else {
    step.reason = step.negate ? 'the pattern matches, and the rule is negated' : 'the pattern does not match';
  }
}

/** The rule wrote the variable `name`, upper-case. */
export function noteVariable(step: RuleStep, name: string, value: string | null): void {
  step.sets ??= [];
  step.sets.push({ name, value });
}

/** The rule wrote the header `name`, lower-case, or with '' removed it. @param wire one character for each byte */
export function noteHeader(step: RuleStep, name: string, wire: string): void {
  const value = wire === '' ? null : Buffer.from(wire, 'latin1').toString('utf8');
  noteVariable(step, `HTTP_${name.replaceAll('-', '_').toUpperCase()}`, value);
}

/** After Rule.perform(). */
export function noteResult(answer: Answer | undefined, step: RuleStep, run: RuleRun, stops: boolean): void {
  step.reason = answer === undefined ? whereTo(run) : whatAnswer(answer);
  if (answer === undefined && stops) step.reason += '; no further rule runs';
}

function whereTo(run: RuleRun): string {
  const { destination, rewritten, scheme } = run.ctx.outbound;
  if (!rewritten) return 'applied; the URL stays as it is';
  const url = run.query === '' ? run.path : `${run.path}?${run.query}`;
  return destination === null ? `rewritten to ${url} here` : `rewritten to ${scheme}://${destination}${url}`;
}

function whatAnswer(answer: Answer): string {
  if (answer.kind === 'abort') return 'drops the connection';
  const location = answer.fields.find(([name]) => name === 'Location')?.[1];
  const { status, subStatus } = answer;
  const code = subStatus === 0 ? `${status}` : `${status}.${subStatus}`;
  return location === undefined ? `answers ${code}` : `redirects with ${status} to ${location}`;
}
