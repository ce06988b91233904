// The steps of explain (CONTRACT 4): each stage adds what it decided and why, only when somebody asked.

export interface SiteStep {
  stage: 'site';
  /** Null: no binding has the host and port of the request. */
  site: string | null;
  reason: string;
}

export interface RuleStep {
  stage: 'rule';
  name: string;
  /** 'global', or the place of the site that defines the rule. */
  scope: string;
  input: string;
  matched: boolean;
  negate: boolean;
  captures: string[];
  conditions: { input: string; value: string; pattern: string; matched: boolean }[];
  /** Server variables that the rule wrote, upper-case; null: removed. Absent when it wrote none. */
  sets?: { name: string; value: string | null }[];
  reason: string;
}

export interface FarmStep {
  stage: 'farm';
  farm: string | null;
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

export type Step = SiteStep | RuleStep | ContentStep | FarmStep | AffinityStep | CandidatesStep | PickStep;
