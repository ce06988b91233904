// The balancing methods by the names that configurations use (arr.md 6.2). The method is chosen once, when a farm is compiled.

import type { LoadBalancingPolicy } from '../../model/extensions.ts';
import type { LoadBalancingConfig } from '../../model/farm-config.ts';
import type { FarmCursors } from '../../model/server-table.ts';
import { WeightedRoundRobin } from './weighted-round-robin.ts';

/** What a method may use beside the candidates and the request. */
export interface BalancerServices {
  readonly cursors: FarmCursors;
  /** Orders ties where randomizeLBTies asks for it, the same number in every worker; null: configuration order. */
  readonly tieSeed: number | null;
}

type BalancerFactory = (services: BalancerServices) => LoadBalancingPolicy;

const factories: ReadonlyMap<string, BalancerFactory> = new Map<string, BalancerFactory>([
  ['WeightedRoundRobin', (services) => new WeightedRoundRobin(services)],
]);

/**
 * The method that `config` names; a name without a method of its own is balanced by WeightedRoundRobin, which `check`
 * says and which is what ARR 3.0 does with three of its names (arr.md 6.1).
 * @param seed the same number in every worker of the process
 */
export function createBalancer(config: LoadBalancingConfig, cursors: FarmCursors, seed: number): LoadBalancingPolicy {
  const create = factories.get(config.algorithm) ?? factories.get('WeightedRoundRobin')!;
  return create({ cursors, tieSeed: config.randomizeLBTies ? seed : null });
}
