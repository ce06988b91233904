// The requests under way at the servers of a list, exact for the process, laid out for a fast look at all of them.
import type { Server } from '../../model/farm.ts';
import { weightOf } from '../../model/server-weight.ts';

export class Loads {
  #list: readonly Server[] = [];
  #words: readonly Int32Array[] = [];
  #indexes = new Int32Array(0);
  #inverseWeights = new Float64Array(0);
  #scores = new Float64Array(0);

  /** To be called at each pick. */
  look(candidates: readonly Server[]): void {
    if (candidates === this.#list) return;
    this.#list = candidates;
    const places = candidates.map(({ state }) => state.requestsWord);
    this.#words = places.map(({ words }) => words);
    this.#indexes = Int32Array.from(places, ({ index }) => index);
    this.#scores = new Float64Array(candidates.length);
    this.#inverseWeights = Float64Array.from(candidates, (server) => 1 / weightOf(server));
  }

  /** A plain read: Atomics.load costs ten times as much, and that a number is some nanoseconds old harms nobody. */
  requests(index: number): number {
    return this.#words[index]![this.#indexes[index]!]!;
  }

  /** With the request that would come, for its weight: of idle servers the one with most weight is first. */
  byWeight(index: number): number {
    return (this.requests(index) + 1) * this.#inverseWeights[index]!;
  }

  /** The requests of all; the array is used again. */
  allRequests(): Float64Array {
    for (let index = 0; index < this.#scores.length; index++) this.#scores[index] = this.requests(index);
    return this.#scores;
  }

  /** byWeight() of all; the array is used again. */
  allByWeight(): Float64Array {
    for (let index = 0; index < this.#scores.length; index++) this.#scores[index] = this.byWeight(index);
    return this.#scores;
  }
}
