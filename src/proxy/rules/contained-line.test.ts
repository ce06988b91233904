// FileContainsProvider: the line that a text contains.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContainedLine } from './contained-line.ts';

const found = (lines: string[], input: string, ignoreCase = false) =>
  new ContainedLine({ lines, ignoreCase }).rewrite(input);

describe('a line of a file', () => {
  it.each([
    [['bot', 'spider'], 'a robot', 'bot'],
    [['bot', 'spider'], 'spider-bot', 'spider'],
    [['bot'], 'BOT', ''],
    [['bot', 'bottle'], 'a bottle', 'bot'],
    [['b', 'ab'], 'xab', 'ab'],
    [['café'], 'au café', 'café'],
    [[], 'anything', ''],
    [['x'], '', ''],
  ])('of %j is found in %j: %j', (lines, input, line) => {
    expect(found(lines, input)).toBe(line);
  });

  it('is found in any letter case with IgnoreCase', () => {
    expect(found(['GoogleBot'], 'like googleBOT/2', true)).toBe('googlebot');
  });

  it('is found whenever, and only when, the text contains one', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\ud83d\ude00'), maxLength: 12 });
    const line = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\ud83d\ude00'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), text, (lines, input) => {
        const contained = lines.filter((each) => input.includes(each));
        const result = found(lines, input);
        expect(result === '' ? [] : contained).toEqual(contained);
        if (result !== '') expect(contained).toContain(result);
      }),
    );
  });

  it('costs about the same in long files as in short ones, whatever they begin with', () => {
    const lines = Array.from({ length: 100_000 }, (_, n) => `http://host${n}.example/path`);
    const provider = new ContainedLine({ lines, ignoreCase: true });
    const before = performance.now();
    expect(provider.rewrite('http://'.repeat(2_000))).toBe('');
    expect(performance.now() - before).toBeLessThan(1_000); // all lines at all places: minutes
  });
});
