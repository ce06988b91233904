// The server that answered fastest on average within leastResponseTimePeriod; one that has not answered in that time is tried once, to
// be measured (arr.md 6.3).
import type { Random } from '../../base/random.ts';
import type { Balanced } from '../../model/balanced.ts';
import type { LoadBalancingPolicy } from '../../model/extensions.ts';
import type { Server } from '../../model/farm.ts';
import type { BalancerServices } from './balancer-services.ts';
import { indexOfLeast, tieBreaker } from './least-of.ts';
import { ResponseTimes } from './response-times.ts';

export class LeastResponseTime implements LoadBalancingPolicy {
  readonly name = 'LeastResponseTime';
  /** A server with a request of another worker under way is being measured. */
  readonly countsRequests = true;
  readonly #ties: Random | null;
  readonly #times: ResponseTimes;

  constructor(services: BalancerServices) {
    this.#ties = tieBreaker(services);
    this.#times = new ResponseTimes(services.clock, services.config.leastResponseTimePeriod);
  }

  pick(candidates: readonly Server[], ctx: Balanced): Server {
    if (candidates.length === 1) return candidates[0]!;
    this.#times.look(candidates);
    const untried = this.#times.hasUntried
      ? candidates.findIndex(({ state }, index) => this.#times.isToBeTried(index) && state.requests === 0)
      : -1;
    if (untried === -1) return candidates[indexOfLeast(this.#times.scores, this.#ties)]!;
    if (ctx.client !== null) this.#times.noteTry(untried);
    return candidates[untried]!;
  }
}
