// The same server for the same input, by CARP (arr.md 6.2, 6.3): when a server leaves only what it had moves, when one joins it takes its
// share from all. Weights count nothing.
import type { Balanced } from '../../model/balanced.ts';
import type { Server } from '../../model/farm.ts';
import type { BalancerServices } from './balancer-services.ts';
import type { HashInput } from './hash-input.ts';
import { hashMember, hashText, mixOnce } from './hash-text.ts';
import { WeightedRoundRobin } from './weighted-round-robin.ts';

export class RequestHash<C extends Balanced> {
  readonly name = 'RequestHash';
  readonly #input: HashInput<C>;
  readonly #withoutInput: WeightedRoundRobin;
  #list: readonly Server[] = [];
  #members = new Uint32Array(0);

  constructor(services: BalancerServices, input: HashInput<C>) {
    this.#input = input;
    this.#withoutInput = new WeightedRoundRobin(services);
  }

  pick(candidates: readonly Server[], ctx: C): Server {
    if (candidates.length === 1) return candidates[0]!;
    const input = this.#input(ctx);
    if (input === null) return this.#withoutInput.pick(candidates, ctx);
    if (candidates !== this.#list) this.#compile(candidates);
    return candidates[highest(hashText(input), this.#members)]!;
  }

  #compile(candidates: readonly Server[]): void {
    this.#list = candidates;
    this.#members = Uint32Array.from(candidates, ({ address }) => hashMember(address));
  }
}

/** Index of the member whose hash, combined with that of the input, is the highest. */
function highest(input: number, members: Uint32Array): number {
  let best = 0;
  let most = -1;
  for (let index = 0; index < members.length; index++) {
    const combined = mixOnce(input ^ members[index]!);
    if (combined <= most) continue;
    most = combined;
    best = index;
  }
  return best;
}
