import { describe, expect, it } from 'vitest';
import { FieldKind, fieldKindOf, fieldNames } from './fields.ts';
import type { MessageHead } from './message-head.ts';
import { ResponseHeadScanner } from './response-head-scanner.ts';

function headWith(...fields: string[]): MessageHead {
  const scanner = new ResponseHeadScanner({ headerBytes: 10_000, headerCount: 100 });
  const buffer = Buffer.from(`HTTP/1.1 200 OK\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`, 'latin1');
  scanner.scan(buffer, 0, buffer.length);
  return scanner.head('GET');
}

const known = fieldNames.flatMap((name, kind) => (name === '' ? [] : [{ name, kind: kind as FieldKind }]));

describe('a field of a head', () => {
  it('stands where it stood, in the spelling of the sender and without the blanks around its value', () => {
    const head = headWith('x-B: 2 3', 'X-a:\t1 \t', 'X-Empty:  ');
    expect(head.fieldCount).toBe(3);
    expect([0, 1, 2].map((index) => [head.nameAt(index), head.valueAt(index)])).toEqual([
      ['x-B', '2 3'],
      ['X-a', '1'],
      ['X-Empty', ''],
    ]);
  });

  it.each(known)('is recognised as $name in any case', ({ name, kind }) => {
    const value = kind === FieldKind.transferEncoding ? 'chunked' : '1';
    for (const spelling of [name, name.toUpperCase(), name[0].toUpperCase() + name.slice(1)]) {
      const head = headWith(`${spelling}: ${value}`);
      expect([head.kindAt(0), head.has(kind), head.indexOf(kind)]).toEqual([kind, true, 0]);
      expect([head.fieldOfKind(kind), head.field(name)]).toEqual([value, value]);
    }
  });

  it.each(known)('is not taken for $name when one character differs', ({ name, kind }) => {
    for (let at = 0; at < name.length; at++) {
      const other = `${name.slice(0, at)}q${name.slice(at + 1)}`;
      if (fieldKindOf(other) === FieldKind.unknown) expect(headWith(`${other}: 1`).kindAt(0)).toBe(FieldKind.unknown);
    }
    for (const other of [`${name}s`, name.slice(1), `${name[0]}^${name.slice(2)}`]) {
      expect(headWith(`${other}: 1`).has(kind)).toBe(false);
    }
  });

  it('has a kind of its own when its name contains an underscore', () => {
    const head = headWith('X_Forwarded_For: 1', '_: 2', 'x_forwarded_for: 3');
    expect([0, 1].map((index) => head.kindAt(index))).toEqual([FieldKind.underscore, FieldKind.underscore]);
    expect(head.has(FieldKind.xForwardedFor)).toBe(false);
    expect([head.field('_'), head.field('x_forwarded_for'), head.field('x_')]).toEqual(['2', '1, 3', undefined]);
  });

  it('is found by its lower-case name', () => {
    const head = headWith('X-One: 1', 'X-Two: 2', 'X-Ones: 3');
    expect([head.field('x-one'), head.field('x-two'), head.field('x-three')]).toEqual(['1', '2', undefined]);
    expect([head.field('cookie'), head.indexOf(FieldKind.cookie)]).toEqual([undefined, -1]);
  });

  it('is joined with the others of its name', () => {
    const head = headWith('Accept: a', 'Cookie: a=1', 'ACCEPT: b', 'cookie: b=2', 'X-A: 1', 'x-a: 2');
    expect(head.field('accept')).toBe('a, b');
    expect(head.fieldOfKind(FieldKind.cookie)).toBe('a=1; b=2');
    expect(head.field('x-a')).toBe('1, 2');
    expect(head.indexOf(FieldKind.cookie)).toBe(1);
  });

  it('costs a head no more numbers than it has fields', () => {
    expect(headWith('X-A: 1', 'X-B: 2').fields.length).toBe(10);
    expect(headWith().fields).toEqual([]);
  });
});
