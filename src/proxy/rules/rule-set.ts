// Rules that run one after the other: the global ones, or those in force at one level of a site (url-rewrite.md 2).
import type { SiteLevel } from '../../model/site.ts';
import type { Rule } from './rule.ts';

export interface RuleSet {
  /** For explain: 'global', or the site. */
  readonly scope: string;
  /** What a rule that cannot be carried out is answered with (url-rewrite.md 17). */
  readonly failureCode: 'ruleFailed' | 'siteRuleFailed';
  readonly rules: readonly Rule[];
}

/** All rules of a configuration. */
export interface RuleSets {
  /** Null when no rule is enabled. */
  readonly global: RuleSet | null;
  /** By id of the level; a level without rules has none here. Null when no site has a rule. */
  readonly byLevel: ReadonlyMap<SiteLevel['id'], RuleSet> | null;
}
