// The journey up to the point where a request would be sent: for explain.
import type { Answer } from '../../model/answer.ts';
import { asProxyError, type ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { FieldKind } from '../../wire/http1/fields.ts';
import { upgradeStep } from '../upstream/upgrade-policy.ts';
import { admitRequest } from './admit-request.ts';
import { pageFor } from './answers.ts';
import { runStages } from './run-stages.ts';

/** Why a method picks a server, in words; extensions are not known here. */
const REASONS: Readonly<Record<string, string>> = {
  WeightedRoundRobin: 'the next in turn',
  Ratio: 'the next in turn',
  WeightedTotalTraffic: 'the fewest bytes for its weight',
  LeastRequests: 'the fewest requests under way',
  LeastResponseTime: 'the fastest on average, or one that is still to be measured',
  RequestHash: 'the highest hash with what the request is hashed by, or the next in turn where it has nothing of that',
  LeastConnections: 'the fewest requests under way for its weight',
  Fastest: 'the fewest unanswered requests, the fastest of equal ones',
  Observed: 'the next in turn, by ratios of the requests under way',
  Predictive: 'the next in turn, by ratios of the trend of requests under way',
  PowerOfTwoChoices: 'the less busy of two at random',
  RendezvousHash:
    'the highest hash with what the request is hashed by, or the next in turn where it has nothing of that',
};

/**
 * Runs the stages of `ctx`, whose client is null, and picks a server without taking its turn.
 * @returns the answer that would be made here, the failure, or nothing when ctx.server would be sent the request
 */
export async function dryRun(ctx: RequestContext): Promise<Answer | ProxyError | undefined> {
  try {
    admitRequest(ctx);
    const answer = await runStages(ctx, 0);
    if (answer !== undefined) return answer;
    const farm = ctx.farm!;
    const server = farm.balancer.pick(ctx.candidates, ctx);
    ctx.server = server;
    farm.forwarding.headFor(ctx, server); // throws what sending would: a loop, a field that is refused
    if (ctx.inbound.has(FieldKind.upgrade))
      ctx.trace?.push(upgradeStep(ctx.inbound, farm.forwarding.offeredUpgrade(ctx.inbound)));
    if (farm.isOrigin) return undefined;
    const reason = ctx.candidates.length === 1 ? 'the only candidate' : (REASONS[farm.balancer.name] ?? 'its choice');
    ctx.trace?.push({ stage: 'pick', algorithm: farm.balancer.name, server: server.address, reason });
    return undefined;
  } catch (error) {
    const failure = asProxyError(error);
    if (ctx.trace !== null) await noteErrorPage(ctx, failure);
    return failure;
  }
}

/** What the site has for a client in place of our page. */
async function noteErrorPage(ctx: RequestContext, error: ProxyError): Promise<void> {
  const page = await Promise.resolve(pageFor(ctx, error)).catch(() => undefined);
  if (page === undefined || page.kind === 'abort') return;
  const file = page.kind === 'file' ? page.path : null;
  const location = page.fields.find(([name]) => name === 'Location')?.[1];
  const other = location === undefined ? 'a page without the reason' : `a redirect to ${location}`;
  ctx.trace!.push({ stage: 'errorPage', file, reason: `the site answers with ${file ?? other}` });
}
