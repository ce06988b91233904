// Fastest of BIG-IP (arr.md 12.4): the server with the fewest requests that it has not answered, and of equal ones the one that
// answered fastest within leastResponseTimePeriod.
import type { Random } from '../../base/random.ts';
import type { LoadBalancingPolicy } from '../../model/extensions.ts';
import type { Server } from '../../model/farm.ts';
import type { BalancerServices } from './balancer-services.ts';
import { indexOfLeast, tieBreaker } from './least-of.ts';
import { Loads } from './loads.ts';
import { ResponseTimes } from './response-times.ts';

/** Longer than any mean, ms: one request more outweighs it. */
const DAY = 86_400_000;

export class Fastest implements LoadBalancingPolicy {
  readonly name = 'Fastest';
  readonly countsRequests = true;
  readonly #ties: Random | null;
  readonly #times: ResponseTimes;
  readonly #loads = new Loads();

  constructor(services: BalancerServices) {
    this.#ties = tieBreaker(services);
    this.#times = new ResponseTimes(services.clock, services.config.leastResponseTimePeriod);
  }

  pick(candidates: readonly Server[]): Server {
    if (candidates.length === 1) return candidates[0]!;
    this.#times.look(candidates);
    this.#loads.look(candidates);
    const scores = this.#loads.allRequests();
    // One that has not answered lately counts as the fastest: so it is found out.
    for (let index = 0; index < scores.length; index++) {
      scores[index] = scores[index]! * DAY + Math.min(Math.max(0, this.#times.mean(index)), DAY - 1);
    }
    return candidates[indexOfLeast(scores, this.#ties)]!;
  }
}
