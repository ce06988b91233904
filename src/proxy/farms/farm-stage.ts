// The stage that selects the farm and fills the candidates; affinity narrows them, the balancer picks one (DESIGN 2).
import type { Stage } from '../../model/extensions.ts';
import type { Farm } from '../../model/farm.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { candidatesStep } from './standing.ts';

/**
 * Throws ProxyError: noRoute where nothing leads to a farm, schemeNotServed for https, noServer where the farm is
 * offline or none of its servers takes new work (arr.md 2, 11.2).
 */
export const farmStage: Stage = {
  name: 'farm',
  onRequest(ctx) {
    const farm = selectFarm(ctx);
    ctx.farm = farm;
    const candidates = farm.candidates();
    ctx.candidates = candidates;
    if (ctx.trace !== null) ctx.trace.push(candidatesStep(farm, candidates));
    // A client bound to a draining server is served although nobody else is: there affinity says the last word.
    if (candidates.length === 0 && farm.affinity === null) throw new ProxyError('noServer', farm.whyNoServer());
    return undefined;
  },
};

function selectFarm(ctx: RequestContext): Farm {
  const { destination } = ctx.outbound;
  const farm = destination === null ? ctx.snapshot.onlyFarm : ctx.snapshot.farms.get(destination);
  if (farm === null || farm === undefined) throw noRoute(ctx, destination);
  if (ctx.trace !== null) {
    const reason =
      destination === null
        ? 'the only farm, and there are no rules'
        : `the rewritten URL begins with http://${destination}/`;
    ctx.trace.push({ stage: 'farm', farm: farm.name, reason });
  }
  if (ctx.outbound.scheme === 'https') {
    throw new ProxyError('schemeNotServed', `farm ${farm.name} was to be reached by https, which is not served yet`);
  }
  if (!farm.config.enabled) throw new ProxyError('noServer', `farm ${farm.name} is offline (enabled: false)`);
  return farm;
}

function noRoute(ctx: RequestContext, destination: string | null): ProxyError {
  const reason = whyNoRoute(destination, ctx.snapshot.config.proxy.enabled);
  if (ctx.trace !== null) ctx.trace.push({ stage: 'farm', farm: null, reason });
  return new ProxyError('noRoute', reason);
}

function whyNoRoute(destination: string | null, proxyEnabled: boolean): string {
  if (destination === null) return 'no rule sent the request to a farm, and there is no site';
  if (proxyEnabled) return `${destination} is not a farm, and other origins are not served yet`;
  return `${destination} is not a farm, and proxy.enabled is false`;
}
