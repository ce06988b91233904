// The map that forgets what was not used for the longest.
import { expect, it } from 'vitest';
import { RecentMap } from './recent-map.ts';

it('forgets what was not asked for the longest, and says so', () => {
  const forgotten: number[] = [];
  const map = new RecentMap<string, number>(2, (value) => forgotten.push(value));
  map.set('a', 1);
  map.set('b', 2);
  expect(map.get('a')).toBe(1);
  map.set('c', 3);
  expect(forgotten).toEqual([2]);
  expect(map.get('b')).toBeUndefined();
  expect([...map]).toEqual([
    ['a', 1],
    ['c', 3],
  ]);
});

it('forgets nothing when a value is replaced or taken out', () => {
  const forgotten: number[] = [];
  const map = new RecentMap<string, number>(2, (value) => forgotten.push(value));
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  map.delete('b');
  map.set('c', 4);
  expect(forgotten).toEqual([]);
  expect(map.size).toBe(2);
});
