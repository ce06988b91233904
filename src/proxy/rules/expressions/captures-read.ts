// Whether anything in a rule reads captures: where nothing does, patterns are only tested.
import type { RuleConfig } from '../../../model/config.ts';

const PATTERN_GROUP = /\{\s*R\s*:/i;

/** Whether {R:n} occurs in `rule`. */
export function readsPattern(rule: RuleConfig): boolean {
  return expressionsOf(rule).some((text) => PATTERN_GROUP.test(text));
}

/** Whether {R:n} occurs in the inputs of its conditions: before it is certain that the rule applies. */
export function conditionsReadPattern(rule: RuleConfig): boolean {
  return rule.conditions.add.some(({ input }) => PATTERN_GROUP.test(input));
}

/** Whether {C:n} occurs in `rule`. */
export function readsConditions(rule: RuleConfig): boolean {
  return expressionsOf(rule).some((text) => /\{\s*C\s*:/i.test(text));
}

function expressionsOf(rule: RuleConfig): string[] {
  const { url, statusReason, statusDescription } = rule.action;
  const inputs = rule.conditions.add.map(({ input }) => input);
  const values = rule.serverVariables.map(({ value }) => value);
  return [url, statusReason, statusDescription, ...inputs, ...values];
}
