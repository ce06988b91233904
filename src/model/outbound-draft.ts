// What will be sent to a server, as far as rules decide it. Rules and stages of extensions write it, upstream makes the head of it; inbound is never
// touched.

export class OutboundDraft {
  /** Path and query in wire form (latin1, percent-encoded). Starts as what the client sent, normalised where CONTRACT 3 says so. */
  target: string;
  /** True once a rule rewrote the URL: then X-Original-URL is sent. */
  rewritten = false;
  /** True once a rule with logRewrittenUrl rewrote it: the access log has `target` instead of what was received. */
  logged = false;
  scheme: 'http' | 'https' = 'http';
  /** Authority of an absolute rewrite, lower-case: the name of a farm, or host[:port]; null while the request is local. */
  destination: string | null = null;
  /** Header fields that rules set: lower-case name to value, null removes. Null while no rule set any. */
  fieldEdits: Map<string, string | null> | null = null;
  /** Server variables that rules set, by upper-case name. Null while no rule set any. */
  serverVariables: Map<string, string> | null = null;

  constructor(target: string) {
    this.target = target;
  }
}
