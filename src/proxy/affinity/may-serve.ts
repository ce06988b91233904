// Whether a server may serve a client that is bound to it.

import type { Balanced } from '../../model/balanced.ts';
import type { Server } from '../../model/farm.ts';
import { Availability } from '../../model/server-state.ts';

/**
 * Inside the servers of the host, where hosts have some. Draining servers keep their clients; unhealthy ones only where the
 * farm disregards health (arr.md 7.2, 8.3, 8.4). An open circuit sends clients to others only where those can serve them.
 */
export function mayServe(server: Server, ctx: Balanced): boolean {
  const { state } = server;
  if (ctx.hostRecord !== null && !ctx.hostRecord.servers.has(server)) return false;
  const isTripped = state.circuitOpen && ctx.farm!.config.affinity.whenServerGone === 'redistribute';
  if (state.healthy && !isTripped && state.availability !== Availability.Inactive) return true;
  return ctx.candidates.includes(server); // last: there may be a thousand
}

/** Whether a retry answered from another server than the one the client was bound to, which was tried first. */
export function wasMoved(ctx: Balanced, server: Server): boolean {
  return ctx.attempts !== null && ctx.attempts.length > 0 && ctx.attempts[0]!.server !== server;
}
