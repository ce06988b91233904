// Finding the values of one cookie among all that a client sends.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestWith } from '../../../test/kit/sample-heads.ts';
import { CookieScanner } from './cookie-scan.ts';

function valuesOf(name: string, ...lines: string[]): string[] {
  const scanner = new CookieScanner(name);
  const values = [];
  const head = requestWith(...lines);
  for (let value = scanner.first(head); value !== null; value = scanner.next()) values.push(value);
  return values;
}

/** What RFC 6265 5.4 says, written for reading. */
function splitValues(name: string, fields: readonly string[]): string[] {
  return fields
    .flatMap((field) => field.split(';'))
    .map((pair) => pair.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}

describe('cookie scanner', () => {
  it.each([
    ['alone', ['Cookie: A=1'], ['1']],
    ['first, last and in the middle', ['Cookie: A=1; b=2; A=3; c=4; A=5'], ['1', '3', '5']],
    ['with blanks around', ['Cookie: b=2 ;\t A=1 \t; c=3'], ['1']],
    ['in several fields', ['Cookie: x=1', 'Accept: A=no', 'Cookie: y=2; A=7', 'X-Last: A=no'], ['7']],
    ['without a value', ['Cookie: A=; b=1'], ['']],
    ['not as the tail of another name', ['Cookie: AA=1; b-A=2'], []],
    ['not in another value', ['Cookie: b=A=1; c="A=2"'], []],
    ['not in another case', ['Cookie: a=1'], []],
    ['not without an equals sign', ['Cookie: A; A'], []],
    ['not beside a field that has none', ['Accept: A=1'], []],
    ['not in a later field of another name', ['Cookie: b=1', 'X-Other: A=1; A=2'], []],
    ['with an equals sign in the value', ['Cookie: A=b=c'], ['b=c']],
  ])('finds the cookie %s', (_, lines, values) => {
    expect(valuesOf('A', ...lines)).toEqual(values);
  });

  it('finds what splitting the fields at semicolons finds', () => {
    const field = fc.string({ unit: fc.constantFrom('A', 'B', '=', ';', ' ', 'x', '"'), maxLength: 30 });
    fc.assert(
      fc.property(fc.array(field, { maxLength: 5 }), (fields) => {
        const lines = fields.flatMap((value, index) => [`X-${index}: A=;A=`, `Cookie: ${value}`]);
        expect(valuesOf('A', ...lines)).toEqual(splitValues('A', fields));
      }),
      { numRuns: 500 },
    );
  });
});
