// The rules of a configuration → what requests run on, with every fault that can be known before a request comes.
import type { Config, ConfigProblem } from '../../model/config.ts';
import { compileRule, type RuleScope } from './compile-rule.ts';
import { RewriteMap } from './rewrite-map.ts';
import { RuleProblems } from './rule-problems.ts';
import type { RuleSet } from './rule-set.ts';

/**
 * Compiles the global rules. Faults are pushed to `problems`, all of them; with an error among them the result must not
 * be used. Null when no rule is enabled: then there is no stage, and requests cost nothing here.
 */
export function compileRules(config: Config, problems: ConfigProblem[]): RuleSet | null {
  const enabled = config.rules.list.filter((rule) => rule.enabled);
  if (enabled.length === 0) return null;
  const written = enabled.flatMap((rule) => rule.serverVariables.map(({ name }) => name.trim().toUpperCase()));
  const shared: RuleScope = {
    maps: new Map(config.rewriteMaps.map((map) => [map.name.toLowerCase(), new RewriteMap(map)])),
    written: new Set(written),
    farms: new Set(config.farms.map((farm) => farm.name.toLowerCase())),
    keepEscapes: !config.rules.useOriginalURLEncoding,
  };
  const rules = enabled.map((rule) => compileRule(rule, shared, new RuleProblems(problems, rule.name, rule.path)));
  return { scope: 'global', rules };
}
