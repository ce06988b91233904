// Whether a server may serve a client that is bound to it.
import type { Server } from '../../model/farm.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { Availability } from '../../model/server-state.ts';

/**
 * Inside the servers of the host, where hosts have some. Draining servers keep their clients; unhealthy ones, and those with an
 * open circuit, only where the farm disregards that (arr.md 7.2, 8.3, 8.4).
 */
export function mayServe(server: Server, ctx: RequestContext): boolean {
  const { state } = server;
  if (ctx.hostRecord !== null && !ctx.hostRecord.servers.has(server)) return false;
  const isAble = state.healthy && !state.circuitOpen && state.availability !== Availability.Inactive;
  return isAble || ctx.candidates.includes(server);
}

/** Whether a retry answered from another server than the one the client was bound to, which was tried first. */
export function wasMoved(ctx: RequestContext, server: Server): boolean {
  return ctx.attempts !== null && ctx.attempts.length > 0 && ctx.attempts[0]!.server !== server;
}
