// Observed and Predictive of BIG-IP (arr.md 12.4): weighted round robin whose ratios follow the number of requests under way. Each worker
// has a round of its own; the ratios are those of the whole process.
import type { Clock } from '../../base/clock.ts';
import type { Balanced } from '../../model/balanced.ts';
import type { LoadBalancingPolicy } from '../../model/extensions.ts';
import type { Server } from '../../model/farm.ts';
import type { BalancerServices } from './balancer-services.ts';
import { ServerMemory } from './server-memory.ts';

/** Milliseconds between two looks at a server. */
const LOOK = 1000;

/** @param before requests under way at the last look; the same as `now` at the first */
export type RatioOf = (now: number, before: number, mean: number) => number;

interface Turns {
  ratio: number;
  credit: number;
  /** Requests under way at the last look; -1: there was none. */
  load: number;
  lookedAt: number;
}

export class DynamicRatio implements LoadBalancingPolicy {
  readonly name: string;
  readonly countsRequests = true;
  readonly #ratioOf: RatioOf;
  readonly #clock: Clock;
  readonly #memory = new ServerMemory<Turns>(() => ({ ratio: 0, credit: 0, load: -1, lookedAt: 0 }));
  #list: readonly Server[] = [];
  #turns: Turns[] = [];
  #total = 0;
  #lookedAt = 0;

  constructor(name: string, ratioOf: RatioOf, { clock }: BalancerServices) {
    this.name = name;
    this.#ratioOf = ratioOf;
    this.#clock = clock;
  }

  pick(candidates: readonly Server[], ctx: Balanced): Server {
    if (candidates.length === 1) return candidates[0]!;
    const now = this.#clock.monotonic();
    if (candidates !== this.#list) {
      this.#turns = this.#memory.of(candidates, this.#list, now);
      this.#list = candidates;
      this.#look(now);
    } else if (now - this.#lookedAt >= LOOK) this.#look(now);
    return candidates[this.#next(ctx.client !== null)]!;
  }

  /** At those that were not looked at within LOOK. */
  #look(now: number): void {
    const loads = Float64Array.from(this.#list, ({ state }) => state.requests);
    const mean = loads.reduce((sum, load) => sum + load, 0) / loads.length;
    for (const [index, turns] of this.#turns.entries()) {
      if (turns.load >= 0 && now - turns.lookedAt < LOOK) continue;
      const load = loads[index]!;
      turns.ratio = this.#ratioOf(load, turns.load < 0 ? load : turns.load, mean);
      turns.load = load;
      turns.lookedAt = now;
    }
    this.#total = this.#turns.reduce((sum, { ratio }) => sum + ratio, 0);
    this.#lookedAt = now;
  }

  /** Smooth weighted round robin (arr.md 6.3). @param takes whether the turn is taken */
  #next(takes: boolean): number {
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < this.#turns.length; index++) {
      const turns = this.#turns[index]!;
      const credit = turns.credit + turns.ratio;
      if (takes) turns.credit = credit;
      if (credit <= most) continue;
      most = credit;
      best = index;
    }
    if (takes) this.#turns[best]!.credit -= this.#total;
    return best;
  }
}

/** Fewer requests under way than the mean: three turns, else two. */
export const observedRatio: RatioOf = (now, _before, mean) => (now < mean ? 3 : 2);

/** Fewer than the mean and not growing, or on the way down: four turns, else one. */
export const predictedRatio: RatioOf = (now, before, mean) => ((now <= mean && now <= before) || now < before ? 4 : 1);
