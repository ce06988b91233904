import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchWildcard } from './match-wildcard.ts';

describe('a wildcard of httpRedirect', () => {
  it.each([
    ['*', '/a/b', ['/a/b', '/a/b']],
    ['*.asp', '/A/b.ASP', ['/A/b.ASP', '/A/b']],
    ['/old/*/x*', '/old/a/b/xy', ['/old/a/b/xy', 'a/b', 'y']],
    ['/a', '/A', ['/A']],
    ['/a*a', '/a', null],
    ['/a', '/a/', null],
    ['*a*', 'bcb', null],
    ['(.*)', 'x', null],
  ])('%s and %s give %j', (wildcard, text, groups) => {
    expect(matchWildcard(wildcard, text)).toEqual(groups);
  });

  it('matches what is put together from its pieces, and gives back the text', () => {
    const text = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(
        fc.array(
          text.filter((piece) => !piece.includes('*')),
          { minLength: 1, maxLength: 5 },
        ),
        text,
        (pieces, between) => {
          const subject = pieces.join(between);
          const groups = matchWildcard(pieces.join('*'), subject);
          expect(groups).not.toBeNull();
          expect(groups![0]).toBe(subject);
          expect(groups).toHaveLength(pieces.length);
        },
      ),
    );
  });

  it('does not run away', () => {
    const started = performance.now();
    expect(matchWildcard(`${'*a'.repeat(500)}b`, 'a'.repeat(16_000))).toBeNull();
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
