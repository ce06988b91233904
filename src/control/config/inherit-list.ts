// How a list of a level comes about: what is inherited, without what the level takes out, and with what it adds.
import type { WrittenList } from '../../base/inherited-list.ts';

/**
 * @param keyOf what makes an item unique, in any letter case: one of the level's own takes the place of an inherited one
 * @param order where the level's own stand
 */
export function inheritList<T>(
  inherited: readonly T[],
  written: WrittenList<T> | undefined,
  keyOf: (item: T) => string,
  order: 'last' | 'first' = 'last',
): T[] {
  if (written === undefined) return [...inherited];
  const gone = new Set([...written.remove, ...written.list.map(keyOf)].map((key) => key.toLowerCase()));
  const kept = written.clear ? [] : inherited.filter((item) => !gone.has(keyOf(item).toLowerCase()));
  return order === 'last' ? [...kept, ...written.list] : [...written.list, ...kept];
}

/** As inheritList(), for texts that are compared, and kept, in lower case. */
export function inheritNames(inherited: readonly string[], written: WrittenList<string> | undefined): string[] {
  if (written === undefined) return [...inherited];
  const list = written.list.map((name) => name.toLowerCase());
  return [...new Set(inheritList(inherited, { ...written, list }, (name) => name))];
}

/** Those of a level hide the ones of their names above it. */
export function hideByName<T extends { name: string }>(inherited: readonly T[], own: readonly T[]): T[] {
  const names = new Set(own.map(({ name }) => name.toLowerCase()));
  return [...inherited.filter(({ name }) => !names.has(name.toLowerCase())), ...own];
}
