// The rules of a configuration → what requests run on, with every fault that can be known before a request comes.
import type { Config, ConfigProblem, RuleConfig, RuleSetConfig } from '../../model/config.ts';
import { GLOBAL_SCOPE } from '../../model/rule-scope.ts';
import type { Site } from '../../model/site.ts';
import { compileRule, type RuleScope } from './compile-rule.ts';
import { RuleProblems } from './rule-problems.ts';
import type { RuleSet, RuleSets } from './rule-set.ts';
import { sharedParts } from './shared-parts.ts';

/**
 * Compiles the global rules and those of `sites`. Faults are pushed to `problems`, all of them; with an error among them
 * the result must not be used. Where no rule is enabled there is no set: then there is no stage, and requests cost
 * nothing here.
 */
export function compileRules(
  config: Config,
  sites: readonly Site[],
  problems: ConfigProblem[],
  { lookups, patterns } = sharedParts(config),
): RuleSets {
  const farms = new Set(config.farms.map((farm) => farm.name.toLowerCase()));
  const globalNames = namesWritten(config.rules.list);
  const anyHost = config.proxy.enabled;
  const global = compileSet(
    config.rules,
    { scope: GLOBAL_SCOPE, failureCode: 'ruleFailed' },
    {
      lookups: lookups.of(config.rewriteMaps, config.providers),
      written: globalNames,
      farms,
      anyHost,
      allowed: null,
      patterns,
    },
    problems,
  );
  const byLevel = new Map<number, RuleSet>();
  for (const site of sites) {
    for (const { id, config: level } of site.levels) {
      const set = compileSet(
        level.rules,
        { scope: site.name, failureCode: 'siteRuleFailed' },
        {
          lookups: lookups.of(level.rewriteMaps, level.providers),
          written: new Set([...globalNames, ...namesWritten(level.rules.list)]),
          farms,
          anyHost,
          allowed: new Set(level.allowedServerVariables),
          patterns,
        },
        problems,
      );
      if (set !== null) byLevel.set(id, set);
    }
  }
  return { global, byLevel: byLevel.size === 0 ? null : byLevel };
}

function compileSet(
  { useOriginalURLEncoding, list }: RuleSetConfig,
  set: Omit<RuleSet, 'rules'>,
  shared: Omit<RuleScope, 'keepEscapes'>,
  problems: ConfigProblem[],
): RuleSet | null {
  const enabled = list.filter((rule) => rule.enabled);
  if (enabled.length === 0) return null;
  const scope: RuleScope = { ...shared, keepEscapes: !useOriginalURLEncoding };
  return {
    ...set,
    rules: enabled.map((rule) => compileRule(rule, scope, new RuleProblems(problems, rule.name, rule.path))),
  };
}

/** Upper-case names of the variables that enabled rules of `list` set. */
export function namesWritten(list: readonly RuleConfig[]): Set<string> {
  const enabled = list.filter((rule) => rule.enabled);
  return new Set(enabled.flatMap((rule) => rule.serverVariables.map(({ name }) => name.trim().toUpperCase())));
}
