// Outbound rules as written, with every default filled in (url-rewrite.md 16): what is in force at the top, or at one
// level of a site, inherited rules included.
import type { ConditionConfig, ConditionsConfig, ConfigPath, RuleConfig } from './config.ts';

export interface OutboundRulesConfig {
  rewriteBeforeCache: boolean;
  preConditions: PreConditionConfig[];
  customTags: CustomTagsConfig[];
  rules: OutboundRuleConfig[];
}

/** A named test of a response. */
export interface PreConditionConfig {
  name: string;
  logicalGrouping: 'MatchAll' | 'MatchAny';
  patternSyntax: RuleConfig['patternSyntax'];
  /** As RuleConfig has it. */
  patternTimeLimit: number | null;
  add: ConditionConfig[];
  /** Where it stands in the configuration. */
  path: ConfigPath;
}

/** A named collection of tags beside the built-in ones. */
export interface CustomTagsConfig {
  name: string;
  tags: { name: string; attribute: string }[];
}

/** Values of `filterByTags` (url-rewrite.md 16). */
export const tagFilters = [
  ...(['None', 'A', 'Area', 'Base', 'Form', 'Frame', 'Head', 'IFrame'] as const),
  ...(['Img', 'Input', 'Link', 'Script', 'CustomTags'] as const),
] as const;

export type TagFilter = (typeof tagFilters)[number];

export interface OutboundMatchConfig {
  filterByTags: TagFilter[];
  /** Name of a collection of customTags; '' is none. */
  customTags: string;
  /** RESPONSE_NAME, or a variable of the request; '' where the rule is for the body. */
  serverVariable: string;
  pattern: string;
  /** Most matches that are rewritten; 0: all. */
  occurrences: number;
  ignoreCase: boolean;
  negate: boolean;
}

export interface OutboundRuleConfig {
  name: string;
  /** Name of one of preConditions; '' is none. */
  preCondition: string;
  enabled: boolean;
  patternSyntax: RuleConfig['patternSyntax'];
  /** As RuleConfig has it. */
  patternTimeLimit: number | null;
  stopProcessing: boolean;
  /** Null: the rule has nothing to work on. */
  match: OutboundMatchConfig | null;
  conditions: ConditionsConfig;
  action: { type: 'None' | 'Rewrite'; value: string; replace: boolean };
  /** Where the rule stands in the configuration. */
  path: ConfigPath;
}
