// Rules that run one after the other. Sets of sites and folders will follow the global one (url-rewrite.md 2).
import type { Rule } from './rule.ts';

export interface RuleSet {
  /** For explain: 'global', or the place of the site that defines the rules. */
  readonly scope: string;
  readonly rules: readonly Rule[];
}
