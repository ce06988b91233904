// The server with the fewest requests under way for its weight: BIG-IP's Weighted Least Connections, `least_conn` of nginx. What
// counts is a connection in use, which here is a request: idle ones are kept for whoever comes next.
import type { Random } from '../../base/random.ts';
import type { LoadBalancingPolicy } from '../../model/extensions.ts';
import type { Server } from '../../model/farm.ts';
import type { BalancerServices } from './balancer-services.ts';
import { indexOfLeast, tieBreaker } from './least-of.ts';
import { Loads } from './loads.ts';

export class LeastConnections implements LoadBalancingPolicy {
  readonly name = 'LeastConnections';
  readonly countsRequests = true;
  readonly #ties: Random | null;
  readonly #loads = new Loads();

  constructor(services: BalancerServices) {
    this.#ties = tieBreaker(services);
  }

  pick(candidates: readonly Server[]): Server {
    if (candidates.length === 1) return candidates[0]!;
    this.#loads.look(candidates);
    return candidates[indexOfLeast(this.#loads.allByWeight(), this.#ties)]!;
  }
}
