// Where a request that waits for a place may go when its turn comes: servers may have been stopped, or found unhealthy, meanwhile.
import type { Farm, Server } from '../../model/farm.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { Availability } from '../../model/server-state.ts';
import { mayServe } from '../affinity/may-serve.ts';
import { takeCandidates } from '../affinity/when-server-gone.ts';

const NONE: readonly Server[] = [];

/**
 * @param held the server that the client's connection is pinned to; null for none
 * @returns what sets ctx.candidates anew, and returns them
 */
export function candidatesNow(ctx: RequestContext, farm: Farm, held: Server | null): () => readonly Server[] {
  const narrowed = ctx.candidates;
  const bound = ctx.affinity === 'kept' ? (narrowed[0] ?? null) : null;
  const ofPin = held === null ? NONE : [held];
  return () => {
    if (held !== null && held.state.availability !== Availability.Inactive) return ofPin;
    ctx.candidates = farm.candidates(); // mayServe() looks there
    if (bound !== null && ctx.affinity === 'kept') {
      if (mayServe(bound, ctx)) ctx.candidates = narrowed;
      // It waits for its own server, at most queue.timeout.
      else if (farm.config.affinity.whenServerGone !== 'redistribute') ctx.candidates = NONE;
      else ctx.affinity = 'gone'; // it is bound anew
      if (ctx.affinity === 'kept') return ctx.candidates;
    }
    takeCandidates(ctx, farm);
    return ctx.candidates;
  };
}
