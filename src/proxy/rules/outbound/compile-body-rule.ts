// Outbound rules for bodies, as written → compiled: with a tag filter for values of attributes, without for any text.

import { closestWord } from '../../../base/closest-word.ts';
import type { CustomTagsConfig, OutboundRuleConfig } from '../../../model/outbound-config.ts';
import type { RuleProblems } from '../rule-problems.ts';
import { compileRuleParts, type SharedScope } from './compile-rule-parts.ts';
import { NAME_BYTES } from './html-bytes.ts';
import { OutboundRule } from './outbound-rule.ts';
import type { BodyStep } from './outbound-set.ts';
import type { PatternRule } from './pattern-rewriter.ts';
import { pairsOf, TagTable } from './tag-table.ts';
import { compileSearch } from './text-search.ts';

type Pairs = ReturnType<typeof pairsOf>;

export type CompiledBodyRule =
  | { readonly kind: 'tags'; readonly rule: OutboundRule; readonly pairs: Pairs }
  | { readonly kind: 'pattern'; readonly rule: PatternRule };

/** @param preCondition index of its precondition. @returns nothing for a rule that can change nothing */
export function compileBodyRule(
  config: OutboundRuleConfig,
  preCondition: number,
  customTags: readonly CustomTagsConfig[],
  scope: SharedScope,
  problems: RuleProblems,
): CompiledBodyRule[] {
  const { match } = config;
  if (match === null) {
    problems.error('the rule has no match: there is nothing to rewrite', 'add match with serverVariable or pattern');
    return [];
  }
  const parts = compileRuleParts(config, preCondition, scope, problems);
  if (match.filterByTags.some((tag) => tag !== 'None')) {
    if (match.occurrences > 0)
      problems
        .at('match', 'occurrences')
        .warn('the value of an attribute is replaced as a whole: occurrences is not used');
    const pairs = pairsOf(match, customPairs(config, customTags, problems));
    return [{ kind: 'tags', rule: new OutboundRule(parts), pairs }];
  }
  if (match.customTags !== '')
    problems
      .at('match', 'customTags')
      .error('customTags is for filterByTags: CustomTags', 'add filterByTags: CustomTags');
  return isSearchable(config, problems)
    ? [
        {
          kind: 'pattern',
          rule: {
            rule: new OutboundRule({ ...parts, replace: true }),
            search: compileSearch(config, scope.patterns),
            occurrences: match.occurrences,
          },
        },
      ]
    : [];
}

function isSearchable({ patternSyntax, match, action }: OutboundRuleConfig, problems: RuleProblems): boolean {
  const { pattern, negate } = match!;
  const at = problems.at('match', 'pattern');
  if (patternSyntax === 'Wildcard') {
    at.error('Wildcard matches a whole text, and is not for bodies', 'add filterByTags, or use ECMAScript');
    return false;
  }
  if (pattern === '') {
    at.error(
      'the pattern is empty, and the rule is for the whole body',
      'add a pattern, filterByTags or serverVariable',
    );
    return false;
  }
  if (negate)
    problems.at('match', 'negate').warn('a negated pattern matches nothing in a body: the rule never applies');
  else if (!action.replace)
    problems.at('action', 'replace').warn('what a pattern matched is there already: replace: false never changes it');
  if (negate || !action.replace) return false;
  try {
    new RegExp(patternSyntax === 'ExactMatch' ? '' : pattern);
    return true;
  } catch {
    return false; // it is reported where patterns are compiled
  }
}

function customPairs(
  { match }: OutboundRuleConfig,
  collections: readonly CustomTagsConfig[],
  problems: RuleProblems,
): Pairs {
  const { filterByTags, customTags } = match!;
  const at = problems.at('match', 'customTags');
  if (!filterByTags.includes('CustomTags')) {
    if (customTags !== '') at.warn('customTags is not used', 'add CustomTags to filterByTags');
    return [];
  }
  const found = collections.find(({ name }) => name.toLowerCase() === customTags.toLowerCase());
  if (found === undefined) {
    const near = closestWord(
      customTags,
      collections.map(({ name }) => name),
    );
    const advice = near === null ? 'define it in customTags' : `did you mean "${near}"?`;
    at.error(
      customTags === '' ? 'CustomTags needs the name of a collection' : `there is no collection "${customTags}"`,
      advice,
    );
    return [];
  }
  for (const { name, attribute } of found.tags) {
    if (Math.max(name.length, attribute.length) > NAME_BYTES || !/^[!-.0-<?-~]+$/.test(name + attribute))
      at.error(`"${name}" and "${attribute}" are no names that HTML can have`);
  }
  return found.tags.map(({ name, attribute }) => [name, attribute] as const);
}

/** Neighbours with a tag filter work in one go. */
export function joinSteps(rules: readonly CompiledBodyRule[]): BodyStep[] {
  const steps: BodyStep[] = [];
  let group: { rule: OutboundRule; pairs: Pairs }[] = [];
  const close = (): void => {
    if (group.length === 0) return;
    const table = new TagTable(group.map(({ pairs }) => pairs));
    steps.push({ kind: 'tags', table, rules: group.map(({ rule }) => rule) });
    group = [];
  };
  for (const each of rules) {
    if (each.kind === 'tags') group.push(each);
    else {
      close();
      steps.push(each);
    }
  }
  close();
  return steps;
}
