// Which hosts would move where if they were shared out evenly, with few moves: from the server that has the most to the one that has the least, the
// host that makes both most equal, until none does.
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

/** With twice the ideal weight two servers of equal part would only change places. */
const WORTH = 1.8;

interface Load extends PlannedServer {
  weight: number;
  /** What it has before anything moves, in words. */
  has: string;
  /** Its hosts, the lightest first. */
  hosts: Weighted[];
}

interface Weighted {
  host: string;
  requests: number;
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
  const loads = servers.map((server): Load => ({ ...server, weight: 0, has: '', hosts: [] }));
  const all = weigh(hosts);
  const byAddress = new Map(loads.map((load) => [load.address, load]));
  for (const each of all) {
    for (const address of each.from) {
      const load = byAddress.get(address);
      if (load === undefined) continue;
      load.weight += each.weight;
      load.hosts.push(each);
    }
  }
  for (const load of loads) {
    load.has = wordsOf(load.hosts);
    load.hosts.sort((a, b) => a.weight - b.weight);
  }
  while (moveOne(loads));
  return all
    .toReversed()
    .filter(({ from, now }) => from.some((address, index) => address !== now[index]))
    .map(({ host, from, now, reason }) => ({ host, from: [...from], to: now, reason }));
}

function weigh(hosts: readonly PlannedHost[]): Weighted[] {
  const total = hosts.reduce((sum, { requests }) => sum + requests, 0);
  const mean = total / hosts.length;
  // Reversed: of equal weights the last one is taken first.
  return hosts.toReversed().map(({ host, servers, requests }) => {
    const weight = (1 + (mean > 0 ? requests / mean : 0)) / Math.max(1, servers.length);
    return { host, requests, weight, from: servers, now: [...servers], reason: '' };
  });
}

/** `9 host names`, with the requests of these where some were counted. */
function wordsOf(hosts: readonly Weighted[]): string {
  const requests = Math.round(hosts.reduce((sum, each) => sum + each.requests / each.from.length, 0));
  const names = `${hosts.length} host ${hosts.length === 1 ? 'name' : 'names'}`;
  return requests > 0 ? `${names} with ${requests} requests` : names;
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
  // What would make both equal.
  const ideal = (from.weight * to.part - to.weight * from.part) / (from.part + to.part);
  const index = ideal <= 0 ? -1 : nearest(from.hosts, ideal, to.address);
  if (index === -1) return false;
  move(from, to, index);
  return true;
}

/** Where the host stands whose weight is nearest to `ideal` and that is not at `address`; -1 where none would make much of a difference. */
function nearest(hosts: readonly Weighted[], ideal: number, address: string): number {
  const above = firstAbove(hosts, ideal + 1e-9);
  const mayMove = (at: number) => !hosts[at]!.now.includes(address);
  let lighter = above - 1;
  while (lighter >= 0 && !mayMove(lighter)) lighter--;
  let heavier = above;
  while (heavier < hosts.length && !mayMove(heavier)) heavier++;
  const isWorth = heavier < hosts.length && hosts[heavier]!.weight <= ideal * WORTH;
  if (!isWorth) return lighter;
  return lighter >= 0 && ideal - hosts[lighter]!.weight <= hosts[heavier]!.weight - ideal ? lighter : heavier;
}

function firstAbove(hosts: readonly Weighted[], weight: number): number {
  let low = 0;
  let high = hosts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (hosts[middle]!.weight <= weight) low = middle + 1;
    else high = middle;
  }
  return low;
}

function move(from: Load, to: Load, index: number): void {
  const [host] = from.hosts.splice(index, 1) as [Weighted];
  host.reason ||= `${from.address} has ${from.has}, ${to.address} has ${to.has}`;
  host.now[host.now.indexOf(from.address)] = to.address;
  from.weight -= host.weight;
  to.weight += host.weight;
  // It stays where it is: it is not among the hosts that may move on.
}
