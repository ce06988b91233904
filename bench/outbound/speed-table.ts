// Row `outbound` as a table.
import { spread } from '../report/statistics.ts';
import type { BodySpeed } from './body-speed.ts';

/** MiB per second that three tag rules are to reach. */
const AT_LEAST = 40;

export function speedTable(speeds: readonly BodySpeed[]): string {
  const lines = speeds.map(({ name, samples, grown }) => {
    const { median, min, max } = spread(samples);
    const verdict = name === 'three tag rules' ? (median >= AT_LEAST ? 'reached' : '**not reached**') : '';
    return `| ${name} | ${median.toFixed(0)} (${min.toFixed(0)}–${max.toFixed(0)}) | ${grown.toFixed(1)} | ${verdict} |`;
  });
  const head = `| outbound rules, page of 1 MiB | MiB / s of CPU time | grown, MiB | ≥ ${AT_LEAST} |\n| --- | ---: | ---: | --- |`;
  return `### Bodies through outbound rules\n\n${head}\n${lines.join('\n')}\n`;
}
