// Observed and Predictive of BIG-IP (arr.md 12.4): weighted round robin whose ratios follow the number of requests under way. Each worker
// has a round of its own; the ratios are those of the whole process.
import type { Clock } from '../../base/clock.ts';
import type { LoadBalancingPolicy } from '../../model/extensions.ts';
import type { Server } from '../../model/farm.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { BalancerServices } from './balancer-services.ts';

/** Milliseconds between two looks at the servers. */
const LOOK = 1000;

/** @param before requests under way at the last look; the same as `now` at the first */
export type RatioOf = (now: number, before: number, mean: number) => number;

export class DynamicRatio implements LoadBalancingPolicy {
  readonly name: string;
  readonly countsRequests = true;
  readonly #ratioOf: RatioOf;
  readonly #clock: Clock;
  #list: readonly Server[] = [];
  #ratios = new Float64Array(0);
  #credits = new Float64Array(0);
  #loads = new Float64Array(0);
  #total = 0;
  #lookedAt = 0;

  constructor(name: string, ratioOf: RatioOf, { clock }: BalancerServices) {
    this.name = name;
    this.#ratioOf = ratioOf;
    this.#clock = clock;
  }

  pick(candidates: readonly Server[], ctx: RequestContext): Server {
    const now = this.#clock.monotonic();
    if (candidates !== this.#list) this.#begin(candidates, now);
    else if (now - this.#lookedAt >= LOOK) this.#look(now);
    return candidates[this.#next(ctx.client !== null)]!;
  }

  #begin(candidates: readonly Server[], now: number): void {
    this.#list = candidates;
    this.#ratios = new Float64Array(candidates.length);
    this.#credits = new Float64Array(candidates.length);
    this.#loads = Float64Array.from(candidates, ({ state }) => state.requests);
    this.#look(now);
  }

  #look(now: number): void {
    const loads = Float64Array.from(this.#list, ({ state }) => state.requests);
    const mean = loads.reduce((sum, load) => sum + load, 0) / loads.length;
    for (let index = 0; index < loads.length; index++) {
      this.#ratios[index] = this.#ratioOf(loads[index]!, this.#loads[index]!, mean);
    }
    this.#total = this.#ratios.reduce((sum, ratio) => sum + ratio, 0);
    this.#loads = loads;
    this.#lookedAt = now;
  }

  /** Smooth weighted round robin (arr.md 6.3). @param takes whether the turn is taken */
  #next(takes: boolean): number {
    const ratios = this.#ratios;
    const credits = this.#credits;
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < ratios.length; index++) {
      const credit = credits[index]! + ratios[index]!;
      if (takes) credits[index] = credit;
      if (credit <= most) continue;
      most = credit;
      best = index;
    }
    if (takes) credits[best]! -= this.#total;
    return best;
  }
}

/** Fewer requests under way than the mean: three turns, else two. */
export const observedRatio: RatioOf = (now, _before, mean) => (now < mean ? 3 : 2);

/** Fewer than the mean and not growing, or on the way down: four turns, else one. */
export const predictedRatio: RatioOf = (now, before, mean) => ((now <= mean && now <= before) || now < before ? 4 : 1);
