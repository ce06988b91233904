// Whether anything in a rule reads captures: where nothing does, patterns are only tested.
import type { RuleConfig } from '../../../model/config.ts';

const PATTERN_GROUP = /\{\s*R\s*:/i;

/** Whether {R:n} occurs in the expressions of a rule. */
export function readsPattern(texts: readonly string[]): boolean {
  return texts.some((text) => PATTERN_GROUP.test(text));
}

/** Whether {R:n} occurs in the inputs of its conditions: before it is certain that the rule applies. */
export function conditionsReadPattern(rule: RuleConfig): boolean {
  return rule.conditions.add.some(({ input }) => PATTERN_GROUP.test(input));
}

/** Whether {C:n} occurs in them. */
export function readsConditions(texts: readonly string[]): boolean {
  return texts.some((text) => /\{\s*C\s*:/i.test(text));
}

/** All expressions of an inbound rule. */
export function expressionsOf(rule: RuleConfig): string[] {
  const { url, statusReason, statusDescription } = rule.action;
  const inputs = rule.conditions.add.map(({ input }) => input);
  const values = rule.serverVariables.map(({ value }) => value);
  return [url, statusReason, statusDescription, ...inputs, ...values];
}
