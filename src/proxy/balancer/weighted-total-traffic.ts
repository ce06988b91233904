// The server that had the fewest bytes, in both directions, for its weight (arr.md 6.3). One that joins begins where the one with the
// fewest stands: it would get all requests otherwise.
import type { Random } from '../../base/random.ts';
import type { Balanced } from '../../model/balanced.ts';
import type { LoadBalancingPolicy } from '../../model/extensions.ts';
import type { Server } from '../../model/farm.ts';
import { weightOf } from '../../model/server-weight.ts';
import type { BalancerServices } from './balancer-services.ts';
import { indexOfLeast, tieBreaker } from './least-of.ts';
import { MeasuredList } from './measured-list.ts';
import { ServerMemory } from './server-memory.ts';

/** Assumed of a request before any has ended, bytes. */
const FIRST_GUESS = 4096;
/** A server that nobody could pick for so long joins anew, ms. */
const ABSENCE = 1000;

export class WeightedTotalTraffic implements LoadBalancingPolicy {
  readonly name = 'WeightedTotalTraffic';
  readonly #ties: Random | null;
  readonly #traffic: Traffic;

  constructor(services: BalancerServices) {
    this.#ties = tieBreaker(services);
    this.#traffic = new Traffic(services.clock);
  }

  pick(candidates: readonly Server[], ctx: Balanced): Server {
    if (candidates.length === 1) return candidates[0]!;
    this.#traffic.look(candidates);
    const picked = indexOfLeast(this.#traffic.keys, this.#ties);
    if (ctx.client !== null) this.#traffic.expect(picked);
    return candidates[picked]!;
  }
}

/** What counts of a server: `key` is bytes for each unit of weight. */
interface Share {
  key: number;
  /** Bytes of the table that `key` has counted already. */
  counted: number;
  /** When it could last be picked, monotonic ms; -1: never. */
  at: number;
}

/** Keys only grow, by what is new over the weight of the time: another weight holds from then on, and not for what was before. */
class Traffic extends MeasuredList {
  keys = new Float64Array(0);
  readonly #memory = new ServerMemory<Share>(() => ({ key: 0, counted: 0, at: -1 }));
  #shares: Share[] = [];
  #weights = new Float64Array(0);
  #bytes = 0;
  #requests = 0;
  #mean = FIRST_GUESS;

  protected change(next: readonly Server[], now: number): void {
    for (const share of this.#shares) share.at = now;
    this.#shares = this.#memory.of(next, this.list, now);
    this.#weights = Float64Array.from(next, weightOf);
    this.keys = new Float64Array(next.length);
    this.#join(next, now);
    this.#bytes = this.#requests = 0;
    for (const { state } of next) {
      this.#bytes += state.traffic;
      this.#requests += state.responseTimeCount;
    }
  }

  protected read(now: number): void {
    let bytes = 0;
    let requests = 0;
    for (let index = 0; index < this.list.length; index++) {
      const { traffic, responseTimeCount } = this.list[index]!.state;
      bytes += traffic;
      requests += responseTimeCount;
    }
    if (requests > this.#requests) this.#mean = Math.max(1, (bytes - this.#bytes) / (requests - this.#requests));
    this.#bytes = bytes;
    this.#requests = requests;
    for (let index = 0; index < this.list.length; index++) this.#count(index, now);
  }

  /** Until the next reading a request counts as one of the mean size: else all of them would go to one server. */
  expect(index: number): void {
    this.keys[index]! += this.#mean / this.#weights[index]!;
  }

  /** What came since the last reading. Requests under way count as ones of the mean size: long ones would not be seen until they end. */
  #count(index: number, now: number): void {
    const { traffic, underWay } = this.list[index]!.state;
    const share = this.#shares[index]!;
    const weight = this.#weights[index]!;
    share.key += Math.max(0, traffic - share.counted) / weight;
    share.counted = traffic;
    share.at = now;
    this.keys[index] = share.key + (underWay * this.#mean) / weight;
  }

  /** Nobody who joins begins below the others; what a server had before it was known here does not count. */
  #join(next: readonly Server[], now: number): void {
    const staying = this.#shares.filter(({ at }) => at >= 0 && now - at < ABSENCE);
    const lowest = staying.reduce((low, { key }) => Math.min(low, key), Number.POSITIVE_INFINITY);
    const start = Number.isFinite(lowest) ? lowest : 0;
    for (const [index, share] of this.#shares.entries()) {
      if (share.at < 0) share.counted = next[index]!.state.traffic;
      if (share.at < 0 || now - share.at >= ABSENCE) share.key = Math.max(share.key, start);
    }
  }
}
