// The names of the balancing methods that configurations know by themselves (arr.md 6.2); extensions bring further ones.

export const balancingMethods = [
  'WeightedRoundRobin',
  'LeastRequests',
  'LeastResponseTime',
  'WeightedTotalTraffic',
  'RequestHash',
] as const;

/** The method of this name in its own spelling, whatever its letter case; undefined where it is none of ours. */
export function balancingMethod(name: string): (typeof balancingMethods)[number] | undefined {
  return balancingMethods.find((method) => method.toLowerCase() === name.toLowerCase());
}
