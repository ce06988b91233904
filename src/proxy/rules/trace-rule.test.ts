import { describe, expect, it } from 'vitest';
import { runRules, type WrittenRule } from '../../../test/rules/rule-request.ts';
import type { RuleStep, Step } from '../../model/trace.ts';

const stepsOf = (...rules: WrittenRule[]): RuleStep[] => {
  const trace: RuleStep[] = [];
  runRules({ rules }, { target: '/shop/a?b=1', trace: trace as Step[] });
  return trace;
};
const condition = { input: '{HTTP_HOST}', pattern: '^(other)' };

describe('the steps of explain', () => {
  it('say of each rule tried what it saw, captured and did', () => {
    const steps = stepsOf(
      { name: 'images', match: '^images/' },
      { name: 'host', match: '^(shop)/', conditions: [condition], action: { url: '/x' } },
      { name: 'farm', match: '^shop/(.*?)(x)?$', stopProcessing: true, action: { url: 'http://shop/{R:1}' } },
      { name: 'never', match: '.*' },
    );
    expect(steps).toEqual([
      {
        stage: 'rule',
        name: 'images',
        scope: 'global',
        input: 'shop/a',
        matched: false,
        negate: false,
        captures: [],
        conditions: [],
        reason: 'the pattern does not match',
      },
      {
        stage: 'rule',
        name: 'host',
        scope: 'global',
        input: 'shop/a',
        matched: false,
        negate: false,
        captures: ['shop/', 'shop'],
        conditions: [{ input: '{HTTP_HOST}', value: 'www.example.com', pattern: '^(other)', matched: false }],
        reason: 'the condition on {HTTP_HOST} does not hold: its value is "www.example.com"',
      },
      {
        stage: 'rule',
        name: 'farm',
        scope: 'global',
        input: 'shop/a',
        matched: true,
        negate: false,
        captures: ['shop/a', 'a', ''],
        conditions: [],
        reason: 'rewritten to http://shop/a?b=1; no further rule runs',
      },
    ]);
  });

  it.each([
    ['is negated', { match: { url: 'shop', negate: true } }, 'the pattern matches, and the rule is negated'],
    ['rewrites here', { action: { url: '/x' } }, 'rewritten to /x?b=1 here'],
    ['does nothing', {}, 'applied; the URL stays as it is'],
    ['redirects', { action: { type: 'Redirect', url: '/x' } }, 'redirects with 301 to http://www.example.com/x?b=1'],
    ['answers', { action: { type: 'CustomResponse', statusCode: 403 } }, 'answers 403'],
    ['aborts', { action: { type: 'AbortRequest' } }, 'drops the connection'],
  ] as [string, WrittenRule, string][])('say why where a rule %s', (_, rule, reason) => {
    expect(stepsOf(rule)[0].reason).toBe(reason);
  });

  it('keep the rule that failed', () => {
    const rules = [{ name: 'r', serverVariables: [{ name: 'X', value: '{UrlDecode:%2541}' }] }];
    const trace: Step[] = [];
    expect(() => runRules({ rules }, { target: '/', trace })).toThrow(/rule "r"/);
    expect(trace).toMatchObject([{ name: 'r', matched: true, reason: 'failed while it was carried out' }]);
  });

  it('do not change what the rules do', () => {
    const rules: WrittenRule[] = [
      {
        match: '^shop/(.*)',
        conditions: [{ input: '{HTTP_HOST}', pattern: '^(\\w+)' }],
        action: { url: 'http://{C:1}/{R:1}' },
      },
    ];
    const request = { target: '/shop/a' };
    expect(runRules({ rules }, { ...request, trace: [] }).url).toBe(runRules({ rules }, request).url);
  });
});
