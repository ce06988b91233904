// The text of an attribute → the value that stands in our configuration. IIS takes true, false and the words of an
// enumeration in any letter case (url-rewrite.md 1).
import { closestWord } from '../../base/closest-word.ts';
import { formatDuration, parseDuration } from '../../base/duration.ts';
import type { AttributeRule, ValueKind } from './element-rule.ts';

type Value = string | number | boolean | string[];
export type ReadValue = { value: Value } | { fault: string; suggestion?: string };

/** Reads `written` as `rule` says. */
export function readValue(written: string, rule: AttributeRule): ReadValue {
  return readers[rule.value.kind](written, rule.value as never);
}

const readers: { [K in ValueKind['kind']]: (written: string, kind: Extract<ValueKind, { kind: K }>) => ReadValue } = {
  text(written, { nonEmpty, trimmed }) {
    if (nonEmpty && written === '') return { fault: 'must not be empty' };
    if (trimmed && written !== written.trim())
      return { fault: 'must not begin or end with blanks', suggestion: `write "${written.trim()}"` };
    return { value: written };
  },
  path: (written) => ({ value: written }),
  flag(written) {
    const word = written.toLowerCase();
    if (word === 'true' || word === 'false') return { value: word === 'true' };
    return { fault: `"${written}" is neither true nor false` };
  },
  whole(written, { min, max, not, unit }) {
    const value = Number(written);
    const isNumber = /^(?:\d{1,15}|0x[\da-f]{1,8}|-1)$/i.test(written.trim());
    if (!isNumber || value < min || value > max)
      return { fault: `expected a whole number from ${min} to ${max}, got "${written}"` };
    if (not && value >= not[0] && value <= not[1]) return { fault: `${value} is not allowed here` };
    return { value: unit ? `${value}${unit}` : value };
  },
  span(written, { min, max, granularity = 1 }) {
    const ms = /^(?:\d+\.)?\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?$/.test(written) ? parseDuration(written) : null;
    if (ms === null) return { fault: `"${written}" is not a time span`, suggestion: 'write it like 00:00:30' };
    if (ms < min * 1000 || ms > max * 1000)
      return { fault: `${written} is out of range`, suggestion: `expected ${seconds(min)} to ${seconds(max)}` };
    if (ms % (granularity * 1000) !== 0) return { fault: `${written} is not a multiple of ${seconds(granularity)}` };
    return { value: written };
  },
  choice(written, { words }) {
    const found = words.find((word) => word.toLowerCase() === written.toLowerCase());
    if (found !== undefined) return { value: found };
    const near = closestWord(written, words);
    const all = `expected ${words.join(', ')}`;
    return { fault: `"${written}" is not known here`, suggestion: near ? `did you mean "${near}"? (${all})` : all };
  },
  words(written, { words }) {
    const parts = written.split(',').map((part) => part.trim());
    const read = parts.filter((part) => part !== '').map((part) => readers.choice(part, { kind: 'choice', words }));
    const fault = read.find((each) => 'fault' in each);
    return fault ?? { value: read.flatMap((each) => ('value' in each ? [String(each.value)] : [])) };
  },
};

const seconds = (count: number) => formatDuration(count * 1000);
