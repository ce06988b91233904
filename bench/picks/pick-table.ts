// Row `picks` as a table.
import { spread } from '../report/statistics.ts';
import type { PickCost } from './pick-cost.ts';

/** What a pick among 1,000 servers may cost, µs. */
const AT_MOST = 10;

export function pickTable(costs: readonly PickCost[]): string {
  const sizes = [...new Set(costs.map(({ servers }) => servers))];
  const methods = [...new Set(costs.map(({ method }) => method))];
  const lines = methods.map((method) => {
    const medians = sizes.map((size) => {
      const cost = costs.find((each) => each.method === method && each.servers === size)!;
      return spread(cost.samples).median;
    });
    const verdict = medians.at(-1)! <= AT_MOST ? 'reached' : '**not reached**';
    return `| ${method} | ${medians.map((median) => median.toFixed(2)).join(' | ')} | ${verdict} |`;
  });
  const head = `| method | ${sizes.map((size) => `${size} servers`).join(' | ')} | ≤ ${AT_MOST} |`;
  const rule = `| --- | ${sizes.map(() => '---:').join(' | ')} | --- |`;
  return `### A pick, µs CPU\n\n${head}\n${rule}\n${lines.join('\n')}\n`;
}
