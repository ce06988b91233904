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

/** What other products call them, in lower case without marks between words. */
const FOREIGN_NAMES: Readonly<Record<string, BalancingMethod>> = {
  roundrobin: 'WeightedRoundRobin',
  rr: 'WeightedRoundRobin',
  wrr: 'WeightedRoundRobin',
  weighted: 'WeightedRoundRobin',
  leastconn: 'LeastConnections',
  leastconnection: 'LeastConnections',
  leasttime: 'LeastResponseTime',
  iphash: 'RendezvousHash',
  source: 'RendezvousHash',
  sourceip: 'RendezvousHash',
  uri: 'RequestHash',
  urihash: 'RequestHash',
  hash: 'RendezvousHash',
  consistenthash: 'RendezvousHash',
  random: 'PowerOfTwoChoices',
  p2c: 'PowerOfTwoChoices',
};

/** Our method for what another product calls `name`; undefined where nobody does. */
export function methodCalled(name: string): BalancingMethod | undefined {
  return FOREIGN_NAMES[name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')];
}

/** The method of this name in its own spelling, whatever its letter case; undefined where it is none of ours. */
export function balancingMethod(name: string): BalancingMethod | undefined {
  return balancingMethods.find((method) => method.toLowerCase() === name.toLowerCase());
}
