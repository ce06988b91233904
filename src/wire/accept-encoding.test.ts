import { describe, expect, it } from 'vitest';
import { acceptedCodings } from './accept-encoding.ts';

describe('Accept-Encoding', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['identity', []],
    ['gzip', ['gzip']],
    ['gzip, deflate, br, zstd', ['br', 'zstd', 'gzip']],
    ['GZIP;q=1.0, br;q=0.5', ['gzip', 'br']],
    ['br;q=0, *', ['zstd', 'gzip']],
    ['*;q=0', []],
    ['*', ['br', 'zstd', 'gzip']],
    ['x-gzip', ['gzip']],
    ['gzip ; q=0.8 , br; q=0.9', ['br', 'gzip']],
    ['identity;q=1, gzip;q=0.5', []],
    ['identity;q=0.5, gzip;q=0.5', ['gzip']],
    ['gzip;q=2, br;q=x, zstd;level=1', []],
    ['gzip;q=0.0001', []],
  ])('%j asks for %j', (field, expected) => {
    expect(acceptedCodings(field, ['br', 'zstd', 'gzip'])).toEqual(expected);
  });
});
