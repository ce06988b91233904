// What explain is told of a condition, and why a rule does not apply.
import type { ConditionStep, RuleStep } from '../../model/trace.ts';
import type { Condition } from './conditions.ts';
import type { Captures } from './patterns/pattern.ts';

/** @param captures null where the pattern does not match, or there is none */
export function noteCondition(
  step: RuleStep,
  { inputText, patternText, negate, wanted }: Condition,
  value: string,
  holds: boolean,
  captures: Captures | null,
): void {
  const noted: ConditionStep = { input: inputText, value, pattern: patternText, matched: holds };
  if (negate) noted.negate = true;
  if (wanted !== null) noted.matchType = wanted === 'file' ? 'IsFile' : 'IsDirectory';
  if (captures !== null && !negate) noted.captures = Array.from(captures, (text) => text ?? '');
  step.conditions.push(noted);
}

/** The rule was not carried out: the condition that failed, or under MatchAny the last one. */
export function whyNot({ conditions, negate }: RuleStep): string {
  const failed = conditions.at(-1);
  if (failed === undefined)
    return negate ? 'the pattern matches, and the rule is negated' : 'the pattern does not match';
  return `the condition on ${failed.input} does not hold: its value ${JSON.stringify(failed.value)} ${whyFails(failed)}`;
}

function whyFails({ negate, matchType }: ConditionStep): string {
  const [does, doesNot] =
    matchType === undefined
      ? ['matches', 'does not match']
      : [`is a ${matchType === 'IsFile' ? 'file' : 'folder'}`, `is no ${matchType === 'IsFile' ? 'file' : 'folder'}`];
  return negate === true ? `${does}, and it is negated` : doesNot!;
}
