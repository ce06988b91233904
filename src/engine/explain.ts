// explain: the router's own journey with a context that forwards nothing (CONTRACT 4).
import type { Clock } from '../base/clock.ts';
import type { AskedRequest, ExplainRequest } from '../model/explain-request.ts';
import type { Explanation } from '../model/explanation.ts';
import { ProxyError } from '../model/proxy-error.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Step } from '../model/trace.ts';
import { dryRun } from '../proxy/journey/dry-run.ts';
import { explainedContext, explainedHead } from './explained-context.ts';
import { errorOutcome, explainedOutcome, readable } from './explained-outcome.ts';
import { explainedResponse } from './explained-response.ts';
import { entranceOf, whyUntaken } from './listener-of-url.ts';

/** @throws nothing: what the router would refuse is an outcome of kind `error` */
export async function explainRequest(snapshot: Snapshot, request: ExplainRequest, clock: Clock): Promise<Explanation> {
  const steps: Step[] = [];
  const asked: AskedRequest = { method: 'GET', headers: [], client: '127.0.0.1', ...request };
  const head = explainedHead(snapshot, asked);
  if (head instanceof ProxyError) return { outcome: errorOutcome(head), requestHeaders: {}, steps };
  const ctx = explainedContext(snapshot, head, asked, clock, steps);
  const outcome = explainedOutcome(ctx, await dryRun(ctx));
  const requestHeaders = changedHeaders(ctx.outbound.fieldEdits);
  const response = request.response === undefined ? undefined : await explainedResponse(ctx, outcome, request.response);
  const untaken = whyUntaken(snapshot.config.listeners, entranceOf(new URL(asked.url)));
  return {
    ...(untaken === null ? {} : { untaken }),
    ...{ outcome, requestHeaders, steps },
    ...(response === undefined ? {} : { response }),
  };
}

function changedHeaders(edits: ReadonlyMap<string, string | null> | null): Record<string, string | null> {
  return Object.fromEntries([...(edits ?? [])].map(([name, value]) => [name, value === null ? null : readable(value)]));
}
