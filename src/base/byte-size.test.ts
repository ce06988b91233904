import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatByteSize, parseByteSize } from './byte-size.ts';

describe('sizes', () => {
  it.each([
    ['64KB', 65_536],
    ['4MB', 4_194_304],
    ['1GB', 1_073_741_824],
    ['1.5kb', 1536],
    ['12 B', 12],
    ['512', 512],
    [512, 512],
    [0, 0],
  ])('%s is %d bytes', (written, bytes) => {
    expect(parseByteSize(written)).toBe(bytes);
  });

  it.each(['', 'KB', '-1', '1TB', '1.3B', '9007199254740993GB', 'NaN'])('"%s" is none', (written) => {
    expect(parseByteSize(written)).toBeNull();
  });

  it('a bare number counts in the unit of its setting, a number with a unit does not', () => {
    expect([parseByteSize(256, 1024), parseByteSize('256', 1024), parseByteSize('256B', 1024)]).toEqual([
      262_144, 262_144, 256,
    ]);
  });

  it('what is written is read back as the same', () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (bytes) => parseByteSize(formatByteSize(bytes)) === bytes),
    );
  });
});
