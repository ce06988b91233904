import { describe, expect, it } from 'vitest';
import type { LocatedProblem } from '../../../model/config-error.ts';
import { ruleFlags } from './flags.ts';
import { tokenise } from './tokenise.ts';

function read(text: string) {
  const problems: LocatedProblem[] = [];
  const directives = tokenise(text, 'f', problems);
  return {
    words: directives.map(({ name, words }) => [name, ...words.map((word) => word.text)]),
    directives,
    problems,
  };
}

describe('directives of Apache', () => {
  it('are separated by blanks, quotes and escaped blanks keep words together', () => {
    const { words, problems } = read('RewriteRule  "^a b$"\t/x\\ y  \'[L]\'');
    expect(words).toEqual([['RewriteRule', '^a b$', '/x\\ y', '[L]']]);
    expect(problems).toEqual([]);
  });

  it('may go on in the next line, and know where each word stands', () => {
    const { directives } = read('\uFEFF# comment \\\nstill comment\r\n\n  RewriteRule ^a$ \\\r\n   /b [L]');
    expect(directives).toHaveLength(1);
    expect(directives[0]!.place).toEqual({ file: 'f', line: 4, column: 3 });
    expect(directives[0]!.words.map(({ place }) => [place.line, place.column])).toEqual([
      [4, 15],
      [5, 4],
      [5, 7],
    ]);
  });

  it('open and close sections', () => {
    expect(read('<IfModule mod_rewrite.c>\n</IfModule>').words).toEqual([
      ['<IfModule', 'mod_rewrite.c'],
      ['</IfModule'],
    ]);
  });

  it.each([
    ['RewriteRule "^a /b', 'the " is never closed', 13],
    ['RewriteRule "^a"/b', 'a blank is missing after the closing "', 13],
    ['RewriteRule ^a /b \\', 'the last line ends in a backslash', 19],
  ])('are refused with their place: %s', (text, message, column) => {
    expect(read(text).problems).toMatchObject([{ file: 'f', line: 1, column, severity: 'error', message }]);
  });

  it('of other modules may hold what they like', () => {
    expect(read('ErrorDocument 404 "not here').problems).toEqual([]);
  });
});

describe('flags', () => {
  const flags = (text: string) => {
    const problems: LocatedProblem[] = [];
    const read = ruleFlags({ text, place: { file: 'f', line: 1, column: 1 } }, problems);
    return { read: read.map(({ name, value }) => (value === null ? name : `${name}=${value}`)), problems };
  };

  it('have long and short names, in any letter case', () => {
    expect(flags('[last,nocase,R=301,Env=a:b=c]').read).toEqual(['L', 'NC', 'R=301', 'E=a:b=c']);
  });

  it('are refused without brackets, empty, or unknown', () => {
    expect(flags('L').problems[0]!.message).toContain('brackets');
    expect(flags('[L,]').problems[0]!.message).toContain('empty');
    expect(flags('[nocasse]').problems[0]).toMatchObject({ suggestion: 'did you mean NOCASE?' });
  });
});
