// A configuration that can be asked about many requests, and what lists of requests need to know of it.
import type { ExplainRequest } from './explain-request.ts';
import type { Explanation } from './explanation.ts';

export interface RuleName {
  /** 'global', or the place of the site that defines the rule. */
  readonly scope: string;
  readonly name: string;
}

export interface ExplainedRule extends RuleName {
  /** Variables, upper-case, in what the rule makes of a request: its URL and the variables that it sets. */
  readonly reads: readonly string[];
}

export interface Explainer {
  explain(request: ExplainRequest): Promise<Explanation>;
  /** The rules that are enabled, in their order. */
  readonly rules: readonly ExplainedRule[];
  readonly farms: readonly { readonly name: string; readonly servers: readonly string[] }[];
  /** Request headers in the access log, lower-case. */
  readonly loggedHeaders: readonly string[];
  /** A host name of the site with this number (INSTANCE_ID), bound at `port` if there is one; null: none is bound. */
  hostOfSite(id: number, port: number): string | null;
  /** Whether TLS is spoken on a port of this configuration. */
  isSecurePort(port: number): boolean;
}
