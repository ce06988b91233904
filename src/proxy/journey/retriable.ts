// What of a failed attempt may be tried again (RFC 9110 9.2.2; CONTRACT 3).
import type { RetryCondition } from '../../model/farm-config.ts';
import type { ErrorCode, ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { Exchange } from '../upstream/exchange.ts';

/** Methods whose repetition changes nothing (RFC 9110 9.2.2). */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']);

/** closedDuringUpload is in none of them: CONTRACT 3. */
const CONDITIONS: Readonly<Partial<Record<ErrorCode, RetryCondition>>> = {
  connectionAborted: 'lost',
  tlsAlert: 'lost',
  tlsFailed: 'lost',
  serverStopped: 'lost',
  responseTimeout: 'timeout',
  sendTimeout: 'timeout',
  invalidResponse: 'invalid',
  responseHeadTooLarge: 'invalid',
};

export function isIdempotent(ctx: RequestContext): boolean {
  return IDEMPOTENT.has(ctx.inbound.method);
}

/** True when the request may be sent once more if an idle connection turns out to be closed. */
export function isRepeatable(ctx: RequestContext): boolean {
  return !ctx.client!.bodyPending && isIdempotent(ctx);
}

/** As retry.on calls the failure; null: it is never tried again. */
export function conditionOf(exchange: Exchange, error: ProxyError): RetryCondition | null {
  if (error.kind.source !== 'upstream') return null;
  if (!exchange.connected || wasRefused(exchange, error)) return 'connect';
  return CONDITIONS[error.code] ?? null;
}

/** Alerts that end a handshake, and nothing later. */
const OF_HANDSHAKES = /CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE/;

/**
 * With TLS 1.3 the client is through first: the server may refuse its certificate when the request is on its way already, and
 * has read nothing of it then (RFC 8446 4.4.2.4).
 */
function wasRefused({ reused, answered, bodySent }: Exchange, { code, cause }: ProxyError): boolean {
  if (code !== 'tlsAlert' || reused || answered || bodySent) return false;
  return OF_HANDSHAKES.test((cause as NodeJS.ErrnoException).code ?? '');
}

/** A kept connection that the server closed before it said anything: the request is sent once more, on a new one. */
export function wentStale(exchange: Exchange, error: ProxyError): boolean {
  const lost = error.code === 'connectionAborted' || error.code === 'closedDuringUpload';
  if (!lost || !exchange.reused || exchange.answered || exchange.bodySent) return false;
  return isIdempotent(exchange.ctx) && exchange.run?.canSendAgain !== false;
}

/** The policy of the farm allows another attempt: the failure, the method, the body and the time. @param left ms of protocol.timeout */
export function mayRetry({ ctx, run }: Exchange, condition: RetryCondition, left: number): boolean {
  if (ctx.client!.gone !== null || left <= 0) return false;
  if (run === null) return condition === 'connect';
  if (!run.rules.retriesAfter(condition) || !run.canSendAgain) return false;
  return condition === 'connect' || run.isIdempotent;
}
