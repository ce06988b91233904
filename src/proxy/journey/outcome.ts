// What became of a request, put together once, when nothing more can happen to it.
import type { Clock } from '../../base/clock.ts';
import type { ProxyError } from '../../model/proxy-error.ts';
import type { Outcome, RequestContext } from '../../model/request-context.ts';
import type { Exchange } from '../upstream/exchange.ts';

/** What was answered here, without a server; 0 where nothing was sent. */
export interface AnsweredHere {
  readonly status: number;
  readonly subStatus: number;
}

/** @param exchange the attempt that was the last one; @param answer what was sent instead */
export function outcomeOf(
  ctx: RequestContext,
  exchange: Exchange | null,
  error: ProxyError | null,
  answer: AnsweredHere | null,
  clock: Clock,
): Outcome {
  const client = ctx.client!;
  return {
    status: statusOf(exchange, error, answer),
    subStatus: error?.kind.subStatus ?? answer?.subStatus ?? 0,
    error: error?.code ?? null,
    reason: reasonOf(ctx, error),
    upstreamStatus: exchange?.upstreamStatus ?? 0,
    bytesIn: client.bytesIn,
    bytesOut: client.bytesOut,
    bytesSent: exchange?.bytesSent ?? 0,
    bytesReceived: exchange?.bytesReceived ?? 0,
    duration: clock.monotonic() - ctx.startedAt,
    responseTime: exchange?.responseTime ?? -1,
  };
}

function reasonOf({ notRetried }: RequestContext, error: ProxyError | null): string {
  if (notRetried === null) return error?.message ?? '';
  return error === null ? notRetried : `${error.message}; ${notRetried}`;
}

function statusOf(exchange: Exchange | null, error: ProxyError | null, answer: AnsweredHere | null): number {
  if (answer !== null && (error === null || answer.status > 0)) return answer.status;
  // A client that left after the head keeps the server's status in the log (arr.md 4.4).
  if (error !== null && (error.code !== 'clientGone' || exchange === null || exchange.upstreamStatus === 0))
    return error.kind.status;
  return exchange?.upstreamStatus ?? 0;
}
