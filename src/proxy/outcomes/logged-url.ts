// The URL of a request as the access log has it (url-rewrite.md 18).
import type { RequestContext } from '../../model/request-context.ts';

/** Path and query: as received, or, where a rule with logRewrittenUrl rewrote them, as rewritten. */
export function loggedPath({ inbound, outbound }: RequestContext): string {
  return outbound.logged ? outbound.target : inbound.path;
}
