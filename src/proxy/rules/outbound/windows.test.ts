import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAt } from '../../../../test/outbound/outbound-response.ts';
import { BodyCharset } from './body-charset.ts';
import { OutboundRule } from './outbound-rule.ts';
import { PatternRewriter } from './pattern-rewriter.ts';
import type { ResponseRun } from './response-run.ts';
import { TextSearch } from './text-search.ts';

/** What comes out of `body` in windows of so many bytes; each match goes into brackets. */
function inWindows(pattern: string, body: readonly Buffer[], bytes: number, overlap: number, charset: string): Buffer {
  const expression = new RegExp(pattern, 'g');
  const search = {
    from: 0,
    groups: 0,
    test: () => true,
    exec(text: string) {
      expression.lastIndex = this.from;
      return expression.exec(text);
    },
  };
  const value = {
    expand: (run: { ruleCaptures: readonly string[] }) => `[${run.ruleCaptures[0]}]`,
    inUrl: () => value,
  };
  const rule = new OutboundRule({
    ...{ name: 'r', preCondition: -1, stopProcessing: false, pattern: search, patternText: pattern, negate: false },
    ...{ capturing: true, conditions: null, value: value as never, replace: true },
  });
  const run = {
    ctx: { matchedRules: null },
    step: null,
    beginStep: () => null,
    checkWork: () => {},
  } as unknown as ResponseRun;
  const out: Buffer[] = [];
  const next = {
    write: (buffer: Buffer, start: number, end: number) => void out.push(Buffer.from(buffer.subarray(start, end))),
    end: () => {},
  };
  const textSearch = new TextSearch(search as never, search);
  const filter = new PatternRewriter(
    { rule, search: textSearch, occurrences: 0 },
    run,
    new BodyCharset(charset, true),
    { stopped: false },
    next,
    { bytes, overlap },
  );
  for (const piece of body) filter.write(piece, 0, piece.length);
  filter.end();
  return Buffer.concat(out);
}

describe('a body in windows', () => {
  const patterns = [
    'ab',
    'a(?=b)',
    '(?<=a)b',
    '\\bab\\b',
    '^a',
    'b$',
    'b?',
    '(?:)',
    'a[^b]{0,3}b',
    'é',
    '漢b',
    '\u{1f600}',
    'x$|^x',
    'a.{1,4}é',
  ];
  const letters = fc.constantFrom('a', 'b', ' ', 'x', '\n', 'é', '漢', '\u{1f600}');
  const texts = fc.array(letters, { minLength: 1, maxLength: 400 }).map((list) => list.join(''));

  it('has the matches of the whole, wherever the windows and the pieces end', () => {
    fc.assert(
      fc.property(
        texts,
        fc.constantFrom(...patterns),
        fc.integer({ min: 120, max: 160 }),
        fc.integer({ min: 12, max: 25 }),
        fc.array(fc.nat({ max: 1000 }), { maxLength: 10 }),
        (text, pattern, bytes, overlap, cuts) => {
          const expected = text.replaceAll(new RegExp(pattern, 'g'), (match) => `[${match}]`);
          if (!expected.isWellFormed()) return; // it would split a character
          const pieces = cutAt(Buffer.from(text), cuts);
          expect(inWindows(pattern, pieces, bytes, overlap, 'utf-8').toString()).toBe(expected);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('loses and doubles no byte, whatever they mean', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 900 }),
        fc.constantFrom('utf-8', 'shift_jis', 'gbk', 'euc-jp', 'big5', 'windows-1252', ''),
        fc.integer({ min: 120, max: 160 }),
        (bytes, charset, size) => {
          const body = Buffer.from(bytes);
          expect(inWindows('never so', [body], size, 20, charset)).toEqual(body);
          const marked = inWindows('a', [body], size, 20, charset).toString('latin1');
          expect(marked.replaceAll('[a]', 'a')).toBe(body.toString('latin1').replaceAll('[a]', 'a'));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
