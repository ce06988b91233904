// Outbound rules that are in force together, compiled.
import type { Conditions } from '../conditions.ts';
import type { HeaderRule } from './header-rule.ts';
import type { OutboundRule } from './outbound-rule.ts';
import type { PatternRule } from './pattern-rewriter.ts';
import type { TagTable } from './tag-table.ts';

export interface PreCondition {
  readonly name: string;
  /** Null when there is nothing to hold. */
  readonly conditions: Conditions | null;
}

/** Rules for the body that work on it in one go; those that follow work on what comes out. */
export type BodyStep =
  | { readonly kind: 'tags'; readonly table: TagTable; readonly rules: readonly OutboundRule[] }
  | { readonly kind: 'pattern'; readonly rule: PatternRule };

export interface OutboundSet {
  /** For explain: `outbound`, with the site and the path of the level where there is one. */
  readonly scope: string;
  /** What a rule that cannot be carried out is answered with (url-rewrite.md 17). */
  readonly failureCode: 'outboundRuleFailed' | 'cachedRuleFailed';
  /** Bodies that come in chunks are left alone (rewriteBeforeCache). */
  readonly skipsChunked: boolean;
  readonly preConditions: readonly PreCondition[];
  readonly headerRules: readonly HeaderRule[];
  readonly bodySteps: readonly BodyStep[];
  /** Whether any of them looks at the Server header, which is made last. */
  readonly readsServer: boolean;
}
