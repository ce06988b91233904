// Priority groups as BIG-IP has them (arr.md 12.4): servers of the highest group serve alone while enough of them are available;
// below that the next lower group joins them, and leaves again when they are back.
import type { Server } from '../../model/farm.ts';

/**
 * Of `available` those in the groups in use, in their order.
 * @param activation least number of available servers; 0: groups are not looked at
 */
export function groupsInUse<S extends Pick<Server, 'config'>>(
  available: readonly S[],
  activation: number,
): readonly S[] {
  if (activation === 0) return available;
  const lowest = lowestGroupInUse(available, activation);
  const inUse = available.filter((server) => server.config.priorityGroup >= lowest);
  return inUse.length === available.length ? available : inUse;
}

function lowestGroupInUse(available: readonly Pick<Server, 'config'>[], activation: number): number {
  const groups = available.map((server) => server.config.priorityGroup).sort((a, b) => b - a);
  return groups[Math.min(activation, groups.length) - 1] ?? 0;
}
