// Whether a run counts, and which figures were reached.
import type { Row, Target } from '../rows/row.ts';
import type { Measured } from '../rows/run-row.ts';
import { ratio } from './statistics.ts';

/** The row whose nginx/HAProxy ratio shows whether the machine was itself, and the bounds of that ratio. */
const JUDGED_ROW = 'small';
const SANE_RATIO = { from: 0.75, to: 1.1 };

export interface ReachedTarget extends Target {
  reached: boolean;
  value: number;
}

/** Why the run is void; null when it counts, or when the row that would tell was not run. */
export function whyVoid(results: ReadonlyMap<string, readonly Measured[]>): string | null {
  const row = results.get(JUDGED_ROW) ?? [];
  const nginx = row.find(({ label }) => label === 'nginx');
  const haproxy = row.find(({ label }) => label === 'haproxy');
  if (nginx === undefined || haproxy === undefined) return null;
  const value = ratio(nginx, haproxy, 'cpu');
  if (value >= SANE_RATIO.from && value <= SANE_RATIO.to) return null;
  return `nginx/HAProxy is ${value.toFixed(2)} in row ${JUDGED_ROW}, outside ${SANE_RATIO.from}–${SANE_RATIO.to}`;
}

/** The targets of a row whose two sides were both measured. */
export function judge(row: Pick<Row, 'targets'>, measured: readonly Measured[]): ReachedTarget[] {
  return row.targets.flatMap((target) => {
    const subject = measured.find(({ label }) => label === target.subject);
    const peer = measured.find(({ label }) => label === target.peer);
    if (subject === undefined || peer === undefined) return [];
    const value = ratio(subject, peer, target.figure);
    return [{ ...target, value, reached: value <= target.atMost }];
  });
}
