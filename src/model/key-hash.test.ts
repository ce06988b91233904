// The hash of clients against the vectors of its authors, and what its users count on.
import { describe, expect, it } from 'vitest';
import { KeyHash } from './key-hash.ts';

const hash = new KeyHash({ high: 0x07060504, low: 0x03020100 });
const hex = ({ high, low }: { high: number; low: number }) => {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32LE(low);
  bytes.writeInt32LE(high, 4);
  return bytes.toString('hex');
};
/** The bytes 0, 1, 2…, two in a character. */
const counted = (bytes: number) => Buffer.from(Array.from({ length: bytes }, (_, at) => at)).toString('utf16le');

describe('HalfSipHash-2-4', () => {
  it.each([
    [0, '218d1f59b9b83cc8'],
    [2, '064f39ef7c50eb57'],
    [4, 'd5e78a175be52ea1'],
    [6, 'ce3e91358aa2bc25'],
    [8, 'edfee820bce4858c'],
    [62, 'f90b3ab572d46693'],
  ])('of %i bytes is that of its authors', (bytes, expected) => {
    expect(hex(hash.begin().end(counted(bytes)))).toBe(expected);
  });

  it('is the same for four bytes as a number', () => {
    expect(hex(hash.begin().addNumber(0x03020100).end())).toBe('d5e78a175be52ea1');
  });

  it('differs for texts, keys, and where a part ends', () => {
    const other = new KeyHash({ high: 0x07060504, low: 0x03020101 });
    const hashes = [
      hex(hash.begin().end('a')),
      hex(hash.begin().end('b')),
      hex(hash.begin().end('ab')),
      hex(hash.begin().addPart('a').end('b')),
      hex(hash.begin().addPart('ab').end()),
      hex(hash.begin().addPart('').end('ab')),
      hex(hash.begin().addPart('abc').end('d')),
      hex(hash.begin().addPart('ab').end('cd')),
      hex(other.begin().end('a')),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hex(hash.begin().end('xxabc', 2))).toBe(hex(hash.begin().end('abc')));
  });
});
