// What became of a request, put together once, when nothing more can happen to it.
import type { Clock } from '../../base/clock.ts';
import type { Answer } from '../../model/answer.ts';
import type { ProxyError } from '../../model/proxy-error.ts';
import type { Outcome, RequestContext } from '../../model/request-context.ts';
import type { Exchange } from '../upstream/exchange.ts';

/** @param exchange the attempt that was the last one; @param answer the one that was made here instead */
export function outcomeOf(
  ctx: RequestContext,
  exchange: Exchange | null,
  error: ProxyError | null,
  answer: Answer | null,
  clock: Clock,
): Outcome {
  const client = ctx.client!;
  return {
    status: statusOf(exchange, error, answer),
    subStatus: error?.kind.subStatus ?? (answer?.kind === 'answer' ? answer.subStatus : 0),
    error: error?.code ?? null,
    reason: error?.message ?? '',
    upstreamStatus: exchange?.upstreamStatus ?? 0,
    bytesIn: client.bytesIn,
    bytesOut: client.bytesOut,
    bytesSent: exchange?.bytesSent ?? 0,
    bytesReceived: exchange?.bytesReceived ?? 0,
    duration: clock.monotonic() - ctx.startedAt,
    responseTime: exchange?.responseTime ?? -1,
  };
}

function statusOf(exchange: Exchange | null, error: ProxyError | null, answer: Answer | null): number {
  if (answer !== null) return answer.kind === 'answer' ? answer.status : 0;
  // A client that left after the head keeps the server's status in the log (arr.md 4.4).
  if (error !== null && (error.code !== 'clientGone' || exchange === null || exchange.upstreamStatus === 0))
    return error.kind.status;
  return exchange?.upstreamStatus ?? 0;
}
