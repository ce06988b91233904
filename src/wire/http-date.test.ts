import { describe, expect, it } from 'vitest';
import { formatHttpDate, parseHttpDate } from './http-date.ts';

const NOW = Date.UTC(2026, 10, 25);
const THEN = Date.UTC(1994, 10, 6, 8, 49, 37);

describe('dates of HTTP', () => {
  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'are read in the form %s',
    (text) => {
      expect(parseHttpDate(text, NOW)).toBe(THEN);
    },
  );

  it('are written in the first form', () => {
    expect(formatHttpDate(THEN)).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
  });

  it('with two digits are of the last hundred years, or of the next fifty', () => {
    expect(parseHttpDate('Sunday, 06-Nov-76 08:49:37 GMT', NOW)).toBe(Date.UTC(2076, 10, 6, 8, 49, 37));
    expect(parseHttpDate('Sunday, 06-Nov-77 08:49:37 GMT', NOW)).toBe(Date.UTC(1977, 10, 6, 8, 49, 37));
  });

  it.each([
    '',
    '0',
    'yesterday',
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994 08:49:37 +0100',
    'Sun, 06 Foo 1994 08:49:37 GMT',
  ])('%j is none', (text) => {
    expect(parseHttpDate(text, NOW)).toBeNull();
  });
});
