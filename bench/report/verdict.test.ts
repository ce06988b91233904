import { describe, expect, it } from 'vitest';
import { rows } from '../rows/row.ts';
import { judge, whyVoid } from './verdict.ts';

const measured = (label: string, cpu: number) => ({ label, samples: [{ cpu, rate: 1, p50: 1, p99: 1 }] });

describe('whyVoid', () => {
  const run = (nginx: number, haproxy: number) =>
    whyVoid(new Map([['small', [measured('nginx', nginx), measured('haproxy', haproxy)]]]));

  it('lets a run count whose nginx costs 0.75 to 1.1 of HAProxy', () => {
    expect(run(75, 100)).toBeNull();
    expect(run(110, 100)).toBeNull();
  });

  it('calls a run void outside of that, and says the ratio', () => {
    expect(run(74, 100)).toContain('0.74');
    expect(run(111, 100)).toContain('1.11');
  });

  it('does not judge a run without that row, or without one of the two', () => {
    expect(whyVoid(new Map())).toBeNull();
    expect(whyVoid(new Map([['small', [measured('nginx', 1)]]]))).toBeNull();
  });
});

describe('judge', () => {
  const small = rows.find(({ name }) => name === 'small')!;

  it('says of each target whether it was reached, and skips those whose peer is missing', () => {
    const verdicts = judge(small, [measured('narrows', 13), measured('nginx', 10), measured('haproxy', 10)]);
    expect(verdicts.map(({ peer, value, reached }) => [peer, value, reached])).toEqual([
      ['nginx', 1.3, true],
      ['haproxy', 1.3, false],
    ]);
  });

  it('reads "four times cheaper" as a quarter of the cost', () => {
    expect(judge(small, [measured('narrows', 25), measured('caddy', 100)])[0]!.reached).toBe(true);
    expect(judge(small, [measured('narrows', 26), measured('caddy', 100)])[0]!.reached).toBe(false);
  });
});
