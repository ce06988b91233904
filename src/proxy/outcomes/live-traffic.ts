// The live-traffic test, as far as a worker does it: says which requests a server failed. Only failures are told to
// the control thread, which counts them against maxLiveTrafficFailures (arr.md 8.2, DESIGN 2).

import type { OutcomeSink } from '../../model/extensions.ts';
import type { Server } from '../../model/farm.ts';
import type { CodeRanges } from '../../model/farm-config.ts';
import { type ErrorCode, errorKinds } from '../../model/proxy-error.ts';
import type { Attempt, RequestContext } from '../../model/request-context.ts';

/** @param reason for people, such as `status 503` or `connection_refused` */
export type LiveFailure = (server: Server, reason: string) => void;

export class LiveTrafficSink implements OutcomeSink {
  readonly name = 'live-traffic';
  readonly #onFailure: LiveFailure;

  constructor(onFailure: LiveFailure) {
    this.#onFailure = onFailure;
  }

  record(ctx: RequestContext): void {
    const { server, attempts } = ctx;
    if (server === null || server.slot < 0) return; // nobody tests an origin
    if (attempts !== null) {
      for (let i = 0; i < attempts.length - 1; i++) this.#earlierAttempt(ctx, attempts[i]!, attempts[i + 1]!);
    }
    const reason = liveFailureReason(ctx);
    if (reason !== null) this.#onFailure(server, reason);
  }

  #earlierAttempt({ farm }: RequestContext, attempt: Attempt, next: Attempt): void {
    // A kept connection that the server had closed meanwhile, tried again on the same server: nobody's failure (DESIGN 6).
    if (attempt.reused && next.server === attempt.server) return;
    if (attempt.error !== null && isUpstreams(attempt.error)) {
      this.#onFailure(attempt.server, errorKinds[attempt.error].proxyStatus);
    } else if (includesCode(farm!.config.healthCheck.liveTrafficFailureCodes, attempt.status)) {
      this.#onFailure(attempt.server, `status ${attempt.status}`);
    }
  }
}

/**
 * Why the request counts as failed by the server that it ended with: a connection error, a time-out, or a status of
 * liveTrafficFailureCodes; null when it does not. 502.4 and a client that left are nobody's failure (arr.md 8.3), nor is
 * the end of a session, whatever it was: its request was answered.
 */
export function liveFailureReason(ctx: RequestContext): string | null {
  const { outcome, farm } = ctx;
  if (outcome === null || farm === null || outcome.upstreamStatus === 101) return null;
  if (outcome.error !== null && isUpstreams(outcome.error)) return errorKinds[outcome.error].proxyStatus;
  const { upstreamStatus } = outcome;
  if (upstreamStatus === 0 || !includesCode(farm.config.healthCheck.liveTrafficFailureCodes, upstreamStatus))
    return null;
  return `status ${upstreamStatus}`;
}

function isUpstreams(error: ErrorCode): boolean {
  return errorKinds[error].source === 'upstream';
}

function includesCode(ranges: CodeRanges, code: number): boolean {
  for (const range of ranges) if (code >= range[0] && code <= range[1]) return true;
  return false;
}
