import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern } from './compile-pattern.ts';
import { literalPrefix } from './literal-prefix.ts';
import { type Pattern, PatternError } from './pattern.ts';

describe('the literal prefix of a pattern', () => {
  it.each([
    ['^shop/(.*)', 'shop/'],
    ['^$', ''],
    ['^api\\.v1\\/x-y$', 'api.v1/x-y'],
    ['^shops?/', 'shop'],
    ['^ab{2}', 'a'],
    ['^a[bc]', 'a'],
    ['^a\\d', 'a'],
    ['^a|b', ''],
    ['^a(?:b|c)', 'a'],
    ['^a[|)]b', 'a'],
    ['shop', ''],
    ['^(shop)', ''],
    ['^café', 'caf'],
  ])('of %s is %j', (pattern, prefix) => {
    expect(literalPrefix(pattern, true)).toBe(prefix);
  });

  it('goes beyond ASCII where case counts', () => {
    expect(literalPrefix('^café', false)).toBe('café');
  });

  it('never hides a match', () => {
    const piece = fc.constantFrom(
      'a',
      'B',
      'k',
      's',
      '/',
      '\\.',
      '\\-',
      'é',
      '(a|b)',
      '(?:c)',
      'a?',
      'b*',
      '[ab]',
      '|',
      '$',
      '.',
    );
    const input = fc.string({ unit: fc.constantFrom(...'aAbBkKsS/.-éÉcſ\u212a') });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), input, fc.boolean(), (pieces, text, ignoreCase) => {
        const source = `^${pieces.join('')}`;
        const pattern = compilePattern(source, 'ECMAScript', ignoreCase);
        const expected = new RegExp(source, ignoreCase ? 'i' : '').exec(text);
        expect(pattern.exec(text)).toEqual(expected);
        expect(pattern.test(text)).toBe(expected !== null);
      }),
      { numRuns: 500 },
    );
  });

  it('never hides a match of whatever is accepted', () => {
    const units = fc.constantFrom(...'aBk09/\\()[]{}|*+?^$.-:=!é,dwsb'.split(''));
    const input = fc.string({ unit: fc.constantFrom(...'aAbBkK09/.-[](){}|é\\,'), maxLength: 8 });
    fc.assert(
      fc.property(fc.string({ unit: units, maxLength: 9 }), input, fc.boolean(), (rest, text, ignoreCase) => {
        let pattern: Pattern;
        try {
          pattern = compilePattern(`^${rest}`, 'ECMAScript', ignoreCase);
        } catch (error) {
          expect(error).toBeInstanceOf(PatternError);
          return;
        }
        expect(pattern.exec(text)).toEqual(new RegExp(`^${rest}`, ignoreCase ? 'i' : '').exec(text));
      }),
      { numRuns: 5000 },
    );
  });
});
