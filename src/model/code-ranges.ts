// Lists of status codes: `200-399`, `404,410`, `500-` (arr.md 8.1).
import type { CodeRanges } from './farm-config.ts';

const LAST_CODE = 999;

/** Reads a comma list of `N`, `N-M` and `N-` (up to 999), blanks ignored; a plain number is one code. Null when it is none. */
export function parseCodeRanges(written: string | number): CodeRanges | null {
  const ranges: (readonly [number, number])[] = [];
  for (const part of String(written).replaceAll(/\s/g, '').split(',')) {
    const match = /^(\d{3})(?:(-)(\d{3})?)?$/.exec(part);
    if (!match) return null;
    const from = Number(match[1]);
    const to = match[2] === undefined ? from : Number(match[3] ?? LAST_CODE);
    if (from < 100 || to < from) return null;
    ranges.push([from, to]);
  }
  return ranges;
}

export function inCodeRanges(ranges: CodeRanges, code: number): boolean {
  return ranges.some(([from, to]) => code >= from && code <= to);
}
