// The stage that selects the farm, or the origin that stands in for one, and fills the candidates; affinity narrows them, the
// balancer picks one (DESIGN 2).
import type { Stage } from '../../model/extensions.ts';
import type { Farm } from '../../model/farm.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { candidatesStep } from './standing.ts';

/** What clients of a farm that is offline for maintenance are told to wait, seconds. */
const RETRY_AFTER = '60';

/**
 * Throws ProxyError: noRoute where nothing leads to a farm or an origin, farmOffline or noServer where the farm is offline, noServer where none of its
 * servers takes new work (arr.md 2, 11.2).
 */
export const farmStage: Stage = {
  name: 'farm',
  onRequest(ctx) {
    const farm = selectFarm(ctx);
    ctx.farm = farm;
    const candidates = farm.candidates();
    ctx.candidates = candidates;
    if (farm.isOrigin) return undefined;
    if (ctx.trace !== null) ctx.trace.push(candidatesStep(farm, candidates));
    // A client or a host that is bound to a draining server is served although nobody else is: there affinity says the last word.
    if (candidates.length === 0 && !hasAffinity(farm)) throw new ProxyError('noServer', farm.whyNoServer());
    return undefined;
  },
};

function hasAffinity({ affinity, config }: Farm): boolean {
  return affinity !== null || config.affinity.hostName !== null;
}

/** A farm of that name comes first; any other host is an origin, where proxy.enabled allows it. */
function selectFarm(ctx: RequestContext): Farm {
  const { destination, scheme } = ctx.outbound;
  const farm = destination === null ? ctx.snapshot.onlyFarm : ctx.snapshot.farms.get(destination);
  if (farm === null || farm === undefined) return selectOrigin(ctx, destination);
  if (ctx.trace !== null) {
    const reason =
      destination === null
        ? 'the only farm, and there are no rules'
        : `the rewritten URL begins with ${scheme}://${destination}/`;
    ctx.trace.push({ stage: 'farm', farm: farm.name, reason });
  }
  if (!farm.config.enabled) {
    ctx.farm = farm; // whose page it is
    throw offline(farm);
  }
  return farm;
}

function offline({ name, config }: Farm): ProxyError {
  if (config.maintenancePage === null) return new ProxyError('noServer', `farm ${name} is offline (enabled: false)`);
  const reason = `farm ${name} is offline for maintenance`;
  return new ProxyError('farmOffline', reason, undefined, [['Retry-After', RETRY_AFTER]]);
}

function selectOrigin(ctx: RequestContext, destination: string | null): Farm {
  const { origins } = ctx.snapshot;
  if (destination === null) throw noRoute(ctx, 'no rule sent the request to a farm, and there is no site');
  if (origins === null) throw noRoute(ctx, `${destination} is not a farm, and proxy.enabled is false`);
  const origin = origins.at(destination);
  if (origin === null) throw noRoute(ctx, `${destination} is not a farm, and names no host and port`);
  if (ctx.trace !== null) {
    const reason = `${destination} is not a farm, and proxy.enabled allows any host`;
    ctx.trace.push({ stage: 'farm', farm: null, origin: destination, reason });
  }
  return origin;
}

function noRoute(ctx: RequestContext, reason: string): ProxyError {
  if (ctx.trace !== null) ctx.trace.push({ stage: 'farm', farm: null, reason });
  return new ProxyError('noRoute', reason);
}
