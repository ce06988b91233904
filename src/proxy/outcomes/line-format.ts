// One access log format: what became of a request, as one line.
import type { ConnectionRecord } from '../../model/connection-record.ts';
import type { Outcome, RequestContext } from '../../model/request-context.ts';

export interface LineFormat {
  /** The whole line with its `\n`, in ASCII, so that a line is as many bytes as it has code units. */
  line(ctx: RequestContext, outcome: Outcome): string;
  /** The same for a connection of a virtual server. */
  connectionLine(record: ConnectionRecord): string;
}

/** How many tries a request took: `ctx.attempts` is null while there was nothing to note beyond the one server. */
export function attemptCount(ctx: RequestContext): number {
  if (ctx.attempts !== null) return ctx.attempts.length;
  return ctx.server === null ? 0 : 1;
}
