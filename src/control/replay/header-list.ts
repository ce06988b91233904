// Header fields as people write them in JSON.
import { BadLine } from './record.ts';

/** A list of pairs, or an object of values and lists of values. @throws BadLine */
export function headerList(written: unknown): [string, string][] {
  if (typeof written !== 'object' || written === null) throw new BadLine('headers is neither an object nor a list');
  const list: [string, unknown][] = Array.isArray(written)
    ? written.map((pair) => (Array.isArray(pair) && pair.length === 2 ? [pair[0], pair[1]] : [pair, undefined]))
    : Object.entries(written).flatMap(([name, value]) =>
        (Array.isArray(value) ? value : [value]).map((each): [string, unknown] => [name, each]),
      );
  const wrong = list.find(([name, value]) => typeof name !== 'string' || typeof value !== 'string');
  if (wrong !== undefined) throw new BadLine('headers: each has a name and a text');
  return list as [string, string][];
}
