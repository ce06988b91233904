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
        pattern: '^images/',
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
        pattern: '^(shop)/',
        matched: false,
        negate: false,
        captures: ['shop/', 'shop'],
        conditions: [{ input: '{HTTP_HOST}', value: 'www.example.com', pattern: '^(other)', matched: false }],
        reason: 'the condition on {HTTP_HOST} does not hold: its value "www.example.com" does not match',
      },
      {
        stage: 'rule',
        name: 'farm',
        scope: 'global',
        input: 'shop/a',
        pattern: '^shop/(.*?)(x)?$',
        matched: true,
        negate: false,
        captures: ['shop/a', 'a', ''],
        conditions: [],
        url: { before: '/shop/a?b=1', after: 'http://shop/a?b=1' },
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

  it('say of conditions what they captured, negation, and that one is enough', () => {
    const [step] = stepsOf({
      match: '^shop/',
      conditions: [
        { input: '{HTTP_HOST}', pattern: '^www', negate: true },
        { input: '{HTTP_HOST}', pattern: '^(www)\\.(x)?' },
      ],
      logicalGrouping: 'MatchAny',
    });
    expect(step).toMatchObject({ matched: true, logicalGrouping: 'MatchAny' });
    const value = 'www.example.com';
    expect(step!.conditions).toEqual([
      { input: '{HTTP_HOST}', value, pattern: '^www', matched: false, negate: true },
      { input: '{HTTP_HOST}', value, pattern: '^(www)\\.(x)?', matched: true, captures: ['www.', 'www', ''] },
    ]);
  });

  it.each([
    [
      '{HTTP_HOST}',
      { negate: true },
      'the condition on {HTTP_HOST} does not hold: its value "www.example.com" matches, and it is negated',
    ],
    [
      '{HTTP_HOST}',
      { pattern: 'zz' },
      'the condition on {HTTP_HOST} does not hold: its value "www.example.com" does not match',
    ],
  ])('say why a condition on %s does not hold', (input, other, reason) => {
    expect(stepsOf({ conditions: [{ input, pattern: '.', ...other }] })[0]!.reason).toBe(reason);
  });

  it('say which variables and headers a rule wrote, and which headers it removed', () => {
    const rule: WrittenRule = {
      serverVariables: [
        { name: 'HTTP_X_TENANT', value: 'Jos\u00e9' },
        { name: 'HTTP_X_OLD', value: '' },
        { name: 'OWN', value: '1' },
      ],
    };
    expect(stepsOf(rule)[0]!.sets).toEqual([
      { name: 'HTTP_X_TENANT', value: 'Jos\u00e9' },
      { name: 'HTTP_X_OLD', value: null },
      { name: 'OWN', value: '1' },
    ]);
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
