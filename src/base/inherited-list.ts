// A list that a level adds to the one it inherits (IIS: `<clear/>`, `<remove/>`), as a zod schema. Only schema.ts files
// import this, as setting.ts.
import { z } from 'zod';
import { flag, text } from './setting.ts';

/** What a level says of a list. */
export interface WrittenList<T> {
  /** Nothing is inherited. */
  clear: boolean;
  /** Keys of inherited items that do not hold here. */
  remove: string[];
  list: T[];
}

/**
 * A list, or `{ clear, remove, list }`.
 * @param about what the list is; @param key what `remove` names
 */
export function inheritedList<S extends z.ZodType>(about: string, item: S, key: string) {
  const list = z.array(item).meta({ description: `${about} Added to those inherited.` });
  const edits = z.strictObject({ ...editsShape(key), list: list.prefault([]) });
  return z
    .union([list.transform((items): WrittenList<z.output<S>> => ({ clear: false, remove: [], list: items })), edits])
    .meta({ description: about });
}

/** `clear` and `remove` of a list or map that stands beside them. */
export function editsShape(key: string) {
  return {
    clear: flag('What is inherited does not hold here.').prefault(false),
    remove: z.array(removedKey(key)).meta({ description: 'Inherited ones that do not hold here.' }).prefault([]),
  };
}

function removedKey(about: string) {
  const read = (written: unknown) => (typeof written === 'number' ? String(written) : written);
  return z.preprocess(read, text(about, { nonEmpty: true })).meta({ description: about });
}
