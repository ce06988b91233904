import { describe, expect, it } from 'vitest';
import {
  runRules,
  type SentRequest,
  type WrittenRule,
  type WrittenRules,
} from '../../../../test/rules/rule-request.ts';

const urlOf = (rules: WrittenRule[], request: string | SentRequest, more: Partial<WrittenRules> = {}) =>
  runRules({ rules, ...more }, request).url;

const errorOf = (written: WrittenRules, request: string | SentRequest) => {
  try {
    runRules(written, request);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code}: ${message}`;
  }
  return null;
};

describe('{C:n} (url-rewrite.md 7)', () => {
  const target = (conditions: WrittenRule['conditions'], url: string, more: Partial<WrittenRule> = {}) =>
    urlOf([{ conditions, action: { url }, ...more }], '/');
  const ab = { input: 'ab', pattern: '^(a)(b)$' };
  const c = { input: 'xcx', pattern: '(c)' };
  const never = { input: 'x', pattern: 'y', negate: true };

  it('is of the condition that matched last', () => {
    expect(target([ab, c], '/{C:0}{C:1}')).toBe('/cc');
  });

  it('keeps the last real match behind a negated condition, which captures nothing', () => {
    expect(target([ab, never], '/{C:0}-{C:2}')).toBe('/ab-b');
  });

  it('with trackAllCaptures numbers the groups through, {C:0} being the first whole match', () => {
    expect(target([ab, never, c], '/{C:0}-{C:1}{C:2}{C:3}', { trackAllCaptures: true })).toBe('/ab-abc');
  });

  it('under MatchAny is of the first condition that holds', () => {
    const rule = { logicalGrouping: 'MatchAny' } as const;
    expect(target([{ input: 'x', pattern: '(y)' }, c, ab], '/{C:1}', rule)).toBe('/c');
  });

  it('a group that took no part in the match is empty', () => {
    expect(target([{ input: 'offs', pattern: 'on(s)|offs' }], '/[{C:1}]')).toBe('/%5B%5D');
    expect(urlOf([{ match: '^a(b)?$', action: { url: '/x{R:1}' } }], '/a')).toBe('/x');
  });

  it('that the matched condition does not have fails the request, naming the rule', () => {
    const rules: WrittenRule[] = [
      {
        name: 'tenant',
        logicalGrouping: 'MatchAny',
        conditions: [{ input: 'c', pattern: 'c' }, ab],
        action: { url: '/{C:1}' },
      },
    ];
    expect(errorOf({ rules }, '/')).toMatch(/^ruleFailed: rule "tenant": \{C:1\} cannot be expanded/);
  });

  it('does not see what another rule captured', () => {
    const rules: WrittenRule[] = [
      { conditions: [ab], serverVariables: [{ name: 'SEEN', value: '{C:1}' }] },
      { logicalGrouping: 'MatchAny', conditions: [never, ab], action: { url: '/{C:1}' } },
    ];
    expect(errorOf({ rules }, '/')).toMatch(/ruleFailed: rule "rule 2"/);
  });

  it('may be written {R:10} and beyond', () => {
    expect(urlOf([{ match: '^(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)$', action: { url: '/{R:10}{R:1}' } }], '/abcdefghij')).toBe(
      '/ja',
    );
  });
});

describe('functions and maps (url-rewrite.md 7, 14)', () => {
  const expanded = (expression: string, target = '/', maps: WrittenRules['maps'] = []) => {
    const rule = { match: '^(.*)$', serverVariables: [{ name: 'RESULT', value: expression }] };
    return runRules({ rules: [rule], maps }, target).ctx.outbound.serverVariables!.get('RESULT');
  };

  it.each([
    ['{ToLower:{R:1}-ÄB}', '/AbC', 'abc-äb'],
    ['{tolower:X}', '/', 'x'],
    ['{UrlEncode:{R:1}}', '/a%20b%2Fé!'.replace('é', '%C3%A9'), 'a%20b%2F%C3%A9%21'],
    ["{UrlEncode:a+b*('~_-.)}", '/', 'a%2Bb%2A%28%27~_-.%29'],
    ['{UrlDecode:a%20b%C3%A9+%zz%}', '/', 'a bé+%zz%'],
    ['{UrlDecode:%E9}', '/', 'é'],
    ['{HtmlEncode:<a href="x">\'&}', '/', '&#60;a href=&#34;x&#34;&#62;&#39;&#38;'],
    ['{ToLower:{UrlDecode:{UrlEncode:{R:1}}}}', '/A%20B', 'a b'],
    ['plain', '/', 'plain'],
    ['', '/', ''],
  ])('%s for %s is %s', (expression, target, value) => {
    expect(expanded(expression, target)).toBe(value);
  });

  it('UrlDecode refuses text that is encoded twice', () => {
    const rules = [{ name: 'twice', serverVariables: [{ name: 'X', value: '{UrlDecode:%252E}' }] }];
    expect(errorOf({ rules }, '/')).toMatch(/^ruleFailed: rule "twice": .*encoded twice/);
  });

  const maps = [
    {
      name: 'Tenants',
      defaultValue: '#',
      entries: [
        ['/A?x=1', 'one'],
        ['é', '{R:1}'],
      ] as [string, string][],
    },
  ];

  it.each([
    ['{Tenants:/a?X=1}', 'one'],
    ['{TENANTS:{REQUEST_URI}}', 'one'],
    ['{Tenants:unknown}', '#'],
    ['{Tenants:É}', '{R:1}'],
    ['{ToLower:{Tenants:/a?x=1}}', 'one'],
  ])('%s looks up %s: values are plain text, other keys give the default', (expression, value) => {
    expect(expanded(expression, '/A?x=1', maps)).toBe(value);
  });

  it('minds letter case where the map does', () => {
    const exact = [{ ...maps[0], ignoreCase: false }];
    expect([expanded('{Tenants:/a?x=1}', '/', exact), expanded('{Tenants:/A?x=1}', '/', exact)]).toEqual(['#', 'one']);
  });

  it('redirects by a map as the rule template does, a sentinel saying "not found"', () => {
    const rule: WrittenRule = {
      match: '.*',
      conditions: [
        { input: '{Tenants:{REQUEST_URI}}', pattern: '^#$', negate: true },
        { input: '{Tenants:{REQUEST_URI}}', pattern: '(.+)' },
      ],
      action: { type: 'Redirect', url: '/{C:1}', appendQueryString: false },
    };
    expect(runRules({ rules: [rule], maps }, '/A?x=1').answer).toMatchObject({
      fields: [['Location', 'http://www.example.com/one']],
    });
    expect(runRules({ rules: [rule], maps }, '/b').answer).toBeUndefined();
  });
});
