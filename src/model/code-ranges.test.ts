import { describe, expect, it } from 'vitest';
import { parseCodeRanges } from './code-ranges.ts';

describe('lists of status codes', () => {
  it('reads codes, ranges and open ranges', () => {
    expect(parseCodeRanges('200-399, 404,500-')).toEqual([
      [200, 399],
      [404, 404],
      [500, 999],
    ]);
  });

  it('takes a plain number as one code', () => {
    expect(parseCodeRanges(204)).toEqual([[204, 204]]);
  });

  it.each(['', '20', '2000', '399-200', '-200', '200,', 'ok', '099', '200-300-400'])('"%s" is none', (written) => {
    expect(parseCodeRanges(written)).toBeNull();
  });
});
