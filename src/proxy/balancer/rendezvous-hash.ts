// Rendezvous hashing by weight (Thaler and Ravishankar; the weights as Schindelhauer and Schomaker have them): the same server for the same
// input, and when one joins, leaves or has another weight, only its own share moves.
import type { Balanced } from '../../model/balanced.ts';
import type { Server } from '../../model/farm.ts';
import { weightOf } from '../../model/server-weight.ts';
import type { BalancerServices } from './balancer-services.ts';
import type { HashInput } from './hash-input.ts';
import { WeightedRoundRobin } from './weighted-round-robin.ts';

/** Servers of one weight: among them the highest hash wins, so that a logarithm is taken once for each weight. */
interface WeightClass {
  readonly weight: number;
  readonly indexes: Uint32Array;
  readonly hashes: Uint32Array;
}

export class RendezvousHash<C extends Balanced> {
  readonly name = 'RendezvousHash';
  readonly #input: HashInput<C>;
  readonly #withoutInput: WeightedRoundRobin;
  #list: readonly Server[] = [];
  #classes: WeightClass[] = [];

  constructor(services: BalancerServices, input: HashInput<C>) {
    this.#input = input;
    this.#withoutInput = new WeightedRoundRobin(services);
  }

  pick(candidates: readonly Server[], ctx: C): Server {
    if (candidates.length === 1) return candidates[0]!;
    const input = this.#input(ctx);
    if (input === null) return this.#withoutInput.pick(candidates, ctx);
    if (candidates !== this.#list) this.#compile(candidates);
    return candidates[this.#highest(scatter(input))]!;
  }

  #compile(candidates: readonly Server[]): void {
    this.#list = candidates;
    const byWeight = Map.groupBy(candidates.keys(), (index) => weightOf(candidates[index]!));
    this.#classes = [...byWeight].map(([weight, indexes]) => ({
      weight,
      indexes: Uint32Array.from(indexes),
      hashes: Uint32Array.from(indexes, (index) => scatter(candidates[index]!.address)),
    }));
  }

  #highest(input: number): number {
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (const { weight, indexes, hashes } of this.#classes) {
      let top = 0;
      let highest = -1;
      for (let place = 0; place < hashes.length; place++) {
        const hash = finish(input ^ hashes[place]!);
        if (hash <= highest) continue;
        highest = hash;
        top = place;
      }
      // A hash as a number between 0 and 1; its logarithm is negative, and the nearer to 0 the higher the weight.
      const score = Math.log((highest + 0.5) / 2 ** 32) / weight;
      if (score <= most) continue;
      most = score;
      best = indexes[top]!;
    }
    return best;
  }
}

/** FNV-1a over the code units, then mixed. */
function scatter(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return finish(hash);
}

/** The finaliser of MurmurHash3: each bit of the input changes each bit of the hash with probability one half. */
function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
