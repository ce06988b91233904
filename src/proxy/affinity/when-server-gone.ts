// A client whose server takes no requests, in a farm that does not give it another at once (affinity.whenServerGone).
import type { Clock } from '../../base/clock.ts';
import type { Farm, Server } from '../../model/farm.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { mayServe } from './may-serve.ts';

/** How often a waiting request looks for its server, ms. */
const LOOK = 50;
/** What a client that is refused is told to wait, seconds. */
const RETRY_AFTER = '10';

const NONE: readonly Server[] = [];

/** Refuses the request, or lets it wait for its server; it rejects with what the client did if that goes. @throws ProxyError boundServerGone */
export function holdToServer(ctx: RequestContext, server: Server, clock: Clock): Promise<undefined> | undefined {
  const { whenServerGone, waitTimeout } = ctx.farm!.config.affinity;
  if (whenServerGone === 'refuse') {
    const reason = `${server.id}, which the client is bound to, takes no requests (affinity.whenServerGone is refuse)`;
    throw new ProxyError('boundServerGone', reason, undefined, [['Retry-After', RETRY_AFTER]]);
  }
  if (ctx.client === null) {
    needCandidates(ctx); // a dry run waits for nobody
    return undefined;
  }
  return waitFor(server, ctx, waitTimeout, clock);
}

function waitFor(server: Server, ctx: RequestContext, timeout: number, clock: Clock): Promise<undefined> {
  const until = clock.monotonic() + timeout;
  return new Promise((resolve, reject) => {
    const stop = clock.every(LOOK, () => {
      const { gone } = ctx.client!;
      const isBack = mayServe(server, ctx);
      if (!isBack && gone === null && clock.monotonic() < until) return;
      stop();
      if (gone !== null) return reject(gone);
      try {
        if (isBack) ctx.affinity = 'kept';
        if (isBack) ctx.candidates = [server];
        else takeCandidates(ctx, ctx.farm!);
        needCandidates(ctx, `${server.id}, which the client is bound to, was not back within affinity.waitTimeout`);
        resolve(undefined);
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** Looks anew where the request may go, after it has waited: at the servers of its host first, where some of those take work. */
export function takeCandidates(ctx: RequestContext, farm: Farm): void {
  ctx.candidates = farm.candidates();
  const ofHost = ctx.hostRecord?.servers.able(farm, ctx.candidates) ?? NONE;
  if (ofHost.length > 0) ctx.candidates = ofHost;
}

/** @param more what else there is to say of it @throws ProxyError noServer */
export function needCandidates(ctx: RequestContext, more = ''): void {
  if (ctx.candidates.length > 0) return;
  const reason = ctx.farm!.whyNoServer();
  throw new ProxyError('noServer', more === '' ? reason : `${reason}; ${more}`);
}

/** Whether a retry may give the client another server than the one it is bound to. */
export function mayMove({ affinity, farm }: RequestContext): boolean {
  return affinity !== 'kept' || farm!.config.affinity.whenServerGone !== 'refuse';
}
