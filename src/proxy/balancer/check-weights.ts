// What `check` says of weights that one cycle of weighted round robin cannot hold exactly (DESIGN 2).
import type { ConfigProblem } from '../../model/config.ts';
import type { FarmConfig } from '../../model/farm-config.ts';
import { largestDeviation } from './smooth-order.ts';

/** A share that is further from its weight than this is worth a word. */
const WORTH_SAYING = 0.01;

/** A warning for each farm whose shares differ from their weights by more than 1 %. */
export function checkWeights(farms: readonly FarmConfig[]): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const farm of farms) {
    const weights = farm.servers.filter((server) => server.enabled).map((server) => server.weight);
    const deviation = weights.length < 2 ? 0 : largestDeviation(weights);
    if (deviation < WORTH_SAYING) continue;
    problems.push({
      path: ['farms', farm.name, 'servers'],
      severity: 'warning',
      message: `the share of a server differs from its weight by up to ${(deviation * 100).toFixed(1)} %`,
      suggestion: 'expected weights whose sum, divided by their greatest common divisor, is at most 4096',
    });
  }
  return problems;
}
