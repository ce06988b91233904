// The candidate with the lowest score; of equal ones the first, or with randomizeLBTies any of them (arr.md 6.3).
import type { Random } from '../../base/random.ts';

/**
 * Index of the lowest of `scores`, those of the candidates in their order. They come in an array rather than from a function: a call for each of a
 * thousand servers would cost more than all the rest.
 * @param random null: the first of equal ones
 */
export function indexOfLeast(scores: Float64Array, random: Random | null): number {
  let best = 0;
  let lowest = scores[0]!;
  let equals = 1;
  for (let index = 1; index < scores.length; index++) {
    const its = scores[index]!;
    if (its > lowest) continue;
    if (its < lowest) {
      best = index;
      lowest = its;
      equals = 1;
    } else if (random !== null && random.next() * ++equals < 1) {
      best = index; // each of n equal ones with probability 1/n
    }
  }
  return best;
}

/** Chance for ties, where the farm asks for it. */
export function tieBreaker({
  config,
  random,
}: {
  config: { randomizeLBTies: boolean };
  random: Random;
}): Random | null {
  return config.randomizeLBTies ? random : null;
}
