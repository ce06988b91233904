// explain: the router's own journey with a context that forwards nothing (CONTRACT 4).
import { Buffer } from 'node:buffer';
import type { Clock } from '../base/clock.ts';
import type { Answer } from '../model/answer.ts';
import type { ClientConnectionInfo } from '../model/client.ts';
import type { ExplainRequest } from '../model/explain-request.ts';
import { errorKinds, ProxyError } from '../model/proxy-error.ts';
import { RequestContext } from '../model/request-context.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Step } from '../model/trace.ts';
import { dryRun } from '../proxy/journey/dry-run.ts';
import type { RequestHead } from '../wire/http1/request-head.ts';
import { RequestHeadScanner } from '../wire/http1/request-head-scanner.ts';
import { fieldLine } from '../wire/http1/serialise.ts';

export type ExplainedOutcome =
  | { kind: 'proxy'; url: string; farm: string; server: string }
  | { kind: 'rewrite'; url: string }
  | { kind: 'redirect'; status: number; location: string }
  | { kind: 'customResponse'; status: number; subStatus: number; reason: string; description: string }
  | { kind: 'abort' }
  | { kind: 'none' }
  | { kind: 'error'; status: number; subStatus: number; code: string; reason: string };

export interface Explanation {
  outcome: ExplainedOutcome;
  /** What rules changed: lower-case name to value, null where removed. */
  requestHeaders: Record<string, string | null>;
  steps: Step[];
}

/** @throws nothing: what the router would refuse is an outcome of kind `error` */
export async function explainRequest(snapshot: Snapshot, request: ExplainRequest, clock: Clock): Promise<Explanation> {
  const url = new URL(request.url);
  const steps: Step[] = [];
  const scanned = scan(snapshot, request, url);
  if (scanned instanceof ProxyError) return { outcome: errorOutcome(scanned), requestHeaders: {}, steps };
  const ctx = contextFor(snapshot, scanned, request, url, clock, steps);
  const result = await dryRun(ctx);
  const requestHeaders = Object.fromEntries(ctx.outbound.fieldEdits ?? []);
  return { outcome: outcomeOf(ctx, result), requestHeaders, steps };
}

function outcomeOf(ctx: RequestContext, result: Answer | ProxyError | undefined): ExplainedOutcome {
  if (result instanceof ProxyError) {
    const isLocal = result.code === 'noRoute' && ctx.outbound.destination === null;
    if (isLocal && ctx.outbound.rewritten) return { kind: 'rewrite', url: ctx.outbound.target };
    if (isLocal) return { kind: 'none' };
    return errorOutcome(result);
  }
  if (result?.kind === 'abort') return { kind: 'abort' };
  if (result?.kind === 'answer') {
    const location = result.fields.find(([name]) => name.toLowerCase() === 'location')?.[1];
    if (location !== undefined && result.status >= 300 && result.status < 400)
      return { kind: 'redirect', status: result.status, location };
    const { status, subStatus, reason, body } = result;
    return { kind: 'customResponse', status, subStatus, reason, description: body };
  }
  const { scheme, target } = ctx.outbound;
  const farm = ctx.farm!.name;
  return { kind: 'proxy', url: `${scheme}://${farm}${target}`, farm, server: ctx.server!.address };
}

function errorOutcome(error: ProxyError): ExplainedOutcome {
  const { status, subStatus } = errorKinds[error.code];
  return { kind: 'error', status, subStatus, code: error.code, reason: error.message };
}

/** The request as it would come over the wire, read by the router's own scanner. */
function scan(snapshot: Snapshot, request: ExplainRequest, url: URL): RequestHead | ProxyError {
  // Not URL's own path: it has resolved dot segments that the router must see.
  const target = /^[a-z]+:\/\/[^/?#]*([^#]*)/i.exec(request.url)?.[1] ?? '/';
  const path = target.startsWith('/') ? target : `/${target}`;
  const named = request.headers.some(([name]) => name.toLowerCase() === 'host');
  let text = `${request.method} ${path} HTTP/1.1\r\n`;
  try {
    if (!named) text += fieldLine('Host', url.host);
    for (const [name, value] of request.headers) text += fieldLine(name, value);
  } catch (error) {
    return new ProxyError('badRequest', (error as Error).message);
  }
  const bytes = Buffer.from(`${text}\r\n`, 'latin1');
  const scanner = new RequestHeadScanner(snapshot.config.limits);
  if (scanner.scan(bytes, 0, bytes.length) >= 0) return scanner.head();
  return new ProxyError('badRequest', scanner.refusal?.reason ?? 'the request is not complete');
}

function contextFor(
  snapshot: Snapshot,
  head: RequestHead,
  request: ExplainRequest,
  url: URL,
  clock: Clock,
  steps: Step[],
): RequestContext {
  const secure = url.protocol === 'https:';
  const port = Number(url.port || (secure ? 443 : 80));
  const connection: ClientConnectionInfo = {
    listener: '',
    peerAddress: request.client,
    peerPort: 0,
    localAddress: '127.0.0.1',
    localPort: port,
    secure,
    trusted: false,
  };
  const id = '00000000-0000-0000-0000-000000000000';
  return new RequestContext(
    id,
    clock.wall(),
    clock.monotonic(),
    connection,
    request.client,
    0,
    head,
    snapshot,
    null,
    steps,
  );
}
