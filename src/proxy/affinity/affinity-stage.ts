// The stage of client affinity: it narrows the candidates to the server that the client is bound to, and writes the
// binding into the response. What a binding is, the farm's policy knows.
import type { Clock } from '../../base/clock.ts';
import type { Stage } from '../../model/extensions.ts';
import type { AffinityVerdict, RequestContext } from '../../model/request-context.ts';
import type { ResponseDraft } from '../../model/response-draft.ts';
import { FieldKind } from '../../wire/http1/fields.ts';
import { holdToServer, needCandidates } from './when-server-gone.ts';

/** A request that lasted so long is noted at its end too, ms: times of use are whole seconds. */
const LONG = 1000;

/** Throws ProxyError noServer where no server takes new work and the client is bound to none that serves it; boundServerGone. */
export function affinityStage(clock: Clock): Stage {
  return {
    name: 'affinity',
    onRequest(ctx) {
      const policy = ctx.farm?.affinity ?? null;
      if (policy === null) return undefined;
      const server = policy.find(ctx);
      if (ctx.trace !== null) trace(ctx, policy.name, server?.address ?? null);
      if (server !== null) ctx.candidates = [server];
      else if (isHeld(ctx)) return holdToServer(ctx, ctx.boundServer!, clock);
      else needCandidates(ctx);
      return undefined;
    },
    onResponseHead(ctx, response) {
      const policy = ctx.farm?.affinity ?? null;
      if (isDisabledByServer(response)) {
        // It binds nobody, and frees nobody either: who is bound comes again.
        if (ctx.affinity === 'kept' && ctx.client !== null) policy?.used(ctx);
        return;
      }
      policy?.bind(ctx, response);
    },
    onEnd(ctx) {
      const policy = ctx.farm?.affinity ?? null;
      if (policy === null || ctx.server === null) return;
      // A WebSocket or a download: the binding was in use until now, not only when the response began.
      if (clock.monotonic() - ctx.startedAt >= LONG) policy.used(ctx);
    },
  };
}

/** Whether the client is to have its own server or none. One that is not of the host has become another's affair. */
function isHeld({ boundServer, farm, hostRecord }: RequestContext): boolean {
  if (boundServer === null || farm!.config.affinity.whenServerGone === 'redistribute') return false;
  return hostRecord === null || hostRecord.servers.has(boundServer);
}

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

/** @param by what the policy goes by */
function reasonOf(verdict: AffinityVerdict, by: string): string {
  if (by === 'cookie') return reasons[verdict];
  if (verdict === 'new') return `the ${by} of the request is not bound to a server`;
  if (verdict === 'kept') return `the ${by} is bound to this server, and it may serve`;
  return verdict === 'gone' ? `the ${by} is bound to a server that takes no work` : reasons[verdict];
}

function trace(ctx: RequestContext, by: string, server: string | null): void {
  const step = { stage: 'affinity' as const, verdict: ctx.affinity, reason: reasonOf(ctx.affinity, by) };
  ctx.trace!.push(server === null ? step : { ...step, server });
}
