// The stage of client affinity: it narrows the candidates to the server that the client is bound to, and writes the
// binding into the response. What a binding is, the farm's policy knows.
import type { Stage } from '../../model/extensions.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import type { AffinityVerdict, RequestContext } from '../../model/request-context.ts';
import type { ResponseDraft } from '../../model/response-draft.ts';
import { FieldKind } from '../../wire/http1/fields.ts';

/** Throws ProxyError noServer where no server takes new work and the client is bound to none that serves it. */
export const affinityStage: Stage = {
  name: 'affinity',
  onRequest(ctx) {
    const policy = ctx.farm?.affinity ?? null;
    if (policy === null) return undefined;
    const server = policy.find(ctx);
    if (ctx.trace !== null) trace(ctx, server?.address ?? null);
    if (server !== null) ctx.candidates = [server];
    else if (ctx.candidates.length === 0) throw new ProxyError('noServer', ctx.farm!.whyNoServer());
    return undefined;
  },
  onResponseHead(ctx, response) {
    if (isDisabledByServer(response)) return;
    ctx.farm?.affinity?.bind(ctx, response);
  },
};

/** The server's way out of affinity (arr.md 7.2): this response binds nobody. The client never sees the header. */
function isDisabledByServer(response: ResponseDraft): boolean {
  const { head } = response;
  if (!head.has(FieldKind.arrDisableSessionAffinity)) return false;
  response.edit('arr-disable-session-affinity', null);
  return /(^|, )true(,|$)/i.test(head.fieldOfKind(FieldKind.arrDisableSessionAffinity)!);
}

const reasons: Record<AffinityVerdict, string> = {
  off: 'the farm has no affinity',
  new: 'the request has no affinity cookie',
  kept: 'the cookie names this server, and it may serve',
  invalid: 'the value of the cookie is not one of this farm, or its time is over',
  gone: 'the cookie names a server that takes no work',
  rebound: 'a retry moved the client to another server',
};

function trace(ctx: RequestContext, server: string | null): void {
  const step = { stage: 'affinity' as const, verdict: ctx.affinity, reason: reasons[ctx.affinity] };
  ctx.trace!.push(server === null ? step : { ...step, server });
}
