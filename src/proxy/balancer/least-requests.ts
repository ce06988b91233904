// The server with the fewest requests under way, whatever its weight (arr.md 6.2, "least current request").
import type { Random } from '../../base/random.ts';
import type { LoadBalancingPolicy } from '../../model/extensions.ts';
import type { Server } from '../../model/farm.ts';
import type { BalancerServices } from './balancer-services.ts';
import { indexOfLeast, tieBreaker } from './least-of.ts';
import { Loads } from './loads.ts';

export class LeastRequests implements LoadBalancingPolicy {
  readonly name = 'LeastRequests';
  readonly countsRequests = true;
  readonly #ties: Random | null;
  readonly #loads = new Loads();

  constructor(services: BalancerServices) {
    this.#ties = tieBreaker(services);
  }

  pick(candidates: readonly Server[]): Server {
    if (candidates.length === 1) return candidates[0]!;
    this.#loads.look(candidates);
    return candidates[indexOfLeast(this.#loads.allRequests(), this.#ties)]!;
  }
}
