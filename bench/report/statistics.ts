// Medians and ratios of interleaved samples.
import type { Sample } from '../rows/contender.ts';
import type { Measured } from '../rows/run-row.ts';

export type Figure = 'cpu' | 'rate' | 'p99';

export interface Spread {
  median: number;
  min: number;
  max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

export function figureOf(measured: Measured, figure: Figure): Spread {
  return spread(measured.samples.map((sample) => sample[figure]));
}

/** Median over the rounds of subject / peer within one round, so that a slow minute of the machine weighs on both. */
export function ratio(subject: Measured, peer: Measured, figure: Figure): number {
  const pairs: [Sample, Sample][] = subject.samples.map((sample, round) => [sample, peer.samples[round]!]);
  return spread(pairs.map(([one, other]) => one[figure] / other[figure])).median;
}
