// Row `hosts` as a table.
import { spread } from '../report/statistics.ts';
import type { HostCost } from './host-cost.ts';

/** MiB for 100,000 host names, and µs for a request. */
const MOST_MEMORY = 64;
const MOST_TIME = 2;

export function hostTable({ hosts, control, worker, samples }: HostCost): string {
  const mebibytes = (bytes: number) => bytes / 2 ** 20;
  const memory = mebibytes(control + worker);
  const { median, min, max } = spread(samples);
  const verdict = (is: number, most: number) => (is <= most ? 'reached' : '**not reached**');
  const parts = `control thread ${mebibytes(control).toFixed(1)}, one worker ${mebibytes(worker).toFixed(1)}`;
  return `### Host-name affinity, ${hosts} host names

|  | | to reach | |
| --- | ---: | --- | --- |
| MiB (${parts}) | ${memory.toFixed(1)} | ≤ ${MOST_MEMORY} | ${verdict(memory, MOST_MEMORY)} |
| µs CPU / request on a known host | ${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)}) | ≤ ${MOST_TIME} | ${verdict(median, MOST_TIME)} |
`;
}
