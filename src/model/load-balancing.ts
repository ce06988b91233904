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

/** Those that ARR 3.0 accepts and carries out as WeightedRoundRobin (arr.md 6.1). */
export const upgradeOnlyMethods: ReadonlySet<string> = new Set<BalancingMethod>([
  'LeastRequests',
  'LeastResponseTime',
  'WeightedTotalTraffic',
]);

/** The method of this name in its own spelling, whatever its letter case; undefined where it is none of ours. */
export function balancingMethod(name: string): BalancingMethod | undefined {
  return balancingMethods.find((method) => method.toLowerCase() === name.toLowerCase());
}
