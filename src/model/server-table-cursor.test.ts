// The shared cursor: one sequence, also where the number behind it starts again.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedCursor } from './server-table-cursor.ts';

describe('shared cursor', () => {
  it('goes on without a jump where it wraps, for any length of cycle', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 40 }), (length, ahead) => {
        const words = new Int32Array(new SharedArrayBuffer(4));
        words[0] = 2 ** 30 - (2 ** 30 % length) - ahead;
        const cursor = new SharedCursor(words, 0);
        let expected = words[0] % length;
        for (let draw = 0; draw < 2 * ahead + 10; draw++) {
          expect(cursor.next(length)).toBe(expected);
          expected = (expected + 1) % length;
        }
        expect(words[0]).toBeLessThan(2 ** 29);
      }),
    );
  });

  it('shows the next position without taking it', () => {
    const cursor = new SharedCursor(new Int32Array(new SharedArrayBuffer(4)), 0);
    cursor.next(3);
    expect([cursor.peek(3), cursor.peek(3), cursor.next(3)]).toEqual([1, 1, 1]);
  });
});
