import { describe, expect, it } from 'vitest';
import { queryValue } from './query.ts';

describe('the value of a parameter', () => {
  it.each([
    ['/a?x=1&y=2', 'y', '2'],
    ['/a?x=1&x=2', 'x', '1'],
    ['/a?x', 'x', ''],
    ['/a?x=', 'x', ''],
    ['/a?x=1=2', 'x', '1=2'],
    ['/a?a=b&=c', '', 'c'],
    ['/a?user%20id=7', 'user id', '7'],
    ['/a?user+id=7', 'user id', '7'],
    ['/a?%FF=7', '\xff', null],
    ['/a', 'x', null],
    ['/a?', 'x', null],
    ['/a?xy=1', 'x', null],
    ['/a?X=1', 'x', null],
    ['/x=1?y=2', 'x', null],
  ])('%s %s', (target, name, value) => {
    expect(queryValue(target, name)).toBe(value);
  });
});
