// The golden cases of the routing language (README.md).
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { casesIn, describeCase } from './describe-cases.ts';

const cases = casesIn(join(import.meta.dirname, 'cases'));

/** Numbers from `first` to `last`. */
function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

describe('the cases', () => {
  const reasons = cases.map(([, { why }]) => why).join('\n');

  it('are all there', () => {
    expect(cases.length).toBeGreaterThan(250);
    expect(cases.flatMap(([, { requests }]) => requests).length).toBeGreaterThan(480);
  });

  it('have one for each contradiction of the sources', () => {
    expect(range(1, 16).filter((number) => !new RegExp(`\\b22\\.${number}\\b`).test(reasons))).toEqual([]);
  });

  it('have one for each point on which the sources are silent', () => {
    expect(range(1, 14).filter((number) => !new RegExp(`\\bsilent ${number}\\b`).test(reasons))).toEqual([]);
  });

  it('have some for each section of the reference that speaks of behaviour', () => {
    const sections = [...range(1, 17), 21];
    const few = sections.filter((section) => {
      const cited = new RegExp(`url-rewrite\\.md (?:[\\d., and]*\\b)?${section}(?![\\d])`);
      return cases.filter(([, { why }]) => cited.test(why)).length < 3;
    });
    expect(few).toEqual([]);
  });
});

for (const [file, parsed] of cases) describeCase(file, parsed);
