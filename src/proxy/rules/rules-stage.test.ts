import { describe, expect, it } from 'vitest';
import { runRules, type SentRequest, type WrittenRule, type WrittenRules } from '../../../test/rules/rule-request.ts';
import type { RuleStep, Step } from '../../model/trace.ts';

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

const toFarm = (match: string, url: string): WrittenRule => ({ match, action: { url }, stopProcessing: true });

describe('the pipeline (url-rewrite.md 2)', () => {
  it('leaves a request that no rule matches as it came', () => {
    const { ctx, answer, url } = runRules({ rules: [toFarm('^shop/', 'http://shop/')] }, '/other//%7Ex?a=%zz&b');
    expect([url, answer, ctx.matchedRules, ctx.outbound.rewritten]).toEqual([
      '/other//%7Ex?a=%zz&b',
      undefined,
      null,
      false,
    ]);
  });

  it('is absent when no rule is enabled', () => {
    expect(urlOf([{ ...toFarm('.*', 'http://shop/'), enabled: false }], '/a')).toBe('/a');
  });

  it('gives the next rule the rewritten URL and query', () => {
    const rules = [
      { match: '^old/(.*)', action: { url: 'new/{R:1}?from=old' } },
      {
        match: '^new/(.*)',
        conditions: [{ input: '{QUERY_STRING}', pattern: '^from=old&q=1$' }],
        action: { url: 'http://shop/{R:1}' },
      },
    ];
    const { url, ctx } = runRules({ rules }, '/old/x?q=1');
    expect(url).toBe('http://shop/x?from=old&q=1');
    expect(ctx.matchedRules).toEqual(['rule 1', 'rule 2']);
  });

  it('stops after a rule with stopProcessing only when it applied, conditions included', () => {
    const rules: WrittenRule[] = [
      { match: 'nothing', stopProcessing: true },
      { conditions: [{ input: '{HTTP_HOST}', pattern: '^other$' }], stopProcessing: true },
      { match: '^static/', stopProcessing: true },
      { match: '(.*)', action: { url: 'http://shop/{R:1}' } },
    ];
    expect(urlOf(rules, '/static/a')).toBe('/static/a');
    expect(urlOf(rules, '/a')).toBe('http://shop/a');
  });

  it('runs each rule once: a rewrite does not start the list again', () => {
    const rules = [
      { match: '^b$', action: { url: 'c' } },
      { match: '^a$', action: { url: 'b' } },
    ];
    expect(urlOf(rules, '/a')).toBe('/b');
  });

  it('ends at a Redirect whatever stopProcessing says', () => {
    const rules: WrittenRule[] = [
      { match: '^a$', action: { type: 'Redirect', url: '/b' } },
      { match: '.*', action: { type: 'AbortRequest' } },
    ];
    expect(runRules({ rules }, '/a').answer).toMatchObject({ status: 301 });
  });

  it('lets a relative rewrite after an absolute one make the request local again', () => {
    const rules = [toFarm('.*', 'http://shop/x'), { match: '^x$', action: { url: '/y' } }];
    rules[0].stopProcessing = false;
    expect(urlOf(rules, '/a')).toBe('/y');
  });
});

describe('what patterns see (url-rewrite.md 3, 4)', () => {
  const seen = (target: string) => {
    const rule = { conditions: [{ input: '[{R:0}]', pattern: '.*' }] };
    const trace: Step[] = [];
    runRules({ rules: [rule] }, { target, trace });
    return (trace[0] as RuleStep).input;
  };

  it.each([
    ['/content/default.aspx?tabid=2', 'content/default.aspx'],
    ['/', ''],
    ['/?q', ''],
    ['/caf%C3%A9', 'café'],
    ['/a%20b', 'a b'],
    ['/a%2Fb', 'a/b'],
    ['/a/../b/./c', 'b/c'],
    ['/a\\b', 'a/b'],
    ['//a///b', 'a/b'],
    ['/a%252Fb', 'a%2Fb'],
  ])('for %s is %j', (target, input) => {
    expect(seen(target)).toBe(input);
  });

  it('for OPTIONS of the whole server is the empty path, and the * is sent on', () => {
    const rules = [{ ...toFarm('^(.*)$', 'http://shop/{R:1}') }];
    expect(urlOf(rules, { method: 'OPTIONS', target: '*' })).toBe('http://shop*');
  });

  it('for a target in absolute form is its path', () => {
    const rules = [toFarm('^a$', 'http://shop/{R:0}')];
    expect(urlOf(rules, { target: 'http://www.example.com/a?b' })).toBe('http://shop/a?b');
  });

  it('a rule without match is for every URL, and {R:0} is the input', () => {
    expect(urlOf([{ match: null, action: { url: 'http://shop/x/{R:0}' } }], '/a/b')).toBe('http://shop/x/a/b');
  });

  it('. does not match the home page, .* and ^$ do', () => {
    expect(urlOf([toFarm('.', 'http://shop/')], '/')).toBe('/');
    expect(urlOf([toFarm('.*', 'http://shop/')], '/')).toBe('http://shop/');
    expect(urlOf([toFarm('^$', 'http://shop/home')], '/')).toBe('http://shop/home');
  });

  it('an empty capture as the whole url gives /', () => {
    expect(urlOf([{ match: '^a(.*)$', action: { url: '{R:1}' } }], '/a')).toBe('/');
  });

  it('ignores letter case unless the rule says otherwise', () => {
    expect(urlOf([toFarm('^shop$', 'http://shop/')], '/SHOP')).toBe('http://shop/');
    const minding = { ...toFarm('', 'http://shop/'), match: { url: '^shop$', ignoreCase: false } };
    expect(urlOf([minding], '/SHOP')).toBe('/SHOP');
  });

  it('negate lets the rule proceed where the pattern does not match, with {R:0} the input', () => {
    const rule = { match: { url: '^static/', negate: true }, action: { url: 'http://shop/x/{R:0}' } };
    expect(urlOf([rule], '/a')).toBe('http://shop/x/a');
    expect(urlOf([rule], '/static/a')).toBe('/static/a');
  });

  it.each([
    ['Wildcard', 'old/*', 'http://shop/{R:1}', '/old/a/b', 'http://shop/a/b'],
    ['Wildcard', '*/x/*', 'http://shop/{R:2}/{R:1}', '/a/x/b', 'http://shop/b/a'],
    ['ExactMatch', 'a.b', 'http://shop/{R:0}', '/A.B', 'http://shop/A.B'],
    ['ExactMatch', 'a.b', 'http://shop/{R:0}', '/axb', '/axb'],
  ] as const)('%s: %s rewritten to %s takes %s to %s', (patternSyntax, match, url, target, result) => {
    expect(urlOf([{ patternSyntax, match, action: { url } }], target)).toBe(result);
  });

  it('the syntax of the rule is the syntax of its conditions', () => {
    const rule: WrittenRule = {
      patternSyntax: 'Wildcard',
      match: '*',
      conditions: [{ input: '{HTTP_HOST}', pattern: '*.example.com' }],
      action: { url: 'http://{C:1}.internal/{R:0}' },
    };
    expect(urlOf([rule], '/a')).toBe('http://www.internal/a');
  });

  it('refuses to match text that is longer than 16 KiB', () => {
    const rules = [toFarm('^x', 'http://shop/')];
    expect(errorOf({ rules }, `/${'a'.repeat(16_384)}`)).toBeNull();
    expect(errorOf({ rules }, `/${'a'.repeat(16_385)}`)).toMatch(/^uriTooLong: rule "rule 1"/);
    const onHeader = [{ conditions: [{ input: '{HTTP_COOKIE}', pattern: 'x' }] }];
    expect(errorOf({ rules: onHeader }, { target: '/', fields: [`Cookie: ${'a'.repeat(16_385)}`] })).toMatch(
      /^uriTooLong/,
    );
  });
});

describe('conditions (url-rewrite.md 6)', () => {
  const holds = (conditions: WrittenRule['conditions'], more: Partial<WrittenRule> = {}) =>
    urlOf([{ conditions, action: { url: '/yes' }, ...more }], '/a?b=1') === '/yes?b=1';
  const yes = { input: 'a', pattern: '^a$' };
  const no = { input: 'a', pattern: '^b$' };

  it('MatchAll wants all of them, MatchAny one', () => {
    expect([holds([yes, yes]), holds([yes, no]), holds([])]).toEqual([true, false, true]);
    const any = { logicalGrouping: 'MatchAny' } as const;
    expect([holds([no, yes], any), holds([no, no], any), holds([], any)]).toEqual([true, false, true]);
  });

  it('negate inverts one condition', () => {
    expect([holds([{ ...no, negate: true }]), holds([{ ...yes, negate: true }])]).toEqual([true, false]);
  });

  it('ignores letter case unless told otherwise', () => {
    const upper = { input: 'A', pattern: '^a$' };
    expect([holds([upper]), holds([{ ...upper, ignoreCase: false }])]).toEqual([true, false]);
  });

  it('has what the rule captured, and what the condition before it captured, in its input', () => {
    const rule: WrittenRule = {
      match: '^(\\w+)/(\\w+)$',
      conditions: [
        { input: '{HTTP_HOST}', pattern: '^(\\w+)\\.' },
        { input: '##{C:1}##{R:2}', pattern: '^##(\\w+)##(\\w+)$' },
      ],
      action: { url: 'http://{C:1}/{C:2}/{R:1}' },
    };
    expect(urlOf([rule], '/a/b')).toBe('http://www/b/a');
  });

  it('a pattern that is empty matches everything', () => {
    expect(holds([{ input: '{QUERY_STRING}' }])).toBe(true);
  });
});
