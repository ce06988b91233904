// Outbound rules as written → what responses run through, with every fault that can be known before one comes.

import { closestWord } from '../../../base/closest-word.ts';
import type { ConfigProblem } from '../../../model/config.ts';
import type { OutboundRuleConfig, OutboundRulesConfig } from '../../../model/outbound-config.ts';
import { compileConditions } from '../compile-conditions.ts';
import { readsConditions } from '../expressions/captures-read.ts';
import { RuleProblems } from '../rule-problems.ts';
import { type CompiledBodyRule, compileBodyRule, joinSteps } from './compile-body-rule.ts';
import { compileHeaderRule } from './compile-header-rule.ts';
import type { SharedScope } from './compile-rule-parts.ts';
import type { HeaderRule } from './header-rule.ts';
import type { OutboundSet, PreCondition } from './outbound-set.ts';

export type OutboundScope = SharedScope & {
  /** For explain. */
  readonly scope: string;
};

/**
 * Compiles the enabled rules of `config`. Faults are pushed to `problems`, all of them; with an error among them the
 * result must not be used. Null when no rule is enabled.
 * @param shared `written` holds the variables that inbound rules set, upper-case
 */
export function compileOutbound(
  config: OutboundRulesConfig,
  shared: OutboundScope,
  problems: ConfigProblem[],
): OutboundSet | null {
  const enabled = config.rules.filter((rule) => rule.enabled);
  if (enabled.length === 0) return null;
  const own = enabled.flatMap(({ match }) => (match?.serverVariable ? [match.serverVariable.toUpperCase()] : []));
  const scope = { lookups: shared.lookups, patterns: shared.patterns, written: new Set([...shared.written, ...own]) };
  const used = new Set(enabled.map(({ preCondition }) => preCondition.toLowerCase()));
  const preConditions = config.preConditions.filter(({ name }) => used.has(name.toLowerCase()));
  const headerRules: HeaderRule[] = [];
  const bodyRules: CompiledBodyRule[] = [];
  for (const rule of enabled) {
    const at = new RuleProblems(problems, rule.name, rule.path);
    const preCondition = indexOfPreCondition(rule, config, preConditions, at);
    if (rule.match?.serverVariable) headerRules.push(compileHeaderRule(rule, preCondition, scope, at));
    else bodyRules.push(...compileBodyRule(rule, preCondition, config.customTags, scope, at));
  }
  return {
    scope: shared.scope,
    failureCode: config.rewriteBeforeCache ? 'cachedRuleFailed' : 'outboundRuleFailed',
    skipsChunked: config.rewriteBeforeCache,
    preConditions: preConditions.map((each) => compilePreCondition(each, scope, problems)),
    headerRules,
    bodySteps: joinSteps(bodyRules),
    readsServer: /RESPONSE_SERVER\b/i.test(JSON.stringify([enabled, preConditions])),
  };
}

function compilePreCondition(
  config: OutboundRulesConfig['preConditions'][number],
  shared: SharedScope,
  problems: ConfigProblem[],
): PreCondition {
  const { name, patternSyntax, patternTimeLimit, logicalGrouping, add, path } = config;
  const { conditions } = compileConditions(
    { patternSyntax, patternTimeLimit, conditions: { logicalGrouping, trackAllCaptures: false, add } },
    { ...shared, ruleGroups: -1, conditionGroups: -1 },
    readsConditions(add.map(({ input }) => input)),
    false,
    new RuleProblems(problems, name, path, 'precondition').at('add'),
  );
  return { name, conditions };
}

function indexOfPreCondition(
  { preCondition }: OutboundRuleConfig,
  config: OutboundRulesConfig,
  compiled: OutboundRulesConfig['preConditions'],
  problems: RuleProblems,
): number {
  if (preCondition === '') return -1;
  const index = compiled.findIndex(({ name }) => name.toLowerCase() === preCondition.toLowerCase());
  if (index >= 0) return index;
  const near = closestWord(
    preCondition,
    config.preConditions.map(({ name }) => name),
  );
  problems
    .at('preCondition')
    .error(
      `there is no precondition "${preCondition}"`,
      near === null ? 'define it in preConditions' : `did you mean "${near}"?`,
    );
  return -1;
}
