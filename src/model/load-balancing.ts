// The names of the balancing methods that configurations know by themselves (arr.md 6.2, 12.4); extensions bring further ones.
export const balancingMethods = [
  'WeightedRoundRobin',
  'LeastRequests',
  'LeastResponseTime',
  'WeightedTotalTraffic',
  'RequestHash',
  'Ratio',
  'LeastConnections',
  'Fastest',
  'Observed',
  'Predictive',
  'PowerOfTwoChoices',
  'RendezvousHash',
] as const;

export type BalancingMethod = (typeof balancingMethods)[number];

/** Methods that hash what of a request the configuration names. */
export type HashingMethod = 'RequestHash' | 'RendezvousHash';

export function isHashing(method: BalancingMethod): method is HashingMethod {
  return method === 'RequestHash' || method === 'RendezvousHash';
}

/** The address of the client is all that is hashed: a connection has it too. */
export function hashesAddress({ hashServerVariables }: { hashServerVariables: readonly string[] }): boolean {
  return hashServerVariables.length === 1 && hashServerVariables[0]!.toUpperCase() === 'REMOTE_ADDR';
}

/** To these all servers weigh the same, and none starts slowly. */
export const weightlessMethods: ReadonlySet<string> = new Set<BalancingMethod>([
  'LeastRequests',
  'LeastResponseTime',
  'Fastest',
  'RequestHash',
]);

/** Those that ARR 3.0 accepts and carries out as WeightedRoundRobin (arr.md 6.1). */
export const upgradeOnlyMethods: ReadonlySet<string> = new Set<BalancingMethod>([
  'LeastRequests',
  'LeastResponseTime',
  'WeightedTotalTraffic',
]);

/** Ours, and the setting that makes it what was meant. */
interface Meant {
  readonly method: BalancingMethod;
  readonly setting?: string;
}

const byAddress: Meant = { method: 'RendezvousHash', setting: 'hashServerVariable: REMOTE_ADDR' };
const byName: Meant = { method: 'RendezvousHash', setting: 'hashServerVariable naming what is hashed' };
const byQuery: Meant = { method: 'RequestHash', setting: 'hashServerVariable: QUERY_STRING and queryStringNames' };

/** What other products call them, in lower case without marks between words. */
const FOREIGN_NAMES: ReadonlyMap<string, Meant> = new Map([
  ...alike({ method: 'WeightedRoundRobin' }, 'roundrobin rr wrr staticrr weighted'),
  ...alike({ method: 'LeastConnections' }, 'leastconn leastconnection lc wlc weightedleastconnections'),
  ...alike({ method: 'LeastResponseTime' }, 'leasttime'),
  ...alike({ method: 'PowerOfTwoChoices' }, 'random randomchoose randomtwo randomtwoleastconn p2c'),
  ...alike(byAddress, 'iphash clientiphash source sourceip sourcehash sourceiphash sh hrw'),
  ...alike({ method: 'RequestHash' }, 'uri urihash urlhash'),
  ...alike(byQuery, 'urlparam query'),
  ...alike(byName, 'hash consistenthash ringhash maglev hdr header'),
]);

function alike(meant: Meant, names: string): [string, Meant][] {
  return names.split(' ').map((name) => [name, meant]);
}

/** What of ours another product calls `name`, or somebody writes with marks between its words; undefined where nobody does. */
export function methodCalled(name: string): Meant | undefined {
  // BIG-IP says at the end of a name what it counts: pool members, or nodes.
  const plain = name
    .toLowerCase()
    .replaceAll(/\(.*?\)|[^a-z0-9]/g, '')
    .replace(/(?:member|node)$/, '');
  const method = balancingMethod(plain);
  return method === undefined ? FOREIGN_NAMES.get(plain) : { method };
}

/** The method of this name in its own spelling, whatever its letter case; undefined where it is none of ours. */
export function balancingMethod(name: string): BalancingMethod | undefined {
  return balancingMethods.find((method) => method.toLowerCase() === name.toLowerCase());
}
