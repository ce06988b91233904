// The golden cases of the routing language (README.md).
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { casesIn, describeCase } from './describe-cases.ts';

const cases = casesIn(join(import.meta.dirname, 'cases'));

describe('the cases', () => {
  it('are all there', () => {
    expect(cases.length).toBeGreaterThan(180);
    expect(cases.flatMap(([, { requests }]) => requests).length).toBeGreaterThan(330);
  });
});

for (const [file, parsed] of cases) describeCase(file, parsed);
