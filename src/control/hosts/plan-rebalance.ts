// Which hosts would move where if they were shared out evenly, with few moves: from the server that has the most to the one that has the least, the
// largest host that makes both more equal, until none does.
import type { HostMove } from '../../model/farm-operations.ts';

export interface PlannedHost {
  host: string;
  servers: readonly string[];
  /** Measured since it was mapped; 0 where nothing is counted. */
  requests: number;
}

/** A server that is available, and what part of the work is due to it compared with the others. */
export interface PlannedServer {
  address: string;
  /** Above 0; the same for all: evenly. */
  part: number;
}

interface Load extends PlannedServer {
  weight: number;
  count: number;
  /** Its hosts, the lightest first. */
  hosts: Weighted[];
}

interface Weighted {
  host: string;
  weight: number;
  from: readonly string[];
  now: string[];
  reason: string;
}

/**
 * A host weighs 1, and as much again by its share of the requests: two servers are even where their hosts and their requests are.
 * @param hosts of equal ones those that come first move first
 */
export function planRebalance(hosts: readonly PlannedHost[], servers: readonly PlannedServer[]): HostMove[] {
  const loads = servers.map((server): Load => ({ ...server, weight: 0, count: 0, hosts: [] }));
  const all = weigh(hosts);
  const byAddress = new Map(loads.map((load) => [load.address, load]));
  for (const each of all) {
    for (const address of each.from) {
      const load = byAddress.get(address);
      if (load === undefined) continue;
      load.weight += each.weight;
      load.count++;
      load.hosts.push(each);
    }
  }
  for (const load of loads) load.hosts.sort((a, b) => a.weight - b.weight);
  while (moveOne(loads));
  return all
    .filter(({ from, now }) => from.some((address, index) => address !== now[index]))
    .map(({ host, from, now, reason }) => ({ host, from: [...from], to: now, reason }));
}

function weigh(hosts: readonly PlannedHost[]): Weighted[] {
  const total = hosts.reduce((sum, { requests }) => sum + requests, 0);
  const mean = total / hosts.length;
  // Reversed: of equal weights the last one is taken first.
  return hosts.toReversed().map(({ host, servers, requests }) => {
    const weight = (1 + (mean > 0 ? requests / mean : 0)) / Math.max(1, servers.length);
    return { host, weight, from: servers, now: [...servers], reason: '' };
  });
}

/** @returns whether something was moved */
function moveOne(loads: readonly Load[]): boolean {
  let most = loads[0];
  let least = loads[0];
  for (const load of loads) {
    if (load.weight / load.part > most!.weight / most!.part) most = load;
    if (load.weight / load.part < least!.weight / least!.part) least = load;
  }
  if (most === least) return false;
  if (moveBetween(most!, least!)) return true;
  const inOrder = loads.toSorted((a, b) => b.weight / b.part - a.weight / a.part);
  return inOrder.some((from) => inOrder.toReversed().some((to) => moveBetween(from, to)));
}

function moveBetween(from: Load, to: Load): boolean {
  // More would make the other one the fuller.
  const most = (from.weight * to.part - to.weight * from.part) / (from.part + to.part);
  const index = most <= 0 ? -1 : heaviest(from.hosts, most, to.address);
  if (index === -1) return false;
  move(from, to, index);
  return true;
}

/** Where the heaviest host of at most `most` stands that is not at `address`; -1 where there is none. */
function heaviest(hosts: readonly Weighted[], most: number, address: string): number {
  let low = 0;
  let high = hosts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (hosts[middle]!.weight <= most + 1e-9) low = middle + 1;
    else high = middle;
  }
  for (let at = low - 1; at >= 0; at--) if (!hosts[at]!.now.includes(address)) return at;
  return -1;
}

function move(from: Load, to: Load, index: number): void {
  const [host] = from.hosts.splice(index, 1) as [Weighted];
  host.reason ||= `${from.address} has ${from.count} host names, ${to.address} has ${to.count}`;
  host.now[host.now.indexOf(from.address)] = to.address;
  from.weight -= host.weight;
  from.count--;
  to.weight += host.weight;
  to.count++;
  // It stays where it is: it is not among the hosts that may move on.
}
