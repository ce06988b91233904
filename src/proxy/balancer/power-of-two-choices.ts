// Two servers at random, and of these the one with less to do: nearly as even as looking at all of them, at a constant cost, and without
// everybody running to the one that is least busy now (Mitzenmacher, The Power of Two Choices in Randomized Load Balancing).
import type { LoadBalancingPolicy } from '../../model/extensions.ts';
import type { Server } from '../../model/farm.ts';
import { weightOf } from '../../model/server-weight.ts';
import type { BalancerServices } from './balancer-services.ts';

export class PowerOfTwoChoices implements LoadBalancingPolicy {
  readonly name = 'PowerOfTwoChoices';
  readonly countsRequests = true;
  readonly #random: BalancerServices['random'];

  constructor({ random }: BalancerServices) {
    this.#random = random;
  }

  pick(candidates: readonly Server[]): Server {
    const { length } = candidates;
    if (length === 1) return candidates[0]!;
    const first = Math.floor(this.#random.next() * length);
    const step = 1 + Math.floor(this.#random.next() * (length - 1));
    const one = candidates[first]!;
    const other = candidates[(first + step) % length]!;
    return loadOf(other) < loadOf(one) ? other : one;
  }
}

/** With the request that would come, for its weight. */
function loadOf(server: Server): number {
  return (server.state.requests + 1) / weightOf(server);
}
