// The Range field (RFC 9110 14.1.2): which bytes of a representation are asked for.

export interface ByteRange {
  readonly start: number;
  /** After the last byte. */
  readonly end: number;
}

/** With more ranges than this, a field is taken for an attempt to make us work, and not looked at (RFC 9110 14.2). */
const MOST_RANGES = 32;

/**
 * @param size bytes of the whole representation
 * @returns the ranges in the order asked for, at least one; 'unsatisfiable' when none has a byte; null when the field
 *   is not to be looked at: malformed, of another unit, or asking for more bytes than there are
 */
export function parseRanges(field: string, size: number): readonly ByteRange[] | 'unsatisfiable' | null {
  const set = /^bytes=(.*)$/i.exec(field)?.[1];
  if (set === undefined) return null;
  const ranges: ByteRange[] = [];
  let count = 0;
  let bytes = 0;
  for (const member of set.split(',')) {
    const spec = member.trim();
    if (spec === '') continue; // an empty member of a list says nothing (RFC 9110 5.6.1.2)
    if (++count > MOST_RANGES) return null;
    const range = parseRange(spec, size);
    if (range === null) return null;
    if (range.start >= range.end) continue;
    ranges.push(range);
    bytes += range.end - range.start;
  }
  if (count === 0) return null;
  if (ranges.length === 0) return 'unsatisfiable';
  return bytes > size ? null : ranges;
}

/** One range, empty when the representation has none of its bytes; null when malformed. */
function parseRange(spec: string, size: number): ByteRange | null {
  const match = /^(\d*)-(\d*)$/.exec(spec);
  if (match === null) return null;
  const [, first, last] = match as unknown as [string, string, string];
  if (first === '') return last === '' ? null : { start: Math.max(0, size - Number(last)), end: size };
  if (last !== '' && isLess(last, first)) return null;
  const start = Number(first);
  return { start, end: last === '' ? Math.max(start, size) : Math.max(start, Math.min(size, Number(last) + 1)) };
}

/** Exact for numbers of any length. */
function isLess(a: string, b: string): boolean {
  return BigInt(a) < BigInt(b);
}
