import { describe, expect, it } from 'vitest';
import { parsePattern } from './parse-pattern.ts';
import { plainPart } from './pattern-tree.ts';

describe('the plain part of a pattern', () => {
  it.each([
    ['^(a+)+$', '^(a+)+$'],
    ['^(?=a(b|c))(a+)+\\1$', '^(?:)(a+)+(?:)$'],
    ['(?<!x)(?<n>a)\\k<n>|(?!\\)).', '(?:)(?<n>a)(?:)|(?:).'],
    ['(?:a{20,}){0,99}?b{3}c{17}', '(?:a+)*?b{3}c+'],
  ])('of %s is %s', (text, plain) => {
    expect(plainPart(text, parsePattern(text, false)!)).toBe(plain);
    expect(() => new RegExp(plain)).not.toThrow();
  });
});
