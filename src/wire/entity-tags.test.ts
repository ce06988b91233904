import { describe, expect, it } from 'vitest';
import { namesTag } from './entity-tags.ts';

describe('a list of entity tags', () => {
  it.each(['"a"', '"b", "a"', '"b","a","c"', ' "x,y" , "a"', '*', ' * '])('%s names "a"', (field) => {
    expect(namesTag(field, '"a"', false)).toBe(true);
  });

  it.each(['', '"b"', 'a', '"b" "a"', '"', '"b', 'b, "a"'])('%j does not name "a"', (field) => {
    expect(namesTag(field, '"a"', true)).toBe(false);
  });

  it('names a weak tag only where weakness does not count', () => {
    expect(namesTag('W/"a"', '"a"', false)).toBe(false);
    expect(namesTag('W/"a"', '"a"', true)).toBe(true);
    expect(namesTag('"a"', 'W/"a"', true)).toBe(true);
    expect(namesTag('W/"a"', 'W/"a"', false)).toBe(false);
  });

  it('names anything with *, also what has no tag', () => {
    expect(namesTag('*', null, false)).toBe(true);
    expect(namesTag('"a"', null, true)).toBe(false);
  });
});
