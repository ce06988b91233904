// One rule as written → compiled.
import type { RuleConfig } from '../../model/config.ts';
import { type ActionScope, compileAction } from './actions/compile-action.ts';
import { compileConditions } from './compile-conditions.ts';
import { conditionsReadPattern, expressionsOf, readsConditions, readsPattern } from './expressions/captures-read.ts';
import { AnyText } from './patterns/any-text.ts';
import type { Pattern } from './patterns/pattern.ts';
import type { RulePatterns } from './patterns/rule-patterns.ts';
import { Rule } from './rule.ts';
import type { RuleProblems } from './rule-problems.ts';
import { compileSetVariables } from './variables/compile-set-variables.ts';
import { warnOfOpenProxy } from './warn-of-open-proxy.ts';

/** What all rules of a set share. */
export type RuleScope = Omit<ActionScope, 'base' | 'ruleGroups' | 'conditionGroups'> & {
  /** Whether the rules belong to a site: they may ask for files, and set only what is allowed (url-rewrite.md 6 and 9). */
  readonly allowed: ReadonlySet<string> | null;
  readonly patterns: RulePatterns;
  /** proxy.enabled: requests may go to hosts that are no farm. */
  readonly anyHost: boolean;
};

/** Compiles `rule`; with faults, which go to `problems`, what is returned must not be used. */
export function compileRule(rule: RuleConfig, shared: RuleScope, problems: RuleProblems): Rule {
  const { match } = rule;
  if (shared.anyHost) warnOfOpenProxy(rule, problems);
  const pattern = rulePattern(rule, shared.patterns, problems.at('match', 'url'));
  const capturesNothing = match === null || match.negate;
  const ruleGroups = capturesNothing ? 0 : pattern.groups;
  const { conditions, groups } = compileConditions(
    rule,
    { ...shared, ruleGroups, conditionGroups: -1 },
    readsConditions(expressionsOf(rule)),
    shared.allowed !== null,
    problems.at('conditions', 'add'),
  );
  const scope: ActionScope = { ...shared, base: rule.base, ruleGroups, conditionGroups: groups };
  return new Rule({
    name: rule.name,
    base: rule.base,
    stopProcessing: rule.stopProcessing,
    logsRewritten: rule.action.type === 'Rewrite' && rule.action.logRewrittenUrl,
    pattern,
    patternText: match?.url ?? null,
    negate: match?.negate === true,
    capturing: readsPattern(expressionsOf(rule)),
    capturesFirst: conditions === null || conditionsReadPattern(rule),
    conditions,
    variables: compileSetVariables(rule, scope, shared.allowed, problems),
    action: compileAction(rule.action, scope, problems.at('action')),
  });
}

/** Without `match` the rule is for every URL, and {R:0} is the input (url-rewrite.md 3). */
function rulePattern(rule: RuleConfig, patterns: RulePatterns, problems: RuleProblems): Pattern {
  if (rule.match === null) return new AnyText();
  const { url, ignoreCase } = rule.match;
  if (url === '')
    problems.error('match.url may not be empty', 'write ^$ for the root, or leave match out for every URL');
  warnOfLeadingSlash(rule.patternSyntax, url, problems);
  return patterns.compile(url, rule, ignoreCase, problems);
}

function warnOfLeadingSlash(syntax: RuleConfig['patternSyntax'], url: string, problems: RuleProblems): void {
  const slash = syntax === 'ECMAScript' ? /^\^\\?\// : /^\//;
  if (!slash.test(url)) return;
  const right = url.replace(slash, syntax === 'ECMAScript' ? '^' : '');
  problems.warn('the pattern can never match: what it sees has no leading slash', `write ${right}`);
}
