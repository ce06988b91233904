import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyCase } from './any-case.ts';
import { compilePattern } from './compile-pattern.ts';
import { PatternError } from './pattern.ts';

const exec = (syntax: 'ECMAScript' | 'Wildcard' | 'ExactMatch', pattern: string, input: string, ignoreCase = true) => {
  const compiled = compilePattern(pattern, syntax, ignoreCase);
  const captures = compiled.exec(input);
  expect(compiled.test(input)).toBe(captures !== null);
  if (captures !== null && pattern !== '*') expect(captures.length - 1).toBe(compiled.groups);
  return captures === null ? null : [...captures];
};

describe('ECMAScript', () => {
  it.each([
    ['b', 'abc', ['b']],
    ['^b', 'abc', null],
    ['^(.*)/old$', 'a/b/OLD', ['a/b/OLD', 'a/b']],
    ['on(s)|offs', 'offs', ['offs', undefined]],
    ['.', '', null],
    ['.*', '', ['']],
    ['', 'anything', ['']],
    ['(?:a|b)(?!c)(\\d{2,3})\\b', 'B1234 b12', ['b12', '12']],
  ])('%s on %j gives %j', (pattern, input, captures) => {
    expect(exec('ECMAScript', pattern, input)).toEqual(captures);
  });

  it('minds letter case where it is told to', () => {
    expect(exec('ECMAScript', '^shop', 'SHOP', false)).toBeNull();
    expect(exec('ECMAScript', '^shop', 'SHOP')).toEqual(['SHOP']);
  });

  it.each([
    ['^/{C:1}', /not expanded in patterns: \{C:1\}/, /input of a condition/],
    ['^{HTTP_HOST}$', /\{HTTP_HOST\}/, /input of a condition/],
    ['a{,3}', /begins no count/, /\\\{/],
    ['*.php', /Nothing to repeat/, /Wildcard/],
    ['(?i)abc', /Invalid group/, /ignoreCase/],
    ['a++', /Nothing to repeat/, /possessive/],
    ['(?>a)', /Invalid group/, /atomic/],
    ['(a', /Unterminated group/, undefined],
  ])('refuses %s and says what would be right', (pattern, message, advice) => {
    try {
      compilePattern(pattern, 'ECMAScript', true);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(PatternError);
      expect((error as PatternError).message).toMatch(message);
      if (advice) expect((error as PatternError).suggestion).toMatch(advice);
    }
  });

  it.each([
    ['.', '\n', false],
    ['^a$', 'a\n', false],
    ['^\\w$', 'é', false],
    ['^\\d$', '٣', false],
    ['^\\s$', '\u00a0', true],
    ['^[\\b]$', '\b', true],
    ['^\\cJ$', '\n', true],
    ['^\\x41\\u0042$', 'ab', true],
    ['^(?:(a)|b)\\1$', 'b', true], // a group that took no part matches nothing, in no place
    ['^k$', '\u212a', false], // KELVIN SIGN is no k: only ASCII letters and letters of one kind have two cases
    ['^s$', 'ſ', false],
    ['^é$', 'É', true],
    ['^ß$', 'SS', false],
    ['[]', 'a', false],
    ['^[^]$', '\n', true],
    ['^a]}$', 'a]}', true],
  ])('reads %s as ECMA-262 does, on %j', (pattern, input, matches) => {
    expect(exec('ECMAScript', pattern, input) !== null).toBe(matches);
  });

  it('takes braces that are escaped, in a class, or a count', () => {
    expect(exec('ECMAScript', '^\\{[{}]a{2}$', '{}aa')).toEqual(['{}aa']);
  });
});

describe('ignoring case without the flag', () => {
  it.each([
    ['abc', '[aA][bB][cC]'],
    ['[a-c]', '[a-cA-C]'],
    ['[^A-Cx-z9]', '[^A-Ca-cx-zX-Z9]'],
    ['[Y-b]', '[Y-by-zA-B]'],
    ['\\d\\w\\x41\\u0042\\cJ\\/\\.', '\\d\\w[\\x41a][\\u0042b]\\cJ\\/\\.'],
    ['(?:a)(?=b)(?!c)(?<!d)(?<name>e)', '(?:[aA])(?=[bB])(?![cC])(?<![dD])(?<name>[eE])'],
    ['a{1,2}', '[aA]{1,2}'],
  ])('writes %s as %s', (source, expanded) => {
    expect(anyCase(source)).toEqual({ source: expanded, flags: '' });
  });

  it.each(['(a)\\1', 'é', '[à-ü]', '\\u00e9', '(?<n>a)\\k<n>', '(?i:a)', '\\c1', '[\\c_]'])(
    'keeps the flag for %s',
    (source) => {
      expect(anyCase(source)).toEqual({ source, flags: 'i' });
    },
  );

  it('finds what the flag finds, whatever V8 takes for an expression', () => {
    const units = fc.constantFrom(...'aBkZ09\\()[]{}|*+?^$.-:=!<>xucdwsb,_@`'.split(''));
    const text = fc.string({ unit: fc.constantFrom(...'aAbBkKzZxXuUcC09[]\\`@_\x01\x03-'), maxLength: 8 });
    fc.assert(
      fc.property(fc.string({ unit: units, maxLength: 9 }), text, (source, input) => {
        let expected: RegExp;
        try {
          expected = new RegExp(source, 'i');
        } catch {
          return;
        }
        const { source: expanded, flags } = anyCase(source);
        expect([...(new RegExp(expanded, flags).exec(input) ?? ['none'])]).toEqual([
          ...(expected.exec(input) ?? ['none']),
        ]);
      }),
      { numRuns: 5000 },
    );
  });

  it('finds exactly what the flag finds', () => {
    const piece = fc.constantFrom(
      'a',
      'B',
      '.',
      '\\d',
      '\\w',
      '[b-f]',
      '[^a-c]',
      '[X-c]',
      '[\\w-x]',
      '\\x61',
      '(a|b)',
      'c?',
      '[-a]',
      '^',
      '$',
      '\\b',
    );
    const input = fc.string({ unit: fc.constantFrom(...'aAbBcCdDxXyYzZ_-[`1') });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), input, (pieces, text) => {
        const source = pieces.join('');
        const { source: expanded, flags } = anyCase(source);
        expect(flags).toBe('');
        expect([...(new RegExp(expanded).exec(text) ?? [])]).toEqual([...(new RegExp(source, 'i').exec(text) ?? [])]);
      }),
    );
  });
});

describe('Wildcard', () => {
  it.each([
    ['*', 'a/b', ['a/b', 'a/b']],
    ['*', '', ['', '']],
    ['shop/*', 'SHOP/a/b', ['SHOP/a/b', 'a/b']],
    ['shop/*', 'a/shop/b', null],
    ['*.php', 'a/b.PHP', ['a/b.PHP', 'a/b']],
    ['a?c', 'abc', ['abc']],
    ['a?c', 'ac', null],
    ['?', '\n', ['\n']],
    ['a*b*c', 'aXbYbZc', ['aXbYbZc', 'X', 'YbZ']],
    ['ab*ba', 'aba', null],
    ['*a*', 'bab', ['bab', 'b', 'b']],
    ['**', 'ab', ['ab', '', 'ab']],
    ['a.b+(c)', 'a.b+(c)', ['a.b+(c)']],
    ['a.b', 'axb', null],
    ['plain', 'plainer', null],
    ['*/', 'x', null],
    ['É*', 'été', ['été', 'té']],
  ])('%s on %j gives %j', (pattern, input, captures) => {
    expect(exec('Wildcard', pattern, input)).toEqual(captures);
  });

  it('minds letter case where it is told to', () => {
    expect(exec('Wildcard', 'Shop*', 'shop', false)).toBeNull();
  });

  it('agrees with a regular expression on what matches, whatever the pattern', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', '*', '?', '.') });
    fc.assert(
      fc.property(text, fc.string({ unit: fc.constantFrom('a', 'b', '.') }), (pattern, input) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('*', '([^]*?)').replaceAll('?', '[^]');
        // `*?` in the source would be changed by the last step: undo it, the lazy star is meant.
        const reference = new RegExp(`^${source.replaceAll('([^]*[^])', '([^]*?)')}$`, 'i').exec(input);
        const found = exec('Wildcard', pattern, input);
        expect(found === null).toBe(reference === null);
        if (found !== null && reference !== null) expect(found).toEqual([...reference].slice(0, found.length));
      }),
    );
  });
});

describe('ExactMatch', () => {
  it('is the whole input, in any letter case unless told otherwise', () => {
    expect(exec('ExactMatch', 'a.*', 'A.*')).toEqual(['A.*']);
    expect(exec('ExactMatch', 'a.*', 'abc')).toBeNull();
    expect(exec('ExactMatch', 'a', 'A', false)).toBeNull();
  });
});
