// The steps of explain (CONTRACT 4): each stage adds what it decided and why, only when somebody asked.

export interface SiteStep {
  stage: 'site';
  /** Null: no binding has the host and port of the request. */
  site: string | null;
  reason: string;
  /** Some binding names a host. Absent when none does. */
  readsHost?: true;
  /** Bindings that did not choose, those that came near first, and why. Absent when there are no others. */
  others?: { site: string; binding: string; reason: string }[];
}

export interface RuleStep {
  stage: 'rule';
  name: string;
  /** 'global', or the place of the site that defines the rule. */
  scope: string;
  /** The rule is for responses: `input` is a header, an attribute or a piece of the body. Absent for rules on requests. */
  outbound?: true;
  /** The URL path of the folder that `input` is relative to; absent for the root. */
  below?: string;
  input: string;
  /** As written; absent for a rule without `match`. */
  pattern?: string;
  matched: boolean;
  negate: boolean;
  captures: string[];
  /** Those that were looked at. */
  conditions: ConditionStep[];
  /** MatchAny: one that holds is enough. Absent for MatchAll. */
  logicalGrouping?: 'MatchAny';
  /** Server variables that the rule wrote, upper-case; null: removed. Absent when it wrote none. */
  sets?: { name: string; value: string | null }[];
  /** What the rule made of the URL; absent when it stayed as it was. */
  url?: { before: string; after: string };
  reason: string;
}

export interface ConditionStep {
  input: string;
  value: string;
  pattern: string;
  /** Whether it holds, negation included. */
  matched: boolean;
  /** Absent when it is not negated. */
  negate?: true;
  /** Absent for Pattern. */
  matchType?: 'IsFile' | 'IsDirectory';
  /** Absent when nothing was captured. */
  captures?: string[];
}

export interface FarmStep {
  stage: 'farm';
  farm: string | null;
  /** The host that the request goes to, where that is no farm. */
  origin?: string;
  reason: string;
}

export interface HostAffinityStep {
  stage: 'hostAffinity';
  /** The name that the servers belong to. */
  host: string;
  servers: string[];
  reason: string;
}

export interface AffinityStep {
  stage: 'affinity';
  verdict: string;
  server?: string;
  reason: string;
}

export interface CandidatesStep {
  stage: 'candidates';
  servers: { address: string; in: boolean; reason: string }[];
}

export interface PickStep {
  stage: 'pick';
  algorithm: string;
  server: string;
  reason: string;
}

export interface ContentStep {
  stage: 'content';
  /** Path that was looked for, decoded. */
  path: string;
  file: string | null;
  reason: string;
}

/** What a response has to be like for the outbound rules that name it. */
export interface PreConditionStep {
  stage: 'preCondition';
  name: string;
  matched: boolean;
  conditions: ConditionStep[];
  reason: string;
}

export interface OutboundStep {
  stage: 'outbound';
  /** Whether the body is changed. */
  rewritten: boolean;
  reason: string;
}

/** httpRedirect of a site, or redirectFrom of a listener: no rules. */
export interface RedirectStep {
  stage: 'httpRedirect' | 'redirectToTls';
  reason: string;
}

/** What a site has for an error, in place of our page. */
export interface ErrorPageStep {
  stage: 'errorPage';
  file: string | null;
  reason: string;
}

/** What becomes of the wish to switch to another protocol. */
export interface UpgradeStep {
  stage: 'upgrade';
  /** The client's Upgrade field. */
  asked: string;
  /** What of it the server gets; '' for nothing. */
  passed: string;
  reason: string;
}

export type Step =
  | SiteStep
  | HostAffinityStep
  | RuleStep
  | RedirectStep
  | ErrorPageStep
  | UpgradeStep
  | ContentStep
  | FarmStep
  | AffinityStep
  | CandidatesStep
  | PickStep
  | PreConditionStep
  | OutboundStep;
