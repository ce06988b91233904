import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askRecheck } from './ask-recheck.ts';
import { growthOf } from './growth.ts';
import { parsePattern } from './parse-pattern.ts';

function degreeOf(text: string, ignoreCase = true): number | null {
  const tree = parsePattern(text, ignoreCase);
  return tree === null ? null : (growthOf(tree)?.degree ?? null);
}

describe('the growth of a pattern', () => {
  it.each([
    ['^$', 0],
    ['^shop/(.*)$', 1],
    ['^([^/]+)/([^/]+)/?$', 1],
    ['\\.(?:css|js)$', 1],
    ['^(?!.*\\.css$)(.*)$', 1],
    ['^(?!api/|js/)[a-z0-9-]+$', 1],
    ['^(?:[^/]+/)*[^/]+\\.php$', 2],
    ['^(.*)/old/(.*)$', 2],
    ['(.*)x', 2],
    ['^(?!x)(.*)-(.*)-(.*)$', 3],
    ['^(?:[a-z]{1,63}\\.)+com$', 1],
    ['^[^/]*(?!.*x)/', 2],
    ['^a*a*a*b', 3],
    ['^(?:a|b)+$', 1],
    ['^"(?:[^"\\\\]|\\\\.)*"$', 1],
    ['^(a)\\1b$', 1],
  ])('%s: n to the power of %s', (text, degree) => {
    expect(degreeOf(text)).toBe(degree);
  });

  it.each(['^(a+)+$', '^(?=a)(a+)+$', '^(a|a)*$', '^(a|ab)*c$', '^(\\w+\\s?)*$', '^(?:a?b?)*c', '^(a*)*$', '(?<=a+)b'])(
    '%s: no bound',
    (text) => {
      expect(degreeOf(text)).toBeNull();
    },
  );

  /** Whether some text can be matched by both: then their two repetitions compete for it. */
  const compete = (one: string, other: string, ignoreCase = true) => degreeOf(`^${one}*${other}+!`, ignoreCase) === 2;

  it('minds letter case where it counts', () => {
    expect(compete('a', 'A', false)).toBe(false);
    expect(compete('a', 'A')).toBe(true);
    expect(compete('[^a]', 'A')).toBe(false);
    expect(compete('é', 'É')).toBe(true);
    expect(compete('[^é]', 'É')).toBe(true); // they do not, but nothing here knows that
    expect(compete('k', '\\u212a')).toBe(false); // KELVIN SIGN: only with flag u
  });

  it('reads classes, escapes and counts as JavaScript does', () => {
    expect(compete('[\\d-x]', '[-]')).toBe(true);
    expect(compete('[+--]', ',')).toBe(true);
    expect(compete('[^\\W_]', '_')).toBe(false);
    expect(compete('\\x61', '\\u0061')).toBe(true);
    expect(compete('\\t', '\\cI')).toBe(true);
    expect(compete('\\s', '\\xa0')).toBe(true);
    expect(compete('[\\b]', '\\x08')).toBe(true);
    expect(compete('\\c1', '1')).toBe(true); // \c before no letter is a backslash and a c
    expect(compete('.', '\\n')).toBe(false);
    expect(compete('{', '\\{')).toBe(true);
    expect(degreeOf('^a{2,16}a{0,3}b')).toBe(0);
    expect(degreeOf('^(?:(?<n>a)\\k<n>)*b')).toBe(2);
    expect(degreeOf('^(?:(?<n>a)\\k<n>*)*b')).toBeNull();
    expect(degreeOf('(?i:a)')).toBeNull();
  });

  it('is never below what recheck proves', () => {
    const piece = fc.constantFrom(
      ...[
        'a',
        'b',
        '/',
        '.',
        '\\d',
        '[^/]',
        '[a-c]',
        'a+',
        'b*',
        '[^/]*',
        '.*',
        '.+?',
        '\\w+',
        'a?',
        'a{2,3}',
        '^',
        '$',
        '\\b',
      ],
    );
    const inner = fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(''));
    const group = fc
      .tuple(inner, inner, fc.constantFrom('', '*', '+', '?', '{1,2}'))
      .map(([one, other, count]) => `(?:${one}|${other})${count}`);
    const text = fc.array(fc.oneof(piece, group), { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));
    let bounded = 0;
    fc.assert(
      fc.property(text, fc.boolean(), (pattern, ignoreCase) => {
        const bound = degreeOf(pattern, ignoreCase);
        if (bound === null) return;
        bounded++;
        const found = askRecheck(pattern, ignoreCase);
        if (found.kind === 'vulnerable') expect(found.degree ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 150 },
    );
    expect(bounded).toBeGreaterThan(50);
  }, 60_000);
});
