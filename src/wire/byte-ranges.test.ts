import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRanges } from './byte-ranges.ts';

describe('the Range field', () => {
  it.each([
    ['bytes=0-0', [[0, 1]]],
    ['bytes=0-', [[0, 10]]],
    ['bytes=2-4', [[2, 5]]],
    ['BYTES=2-400', [[2, 10]]],
    ['bytes=-3', [[7, 10]]],
    ['bytes=-30', [[0, 10]]],
    [
      'bytes=0-1, 4-5 ,,-1',
      [
        [0, 2],
        [4, 6],
        [9, 10],
      ],
    ],
    ['bytes=20-30,9-9', [[9, 10]]],
    ['bytes=0-99999999999999999999999', [[0, 10]]],
  ])('%s of ten bytes asks for %j', (field, expected) => {
    expect(parseRanges(field, 10)).toEqual(expected.map(([start, end]) => ({ start, end })));
  });

  it.each(['bytes=10-', 'bytes=10-20', 'bytes=-0', 'bytes=11-12,99-'])(
    '%s of ten bytes cannot be satisfied',
    (field) => {
      expect(parseRanges(field, 10)).toBe('unsatisfiable');
    },
  );

  it.each([
    'bytes=',
    'bytes',
    'lines=0-1',
    'bytes=5-2',
    'bytes=a-b',
    'bytes=-',
    'bytes=1-2-3',
    'bytes=0x1-2',
    'bytes=,',
    'bytes 0-1',
  ])('%s is not looked at', (field) => {
    expect(parseRanges(field, 10)).toBeNull();
  });

  it('that asks for the same bytes over and over is not looked at', () => {
    expect(parseRanges('bytes=0-,0-', 10)).toBeNull();
    expect(parseRanges(`bytes=${'0-0,'.repeat(200)}`, 100_000)).toBeNull();
  });

  it('of nothing has no satisfiable range', () => {
    for (const field of ['bytes=0-', 'bytes=0-0', 'bytes=-5']) expect(parseRanges(field, 0)).toBe('unsatisfiable');
  });

  it('never yields a range outside the representation, an empty one, or more bytes than it has', () => {
    const part = fc.oneof(fc.nat(30).map(String), fc.constant(''), fc.constant('99999999999999999999'));
    const spec = fc.tuple(part, part).map(([first, last]) => `${first}-${last}`);
    fc.assert(
      fc.property(fc.array(spec, { maxLength: 40 }), fc.nat(25), (specs, size) => {
        const ranges = parseRanges(`bytes=${specs.join(',')}`, size);
        if (ranges === null || ranges === 'unsatisfiable') return;
        expect(ranges.length).toBeGreaterThan(0);
        for (const { start, end } of ranges) expect(0 <= start && start < end && end <= size).toBe(true);
        expect(ranges.reduce((sum, { start, end }) => sum + end - start, 0)).toBeLessThanOrEqual(size);
      }),
    );
  });

  it('of one range means what the RFC says', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), fc.integer({ min: 1, max: 30 }), (first, length, size) => {
        const bytes = Array.from({ length: size }, (_, at) => at);
        const expected = bytes.filter((at) => at >= first && at <= first + length);
        const found = parseRanges(`bytes=${first}-${first + length}`, size);
        const got = found === 'unsatisfiable' ? [] : bytes.slice(found![0]!.start, found![0]!.end);
        expect(got).toEqual(expected);
      }),
    );
  });
});
