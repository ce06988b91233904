// The order in which weighted servers take their turns: smooth weighted round robin over one full cycle (arr.md 6.3),
// compiled once, so that a pick is a look-up at the process's cursor.

/** Longest cycle that keeps the weights exact; longer ones are approximated in as many turns. */
export const LONGEST_CYCLE = 4096;

/**
 * Turns of each server in one cycle: the weights divided by their greatest common divisor, or, where the cycle would
 * be too long, shares by largest remainder with at least one turn for each.
 * @param weights whole numbers from 1
 */
export function turnsPerCycle(weights: readonly number[]): number[] {
  const divisor = weights.reduce(greatestCommonDivisor, 0);
  const reduced = weights.map((weight) => weight / divisor);
  return sum(reduced) <= LONGEST_CYCLE ? reduced : approximateTurns(reduced);
}

/** How far the share of a server lies from its weight at worst: 0 is exact, 0.5 half too much or too little. For `check`. */
export function largestDeviation(weights: readonly number[]): number {
  const turns = turnsPerCycle(weights);
  const cycle = sum(turns);
  const total = sum(weights);
  return weights.reduce((worst, weight, index) => {
    const ratio = turns[index]! / cycle / (weight / total);
    return Math.max(worst, Math.abs(ratio - 1));
  }, 0);
}

/**
 * One cycle: each entry is an index into `turns`. At each turn every server gains credit by its turns, the one with
 * most takes the turn and pays the length of the cycle.
 * @param visit indexes of all servers; of equal credits the one visited first wins
 */
export function smoothOrder(turns: readonly number[], visit: readonly number[]): Uint32Array {
  if (turns.every((each) => each === 1)) return Uint32Array.from(visit); // the same, without n² steps
  const cycle = sum(turns);
  const credits = new Float64Array(turns.length);
  const order = new Uint32Array(cycle);
  for (let turn = 0; turn < cycle; turn++) {
    let best = visit[0]!;
    for (const index of visit) {
      credits[index]! += turns[index]!;
      if (credits[index]! > credits[best]!) best = index;
    }
    credits[best]! -= cycle;
    order[turn] = best;
  }
  return order;
}

/** Largest remainder over LONGEST_CYCLE turns; who would get less than one turn gets one, and the others share the rest. */
function approximateTurns(weights: readonly number[]): number[] {
  const turns = new Array<number>(weights.length).fill(1);
  let sharing = weights.map((_, index) => index);
  let left = Math.max(LONGEST_CYCLE, weights.length);
  for (;;) {
    const total = sharing.reduce((running, index) => running + weights[index]!, 0);
    const enough = sharing.filter((index) => (weights[index]! / total) * left >= 1);
    if (enough.length === sharing.length) {
      shareByRemainder(weights, total, sharing, left, turns);
      return turns;
    }
    left -= sharing.length - enough.length;
    sharing = enough;
  }
}

function shareByRemainder(
  weights: readonly number[],
  total: number,
  sharing: readonly number[],
  left: number,
  turns: number[],
): void {
  const quota = (index: number) => (weights[index]! / total) * left;
  for (const index of sharing) turns[index] = Math.floor(quota(index));
  const missing = left - sharing.reduce((running, index) => running + turns[index]!, 0);
  const byRemainder = [...sharing].sort((a, b) => (quota(b) % 1) - (quota(a) % 1) || a - b);
  for (const index of byRemainder.slice(0, missing)) turns[index]! += 1;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [larger, smaller] = [a, b];
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((running, number) => running + number, 0);
}
