import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { growthOf } from './growth.ts';
import { parsePattern } from './parse-pattern.ts';

function isExpression(text: string): boolean {
  try {
    return new RegExp(text) !== null;
  } catch {
    return false;
  }
}

const pieces = (...units: string[]) => fc.string({ unit: fc.constantFrom(...units), maxLength: 12 });

describe('the tree of a pattern', () => {
  it('is made of whatever V8 takes', () => {
    fc.assert(
      fc.property(pieces(...'ab\\()[]{}|*+?^$.-:=!<>kxuc01,9dwsbé'), fc.boolean(), (text, ignoreCase) => {
        fc.pre(isExpression(text));
        const tree = parsePattern(text, ignoreCase);
        if (tree !== null) growthOf(tree);
      }),
      { numRuns: 5000 },
    );
  });

  it('has the characters of a class as V8 has them, or more where case does not count', () => {
    const inner = pieces(
      ...'aZkK_09-^é',
      '\\d',
      '\\W',
      '\\s',
      '\\S',
      '\\x41',
      '\\u00e9',
      '\\b',
      '\\-',
      '\\]',
      '\\cJ',
      '\\c',
      '\\0',
      '\\.',
    );
    fc.assert(
      fc.property(inner, fc.boolean(), (members, ignoreCase) => {
        const text = `[${members}]`;
        fc.pre(isExpression(text));
        const tree = parsePattern(text, ignoreCase);
        fc.pre(tree?.kind === 'character');
        const expression = new RegExp(text, ignoreCase ? 'i' : '');
        for (let code = 0; code < 0x180; code++) {
          const isIn = tree.set.some(([from, to]) => from <= code && code <= to);
          const matches = expression.test(String.fromCharCode(code));
          if (matches || !ignoreCase) expect(isIn, `${text} and ${code}`).toBe(matches);
        }
      }),
      { numRuns: 500 },
    );
  });
});
