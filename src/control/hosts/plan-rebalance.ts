// Which hosts would move where if they were shared out evenly, with as few moves as that takes.
import type { HostMove } from '../../model/farm-operations.ts';

export interface PlannedHost {
  host: string;
  servers: readonly string[];
  requests: number;
}

/**
 * @param hosts the least recently used first: those move first, since nobody may notice
 * @param servers that are available
 */
export function planRebalance(hosts: readonly PlannedHost[], servers: readonly string[]): HostMove[] {
  if (servers.length === 0) return [];
  const counts = new Map(servers.map((address) => [address, 0]));
  let total = 0;
  for (const { servers: own } of hosts) {
    for (const address of own) counts.set(address, (counts.get(address) ?? 0) + 1);
    total += own.length;
  }
  const available = new Set(servers);
  const most = Math.ceil(total / servers.length);
  return hosts.flatMap(({ host, servers: from }) => {
    const to = from.map((address) => {
      const has = counts.get(address)!;
      if (available.has(address) && has <= most) return address;
      const least = leastOf(servers, from, counts);
      if (least === null || (available.has(address) && counts.get(least)! + 1 >= has)) return address;
      counts.set(address, has - 1);
      counts.set(least, counts.get(least)! + 1);
      return least;
    });
    const moved = from.findIndex((address, index) => address !== to[index]);
    if (moved === -1) return [];
    const address = from[moved]!;
    const why = available.has(address)
      ? `${address} has more than its share of ${most} host names`
      : `${address} takes no new work`;
    return [{ host, from: [...from], to, reason: why }];
  });
}

/** The server with the fewest hosts of those that the host does not have; null where it has all. */
function leastOf(
  servers: readonly string[],
  own: readonly string[],
  counts: ReadonlyMap<string, number>,
): string | null {
  let least: string | null = null;
  for (const address of servers) {
    if (own.includes(address)) continue;
    if (least === null || counts.get(address)! < counts.get(least)!) least = address;
  }
  return least;
}
