// Sets of UTF-16 code units, as classes of regular expressions name them.

/** Inclusive ranges, in order, that neither touch nor overlap. */
export type CharacterSet = readonly (readonly [from: number, to: number])[];

const LAST = 0xffff;

export const EVERYTHING: CharacterSet = [[0, LAST]];
const DIGITS: CharacterSet = [[0x30, 0x39]];
const WORD = setOf([0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]);
/** ECMA-262: WhiteSpace and LineTerminator. */
const SPACE = setOf(
  ...([9, 0x20, 0xa0, 0x1680, 0x202f, 0x205f, 0x3000, 0xfeff] as const).map((code) => [code, code] as const),
  ...([
    [9, 0x0d],
    [0x2000, 0x200a],
    [0x2028, 0x2029],
  ] as const),
);
const LINE_ENDS = setOf([0x0a, 0x0a], [0x0d, 0x0d], [0x2028, 0x2029]);

/** `.` */
export const ANY_BUT_LINE_ENDS = complement(LINE_ENDS);

/** What `\d`, `\W` … stand for, by their letter. */
export const CLASS_ESCAPES: Readonly<Record<string, CharacterSet>> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
};

/** The union of `ranges`, which may stand in any order. */
export function setOf(...ranges: (readonly [from: number, to: number])[]): CharacterSet {
  const sorted = ranges.filter(([from, to]) => from <= to).sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** Every code unit that is not in `set`. */
export function complement(set: CharacterSet): CharacterSet {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [from, to] of set) {
    if (from > next) gaps.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= LAST) gaps.push([next, LAST]);
  return gaps;
}

/** `set` with the letters of ASCII in both cases. */
export function inBothCases(set: CharacterSet): CharacterSet {
  const more = set.flatMap(([from, to]) => [
    [Math.max(from, 0x41) + 32, Math.min(to, 0x5a) + 32] as const,
    [Math.max(from, 0x61) - 32, Math.min(to, 0x7a) - 32] as const,
  ]);
  return setOf(...set, ...more);
}

/**
 * At least what `set` matches where case does not count. Letters beyond ASCII have partners that no list here knows, but
 * none in ASCII: a set that has one of them then has them all.
 */
export function inAnyCase(set: CharacterSet): CharacterSet {
  const beyond = set.some(([, to]) => to > 0x7f);
  return setOf(...inBothCases(set), ...(beyond ? [[0x80, LAST] as const] : []));
}

/** Whether no code unit is in both. */
export function areDisjoint(a: CharacterSet, b: CharacterSet): boolean {
  return !a.some(([from, to]) => b.some(([otherFrom, otherTo]) => from <= otherTo && otherFrom <= to));
}
