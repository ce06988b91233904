// What all kinds of outbound rules share, as written → compiled: pattern, conditions, value.
import type { OutboundRuleConfig } from '../../../model/outbound-config.ts';
import { compileConditions } from '../compile-conditions.ts';
import { readsConditions, readsPattern } from '../expressions/captures-read.ts';
import { compileExpression, type ExpressionScope } from '../expressions/compile-expression.ts';
import type { RulePatterns } from '../patterns/rule-patterns.ts';
import type { RuleProblems } from '../rule-problems.ts';
import type { OutboundRuleParts } from './outbound-rule.ts';

/** What the rules of a set share with the inbound ones. */
export type SharedScope = Pick<ExpressionScope, 'lookups' | 'written'> & { readonly patterns: RulePatterns };

/** @param preCondition index of its precondition */
export function compileRuleParts(
  config: OutboundRuleConfig,
  preCondition: number,
  shared: SharedScope,
  problems: RuleProblems,
): OutboundRuleParts {
  const { name, stopProcessing, conditions: conditionsConfig, action } = config;
  const { pattern: text, ignoreCase, negate } = config.match!;
  const pattern = shared.patterns.compile(text, config, ignoreCase, problems.at('match', 'pattern'));
  const texts = [action.value, ...conditionsConfig.add.map(({ input }) => input)];
  const scope = { ...shared, ruleGroups: negate ? 0 : pattern.groups, conditionGroups: -1 };
  const { conditions, groups } = compileConditions(
    config,
    scope,
    readsConditions(texts),
    false,
    problems.at('conditions', 'add'),
  );
  if (action.type === 'None' && action.value !== '')
    problems.at('action', 'value').warn('the value of an action None is not used', 'write type: Rewrite');
  const value = compileExpression(action.value, { ...scope, conditionGroups: groups }, problems.at('action', 'value'));
  return {
    ...{ name, preCondition, stopProcessing, pattern, patternText: text, negate, conditions },
    capturing: readsPattern(texts),
    value: action.type === 'None' ? null : value,
    replace: action.replace,
  };
}
