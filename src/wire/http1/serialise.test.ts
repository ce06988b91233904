import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chunkSizeLine,
  fieldLine,
  HeadError,
  isFieldName,
  isFieldValue,
  isRequestTarget,
  utf8AsLatin1,
} from './serialise.ts';

describe('a field line', () => {
  it('is name, colon, value and CRLF', () => {
    expect(fieldLine('X-A', 'b c')).toBe('X-A: b c\r\n');
    expect(fieldLine('X-Empty', '')).toBe('X-Empty: \r\n');
    expect(fieldLine('X-A', 'tab\t\x80\xff')).toBe('X-A: tab\t\x80\xff\r\n');
  });

  it.each(['', 'X A', 'X:', 'X\r\nY', 'X\0', 'caf\xe9', '\u0158'])('is refused for the name %j', (name) => {
    expect(() => fieldLine(name, '1')).toThrow(HeadError);
  });

  it.each(['a\r\nX: 1', 'a\rb', 'a\nb', 'a\0b', 'a\x0bb', 'a\x7fb'])('is refused for the value %j', (value) => {
    expect(() => fieldLine('X-A', value)).toThrow(HeadError);
  });

  it('is refused for letters that latin1 would turn into line ends', () => {
    expect(Buffer.from('\u010d\u010a', 'latin1').toString('latin1')).toBe('\r\n');
    expect(() => fieldLine('X-A', '\u010d\u010aX-B: 1')).toThrow(HeadError);
    expect(() => fieldLine('X-A', '\u{1f600}')).toThrow(HeadError);
  });

  it('never holds a line end but its own, whatever it is made of', () => {
    const text = fc.string({ unit: fc.integer({ min: 0, max: 0x200 }).map((code) => String.fromCharCode(code)) });
    fc.assert(
      fc.property(text, (value) => {
        if (!isFieldValue(value)) return void expect(() => fieldLine('X', value)).toThrow(HeadError);
        const bytes = Buffer.from(fieldLine('X', value), 'latin1');
        expect([bytes.indexOf('\r'), bytes.indexOf('\n'), bytes.indexOf('\0')]).toEqual([
          bytes.length - 2,
          bytes.length - 1,
          -1,
        ]);
      }),
    );
  });
});

describe('text for a head', () => {
  it('becomes its UTF-8 bytes, one character for each', () => {
    const ascii = 'plain';
    expect(utf8AsLatin1(ascii)).toBe(ascii);
    expect(utf8AsLatin1('č\u010a')).toBe('\xc4\x8d\xc4\x8a');
    expect(Buffer.from(utf8AsLatin1('grüße \u{1f600}'), 'latin1').toString('utf8')).toBe('grüße \u{1f600}');
  });

  it('can be a name, a value or a target, or not', () => {
    expect([isFieldName('X-A_b~1'), isFieldName('X A'), isFieldName('')]).toEqual([true, false, false]);
    expect([isFieldValue(''), isFieldValue('a b'), isFieldValue('a\nb')]).toEqual([true, true, false]);
    expect(['/', '/a?b=%20', '*'].every(isRequestTarget)).toBe(true);
    expect(['', 'a', '/a b', '/a#b', '/\r\n', '/\xe9', '/\u010a', 'http://a/', '**'].some(isRequestTarget)).toBe(false);
  });
});

describe('a chunk size line', () => {
  it('is hexadecimal', () => {
    expect(chunkSizeLine(0)).toBe('0\r\n');
    expect(chunkSizeLine(65_535)).toBe('ffff\r\n');
  });
});
