// What explain is told of a rule (CONTRACT 4): filled in while the rule runs, and only when somebody asked.
import { Buffer } from 'node:buffer';
import type { Answer } from '../../model/answer.ts';
import { folderOfBase, ruleScope } from '../../model/rule-scope.ts';
import type { RuleStep } from '../../model/trace.ts';
import type { Rule } from './rule.ts';
import type { RuleRun } from './rule-run.ts';
import { whyNot } from './trace-condition.ts';

/** Begins the step of `rule`; conditions add themselves to it. @param scope of its set */
export function beginStep(rule: Rule, scope: string, run: RuleRun): void {
  const { name, base, negate, patternText, conditions } = rule;
  const step: RuleStep = {
    stage: 'rule',
    name,
    scope: ruleScope(scope, base),
    ...(base === '/' ? {} : { below: folderOfBase(base) }),
    input: run.inputBelow(base) ?? run.input,
    ...(patternText === null ? {} : { pattern: patternText }),
    matched: false,
    negate,
    captures: [],
    conditions: [],
    ...(conditions?.any === true ? { logicalGrouping: 'MatchAny' as const } : {}),
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
  const isBelow = run.inputBelow(rule.base) !== null;
  step.reason = isBelow ? whyNot(step) : `the URL is not below ${rule.base}, where the rule stands`;
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

/** The URL as it stands: with its destination once a rule gave it one. */
export function urlNow(run: RuleRun): string {
  const { destination, scheme } = run.ctx.outbound;
  const url = run.query === '' ? run.path : `${run.path}?${run.query}`;
  return destination === null ? url : `${scheme}://${destination}${url}`;
}

/** After Rule.perform(). @param before the URL as it stood before that */
export function noteResult(answer: Answer | undefined, step: RuleStep, run: RuleRun, before: string): void {
  if (answer !== undefined) {
    step.reason = whatAnswer(answer);
    return;
  }
  const after = urlNow(run);
  if (after !== before) step.url = { before, after };
  step.reason = run.ctx.outbound.rewritten
    ? `rewritten to ${after}${run.ctx.outbound.destination === null ? ' here' : ''}`
    : 'applied; the URL stays as it is';
}

/** No rule of the list comes after this one. */
export function noteStop(step: RuleStep): void {
  step.reason += '; no further rule runs';
}

function whatAnswer(answer: Answer): string {
  if (answer.kind === 'abort') return 'drops the connection';
  const location = answer.fields.find(([name]) => name === 'Location')?.[1];
  const { status, subStatus } = answer;
  const code = subStatus === 0 ? `${status}` : `${status}.${subStatus}`;
  return location === undefined ? `answers ${code}` : `redirects with ${status} to ${location}`;
}
