// Row `rules` as a table.
import { spread } from '../report/statistics.ts';
import type { RuleCost } from './rule-cost.ts';

/** What 100 rules may cost more than one, µs. */
const AT_MOST = 12;

export function ruleTable(costs: readonly RuleCost[]): string {
  const [first] = costs;
  const one = first === undefined ? 0 : spread(first.samples).median;
  const lines = costs.map(({ name, samples }) => {
    const { median, min, max } = spread(samples);
    const more = median - one;
    const verdict = name.startsWith('100 ') ? (more <= AT_MOST ? 'reached' : '**not reached**') : '';
    return `| ${name} | ${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)}) | ${more.toFixed(2)} | ${verdict} |`;
  });
  const head = `| rules | µs CPU / request | more than one rule | ≤ ${AT_MOST} |\n| --- | ---: | ---: | --- |`;
  return `### Rules alone\n\n${head}\n${lines.join('\n')}\n`;
}
