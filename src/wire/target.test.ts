import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePath, encodePath, pathEnd, prepareTarget, resolveDotSegments } from './target.ts';

const prepared = (path: string, allowDoubleEscaping = false) => prepareTarget(path, allowDoubleEscaping);
const refusalOf = (path: string) => {
  const result = prepared(path);
  return typeof result === 'string' ? null : result.code;
};

describe('prepareTarget', () => {
  it.each([
    ['/', '/'],
    ['*', '*'],
    ['/a/b?x=/../y', '/a/b?x=/../y'],
    ['/a?q=100%&r=%zz%00', '/a?q=100%&r=%zz%00'],
    ['/a%20b/caf%C3%A9', '/a%20b/caf%C3%A9'],
    ['/a%2eb', '/a%2eb'],
    ['/.well-known/x', '/.well-known/x'],
    ['/a..b/...', '/a..b/...'],
    ['//a//b', '//a//b'],
    ['/a%3Fb', '/a%3Fb'],
    ['/caf%E9', '/caf%E9'],
    ['/100%25', '/100%25'],
    ['/a;v=1/[x]?', '/a;v=1/[x]?'],
  ])('leaves %s byte for byte', (path, expected) => {
    expect(prepared(path)).toBe(expected);
  });

  it.each([
    ['/a/../b', '/b'],
    ['/a/./b', '/a/b'],
    ['/a/b/..', '/a/'],
    ['/a/.', '/a/'],
    ['/..', '/'],
    ['/../../x?q=%2F', '/x?q=%2F'],
    ['/a/%2e%2E/b', '/b'],
    ['/a/.%2e/b', '/b'],
    ['/a\\b', '/a/b'],
    ['/a\\..\\b', '/b'],
    ['/a%5C..%5Cb', '/b'],
    ['/a%2Fb', '/a/b'],
    ['/a%2f..%2fb', '/b'],
    ['/%2Fevil', '/evil'],
    ['/x%20y/../a%20b%25c', '/a%20b%25c'],
    ['/a//b/../c', '/a/c'],
  ])('sends %s as the path that rules see: %s', (path, expected) => {
    expect(prepared(path)).toBe(expected);
  });

  it.each([
    ['/a%00b', 'badRequest'],
    ['/100%', 'badRequest'],
    ['/a%2', 'badRequest'],
    ['/a%zz', 'badRequest'],
    ['/a%u0041', 'badRequest'],
    ['/a%252Fb', 'doubleEscaped'],
    ['/a%2541', 'doubleEscaped'],
    ['/%25%32%65', 'doubleEscaped'],
  ])('refuses %s as %s', (path, code) => {
    expect(refusalOf(path)).toBe(code);
  });

  it('takes a path that is escaped twice where that is allowed, decoded one level', () => {
    expect(prepared('/a%252Fb', true)).toBe('/a%252Fb');
    expect(decodePath('/a%252Fb')).toBe('/a%2Fb');
  });

  it('gives for any visible ASCII a refusal or a target that names what the rules see', () => {
    const visible = fc
      .array(
        fc.oneof(
          fc.constantFrom('/', '.', '..', '%2e', '%2F', '%5c', '\\', '%25', '%', '%C3%A9', '?', 'a'),
          fc.string({ unit: 'binary-ascii', maxLength: 4 }),
        ),
      )
      .map(
        (pieces) =>
          `/${pieces
            .join('')
            .replace(/[^\x21-\x7e]/g, 'x')
            .replaceAll('#', '')}`,
      );
    fc.assert(
      fc.property(visible, fc.boolean(), (path, allow) => {
        const target = prepareTarget(path, allow);
        if (typeof target !== 'string') return;
        const seen = decodePath(target);
        expect(prepareTarget(target, true)).toBe(target);
        expect(seen.split('/')).not.toContain('..');
        expect(seen).not.toContain('\\');
        expect(decodePath(encodePath(seen))).toBe(seen);
      }),
    );
  });
});

describe('decodePath', () => {
  it.each([
    ['/caf%C3%A9', '/café'],
    ['/a%20b?c%20d', '/a b'],
    ['/%EF%BB%BFx', '/\ufeffx'],
    ['/caf%E9', '/café'],
    ['/x%C0%AFy', '/xÀ¯y'],
    ['//a///b', '/a/b'],
    ['/a%3Fb?c', '/a?b'],
    ['*', '/'],
  ])('reads %s as %s', (target, path) => {
    expect(decodePath(target)).toBe(path);
  });
});

describe('encodePath', () => {
  it.each([
    ["/a-._~!$&'()*+,;=:@/b", "/a-._~!$&'()*+,;=:@/b"],
    ['/a b%c?d#e', '/a%20b%25c%3Fd%23e'],
    ['/é😀', '/%C3%A9%F0%9F%98%80'],
    ['/[x]{y}|^`"<>\\', '/%5Bx%5D%7By%7D%7C%5E%60%22%3C%3E%5C'],
    ['/č\u010a\r\n', '/%C4%8D%C4%8A%0D%0A'],
    ['/\ud800x', '/%EF%BF%BDx'],
  ])('writes %j as %s', (text, encoded) => {
    expect(encodePath(text)).toBe(encoded);
  });
});

describe('resolveDotSegments', () => {
  it('resolves what a rewrite made and keeps the rest, repeated slashes included', () => {
    expect(resolveDotSegments('/a/../b')).toBe('/b');
    expect(resolveDotSegments('/a//.b')).toBe('/a//.b');
  });
});

describe('pathEnd', () => {
  it('is where the query begins, or the end', () => {
    expect([pathEnd('/a?b?c'), pathEnd('/a')]).toEqual([2, 2]);
  });
});
