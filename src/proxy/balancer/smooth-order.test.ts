// The cycle that weighted round robin runs through: exact shares, taken smoothly.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_CYCLE, largestDeviation, smoothOrder, turnsPerCycle } from './smooth-order.ts';

const inOrder = (turns: readonly number[]) => turns.map((_, index) => index);
const anyWeights = fc.array(fc.integer({ min: 1, max: 4_294_967_295 }), { minLength: 1, maxLength: 20 });

describe('turns per cycle', () => {
  it('divides the weights by their greatest common divisor', () => {
    expect(turnsPerCycle([100, 100, 50])).toEqual([2, 2, 1]);
    expect(turnsPerCycle([100, 100, 100])).toEqual([1, 1, 1]);
    expect(turnsPerCycle([7])).toEqual([1]);
  });

  it('is exact up to the longest cycle and gives every server a turn beyond it', () => {
    expect(turnsPerCycle([1, LONGEST_CYCLE - 1])).toEqual([1, LONGEST_CYCLE - 1]);
    expect(turnsPerCycle([1, 1_000_000, 1_000_000])).toEqual([1, 2048, 2047]);
    expect(turnsPerCycle([1, 4_294_967_295])).toEqual([1, LONGEST_CYCLE - 1]);
  });

  it('keeps the length and one turn for each, whatever the weights', () => {
    fc.assert(
      fc.property(anyWeights, (weights) => {
        const turns = turnsPerCycle(weights);
        const cycle = turns.reduce((total, count) => total + count, 0);
        expect(cycle).toBeLessThanOrEqual(LONGEST_CYCLE);
        expect(Math.min(...turns)).toBeGreaterThanOrEqual(1);
        expect(turns.every(Number.isInteger)).toBe(true);
      }),
    );
  });

  it('has more servers than the longest cycle take one turn each', () => {
    const weights = Array.from({ length: LONGEST_CYCLE + 1 }, (_, index) => index + 1);
    expect(new Set(turnsPerCycle(weights))).toEqual(new Set([1]));
  });
});

describe('largest deviation', () => {
  it('is zero where the cycle is exact, and says how far it is off elsewhere', () => {
    expect(largestDeviation([100, 50])).toBeCloseTo(0, 12);
    expect(largestDeviation([1, 8191])).toBeCloseTo(1, 3);
  });
});

describe('smooth order', () => {
  it('spreads the turns of a heavy server between the others', () => {
    expect([...smoothOrder([5, 1, 1], [0, 1, 2])]).toEqual([0, 0, 1, 0, 2, 0, 0]);
  });

  it('gives ties to the server visited first', () => {
    expect([...smoothOrder([1, 1, 1], [2, 0, 1])]).toEqual([2, 0, 1]);
  });

  it('gives each server exactly its turns, and in any stretch nearly its share', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }), (weights) => {
        const turns = turnsPerCycle(weights);
        const order = smoothOrder(turns, inOrder(turns));
        const seen = turns.map(() => 0);
        order.forEach((index, turn) => {
          seen[index]! += 1;
          turns.forEach((count, server) => {
            const fair = (count * (turn + 1)) / order.length;
            expect(Math.abs(seen[server]! - fair)).toBeLessThan(turns.length);
          });
        });
        expect(seen).toEqual(turns);
      }),
    );
  });
});
