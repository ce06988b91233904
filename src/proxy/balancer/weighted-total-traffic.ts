// The server that had the fewest bytes, in both directions, for its weight (arr.md 6.3). One that joins begins where the one with the
// fewest stands: it would get all requests otherwise.
import type { Random } from '../../base/random.ts';
import type { LoadBalancingPolicy } from '../../model/extensions.ts';
import type { Server } from '../../model/farm.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { weightOf } from '../../model/server-weight.ts';
import type { BalancerServices } from './balancer-services.ts';
import { indexOfLeast, tieBreaker } from './least-of.ts';
import { MeasuredList } from './measured-list.ts';

/** Assumed of a request before any has ended, bytes. */
const FIRST_GUESS = 4096;

export class WeightedTotalTraffic implements LoadBalancingPolicy {
  readonly name = 'WeightedTotalTraffic';
  readonly #ties: Random | null;
  readonly #traffic: Traffic;

  constructor(services: BalancerServices) {
    this.#ties = tieBreaker(services);
    this.#traffic = new Traffic(services.clock);
  }

  pick(candidates: readonly Server[], ctx: RequestContext): Server {
    this.#traffic.look(candidates);
    const picked = indexOfLeast(this.#traffic.keys, this.#ties);
    if (ctx.client !== null) this.#traffic.expect(picked);
    return candidates[picked]!;
  }
}

class Traffic extends MeasuredList {
  /** Bytes for each unit of weight, since the server joined. */
  keys = new Float64Array(0);
  /** Bytes that count less than what the table says: what a server had before it joined. */
  #handicaps = new Float64Array(0);
  #weights = new Float64Array(0);
  #bytes = 0;
  #requests = 0;
  #mean = FIRST_GUESS;

  protected change(next: readonly Server[]): void {
    const before = new Map(this.list.map(({ id }, index) => [id, index]));
    const joined = next.filter(({ id }) => !before.has(id));
    const staying = next.filter(({ id }) => before.has(id));
    const lowest = staying.reduce((low, server) => Math.min(low, this.keys[before.get(server.id)!]!), Infinity);
    const start = Number.isFinite(lowest) ? lowest : 0;
    const weights = Float64Array.from(next, weightOf);
    const handicaps = Float64Array.from(next, (server, index) => {
      const known = before.get(server.id);
      return known === undefined ? server.state.traffic - start * weights[index]! : this.#handicaps[known]!;
    });
    // Nobody has joined the others where all are new: then what they had since the router started counts.
    if (staying.length === 0 && joined.length === next.length && this.list.length === 0) handicaps.fill(0);
    this.keys = new Float64Array(next.length);
    this.#handicaps = handicaps;
    this.#weights = weights;
  }

  protected read(): void {
    let bytes = 0;
    let requests = 0;
    for (let index = 0; index < this.list.length; index++) {
      const { state } = this.list[index]!;
      const { traffic } = state;
      bytes += traffic;
      requests += state.responseTimeCount;
      this.keys[index] = (traffic - this.#handicaps[index]!) / this.#weights[index]!;
    }
    if (requests > this.#requests) this.#mean = Math.max(1, (bytes - this.#bytes) / (requests - this.#requests));
    this.#bytes = bytes;
    this.#requests = requests;
  }

  /** Until the next reading a request counts as one of the mean size: else all of them would go to one server. */
  expect(index: number): void {
    this.keys[index]! += this.#mean / this.#weights[index]!;
  }
}
