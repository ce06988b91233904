// Tables in Markdown: they read in a terminal as they are, and go into README.md as they are.
import type { Measured } from '../rows/run-row.ts';
import { type Figure, figureOf, ratio } from './statistics.ts';
import type { ReachedTarget } from './verdict.ts';

const REFERENCES = ['nginx', 'haproxy'];

/** CPU, rate and p99 of each participant, each with its ratio to nginx and to HAProxy. */
export function rowTable(title: string, measured: readonly Measured[]): string {
  const head = ['', 'µs CPU / request', 'spread', '× nginx', '× HAProxy', 'requests/s', '× nginx', '× HAProxy'];
  const body = measured.map((one) => {
    const cpu = figureOf(one, 'cpu');
    return [
      one.label,
      cpu.median.toFixed(1),
      `${cpu.min.toFixed(1)}–${cpu.max.toFixed(1)}`,
      ...ratios(one, measured, 'cpu'),
      figureOf(one, 'rate').median.toFixed(0),
      ...ratios(one, measured, 'rate'),
      (figureOf(one, 'p99').median / 1000).toFixed(2),
      ...ratios(one, measured, 'p99'),
    ];
  });
  return `### ${title}\n\n${table([...head, 'p99 ms', '× nginx', '× HAProxy'], body)}`;
}

export function targetLines(targets: readonly ReachedTarget[]): string {
  return targets
    .map(({ subject, peer, figure, atMost, value, reached }) => {
      const verdict = reached ? 'reached' : 'NOT REACHED';
      return `${verdict}: ${subject} ${figure} is ${value.toFixed(2)} × ${peer}, to be at most ${atMost}\n`;
    })
    .join('');
}

/** The first column is text, the others are numbers. */
export function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...body].map((line) => line[column]!.length)));
  const pad = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!);
  const line = (cells: readonly string[]) => `| ${cells.map(pad).join(' | ')} |\n`;
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return line(head) + line(rule) + body.map(line).join('');
}

function ratios(subject: Measured, all: readonly Measured[], figure: Figure): string[] {
  return REFERENCES.map((name) => {
    const peer = all.find(({ label }) => label === name);
    return peer === undefined ? '' : ratio(subject, peer, figure).toFixed(2);
  });
}
