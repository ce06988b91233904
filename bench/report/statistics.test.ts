import { describe, expect, it } from 'vitest';
import { ratio, spread } from './statistics.ts';

const measured = (...cpu: number[]) => ({
  label: 'x',
  samples: cpu.map((value) => ({ cpu: value, rate: 1, p50: 1, p99: 1 })),
});

describe('statistics', () => {
  it('takes the middle value, or the mean of the two in the middle', () => {
    expect(spread([10, 9, 100])).toEqual({ median: 10, min: 9, max: 100 });
    expect(spread([4, 1, 2, 9])).toEqual({ median: 3, min: 1, max: 9 });
    expect(spread([7])).toEqual({ median: 7, min: 7, max: 7 });
  });

  it('compares within a round, so that a slow round changes no ratio', () => {
    expect(ratio(measured(10, 30, 11), measured(5, 15, 5.5), 'cpu')).toBe(2);
  });
});
