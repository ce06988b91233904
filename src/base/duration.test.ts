import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

describe('durations', () => {
  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['20m', 1_200_000],
    ['1h', 3_600_000],
    ['2d', 172_800_000],
    ['1.5s', 1500],
    ['30 S', 30_000],
    ['00:00:30', 30_000],
    ['01:02:03.5', 3_723_500],
    ['1.00:00:00', 86_400_000],
    ['15', 15_000],
    [15, 15_000],
    [0.25, 250],
    [0, 0],
  ])('%s is %d ms', (written, ms) => {
    expect(parseDuration(written)).toBe(ms);
  });

  it.each(['', 's', '3x', '-3s', '1h30m', '24:00:00', '00:60:00', '00:00:60', '1:2', '1e3', 'Infinity', '30s later'])(
    '"%s" is none',
    (written) => {
      expect(parseDuration(written)).toBeNull();
    },
  );

  it('a number that counts no time is none', () => {
    expect([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e300].map((written) => parseDuration(written))).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it('what is written is read back as the same', () => {
    fc.assert(fc.property(fc.nat({ max: 10 ** 12 }), (ms) => parseDuration(formatDuration(ms)) === ms));
  });

  it('is written with the largest unit that divides it', () => {
    expect([0, 250, 90_000, 120_000, 86_400_000].map(formatDuration)).toEqual(['0', '250ms', '90s', '2m', '1d']);
  });
});
