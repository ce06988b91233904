// Whether anything in a rule reads captures: where nothing does, patterns are only tested.
import type { RuleConfig } from '../../../model/config.ts';

/** Whether {R:n} occurs in `rule`. */
export function readsPattern(rule: RuleConfig): boolean {
  return expressionsOf(rule).some((text) => /\{\s*R\s*:/i.test(text));
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
