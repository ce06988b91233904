import { describe, expect, it } from 'vitest';
import { convertPattern } from './convert-pattern.ts';
import { withoutLeadingSlash } from './leading-slash.ts';

describe('a pattern of Apache', () => {
  it.each([
    ['^old/(.*)$', '^old/(.*)$'],
    ['^a\\ b$', '^a b$'],
    ['\\Aindex\\z', '^index$'],
    ['^[[:alpha:]_][[:alnum:]]*$', '^[A-Za-z_][A-Za-z0-9]*$'],
    ['[]x]', '[\\]x]'],
    ['^{x}$', '^\\{x\\}$'],
    ['^a{2,3}$', '^a{2,3}$'],
    ['(?P<id>\\d+)', '(?<id>\\d+)'],
    ['a(?#note)b', 'ab'],
    ['\\Qa.b\\E$', 'a\\.b$'],
    ['say\\"hi', 'say"hi'],
    ['^(?!admin)[^/]+$', '^(?!admin)[^/]+$'],
  ])('%s is %s here', (written, expected) => {
    expect(convertPattern(written, false)).toMatchObject({ pattern: expected, ignoreCase: false });
  });

  it('may switch letter case off itself', () => {
    expect(convertPattern('(?i)^Foo$', false)).toEqual({ pattern: '^Foo$', ignoreCase: true, groups: 0 });
  });

  it.each(['a++', '(?>a)', '(?i:a)', '\\Ka', '(?R)', '(', '\\pL'])('%s is refused', (written) => {
    expect(() => convertPattern(written, false)).toThrow();
  });
});

describe("a pattern in the server's configuration loses its leading slash", () => {
  it.each([
    ['^/old/(.*)$', '^old/(.*)$', [0]],
    ['^/?old$', '^old$', [0]],
    ['^(.*)$', '^(.*)$', [0, 1]],
    ['^(.+)$', '^(.*)$', [0, 1]],
    ['(.*)\\.php', '(.*)\\.php', [0, 1]],
    ['^((/a|/b)/.*)$', '^((a|b)/.*)$', [0, 1, 2]],
    ['^/(a|b)$|^/c$', '^(a|b)$|^c$', [0]],
    ['^(?!/admin)(.*)', '^(?!admin)(.*)', [0, 1]],
    ['^([^.]+)$', '^([^.]*)$', [0, 1]],
    ['\\.php$', '\\.php$', []],
    ['(foo|bar)$', '(foo|bar)$', []],
    ['^', '^', [0]],
    ['.', '^', [0]],
  ])('%s → %s', (written, pattern, slashes) => {
    const result = withoutLeadingSlash(written);
    expect(result?.pattern).toBe(pattern);
    expect([...result!.slashes].sort()).toEqual(slashes);
  });

  it('where that says the same: all alternatives match as before', () => {
    const paths = ['/', '/a', '/b/c', '/old/x', '/a.php', '/foo', '/admin/x', '/c', '//a'];
    const patterns = ['^/old/(.*)$', '^(.*)$', '^(.+)$', '(.*)\\.php', '^((/a|/b).*)$', '^(?!/admin)(.*)', '.', 'foo$'];
    for (const pattern of patterns) {
      const { pattern: stripped, slashes } = withoutLeadingSlash(pattern)!;
      for (const path of paths) {
        const before = new RegExp(pattern).exec(path);
        const after = new RegExp(stripped).exec(path.slice(1));
        const withSlash = after?.map((group, index) => (slashes.has(index) ? `/${group}` : group)) ?? null;
        expect(withSlash && [...withSlash], `${pattern} on ${path}`).toEqual(before && [...before]);
      }
    }
  });

  it.each(['^$', '^foo', '/foo', '(/a|b)', '^/{2}', 'a?/b'])('%s cannot', (written) => {
    expect(withoutLeadingSlash(written)).toBeNull();
  });
});
