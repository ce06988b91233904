// Failures within a sliding period.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FailureWindow } from './failure-window.ts';

describe('failure window', () => {
  it('forgets what is older than its period', () => {
    const window = new FailureWindow(6000);
    expect([window.add(0), window.add(3000), window.add(5800), window.add(6000)]).toEqual([1, 2, 3, 3]);
    expect(window.add(1_000_000)).toBe(1);
  });

  it('counts nothing once it was cleared', () => {
    const window = new FailureWindow(6000);
    window.add(10);
    window.clear();
    expect(window.add(20)).toBe(1);
  });

  it('counts every failure of the period but for one step of it, and none before', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(gaps, (steps) => {
        const window = new FailureWindow(6000);
        const times: number[] = [];
        let now = 0;
        for (const step of steps) {
          times.push((now += step));
          const counted = window.add(now);
          const within = (age: number) => times.filter((time) => now - time < age).length;
          expect(counted).toBeLessThanOrEqual(within(6000));
          expect(counted).toBeGreaterThanOrEqual(within(6000 - 6000 / 60));
        }
      }),
    );
  });
});
