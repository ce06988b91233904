import { describe, expect, it } from 'vitest';
import type { Explanation } from '../index.ts';
import { formatExplanation } from './format-explanation.ts';

type Step = Explanation['steps'][number];
type RuleStep = Extract<Step, { stage: 'rule' }>;

const REQUEST = { url: 'http://a/x', method: 'GET', headers: [], client: '127.0.0.1' } as const;

function rule(step: Partial<RuleStep>): RuleStep {
  return {
    ...{ stage: 'rule', name: 'r', scope: 'global', input: 'x', matched: false, negate: false, captures: [] },
    ...{ conditions: [], reason: 'the pattern does not match', pattern: '^y' },
    ...step,
  };
}

function story(steps: Step[], outcome: Explanation['outcome'] = { kind: 'none' }): string[] {
  const text = formatExplanation({ ...REQUEST, headers: [] }, { outcome, requestHeaders: {}, steps });
  expect(text).toMatch(/^[\x20-\x7e\n]*$/); // no colour: standard output of a test is no terminal
  return text.split('\n').slice(2, -2);
}

describe('the story of a request', () => {
  it('tells of a rule that did not match in one line, and what it saw once', () => {
    expect(story([rule({ name: 'first' }), rule({ name: 'a second one', negate: true })])).toEqual([
      'global rules see "x"',
      '  no   first         ^y',
      '  no   a second one  not ^y',
      '',
    ]);
  });

  it('tells of the servers of a host', () => {
    const step = { stage: 'hostAffinity', host: 'shop.example', reason: 'of this host' } as const;
    expect(story([{ ...step, servers: ['a:1', 'b:2'] }])).toEqual(['host shop.example on a:1, b:2: of this host', '']);
    expect(story([{ ...step, servers: [] }])).toEqual(['host shop.example: of this host', '']);
  });

  it('says again what rules see when that has changed, and of which list and folder they are', () => {
    const steps = [
      rule({ input: 'v1/x' }),
      rule({ input: 'x' }),
      rule({ input: 'shop/x', scope: 'main/' }),
      rule({ input: 'x', scope: 'main/shop', below: '/shop' }),
      rule({
        input: 'x',
        scope: 'main/blog',
        below: '/blog',
        reason: 'the URL is not below /blog/, where the rule stands',
      }),
    ];
    expect(story(steps).filter((line) => !line.startsWith('  no   r          ^y'))).toEqual([
      'global rules see "v1/x"',
      'global rules now see "x"',
      '',
      'rules of main/ see "shop/x"',
      '',
      'rules of main/shop see "x", below /shop',
      '',
      'rules of main/blog see "x", below /blog',
      '  no   r          the URL is not below /blog/, where the rule stands',
      '',
    ]);
  });

  it('tells which condition kept a rule from applying', () => {
    const condition = { input: '{HTTP_COOKIE}', value: 'a=1', pattern: 'a=', matched: false, negate: true } as const;
    expect(story([rule({ conditions: [condition] })])[1]).toBe(
      '  no   r          ^y matches, but {HTTP_COOKIE} is "a=1" and matches a= (negated)',
    );
    const file = {
      input: '{REQUEST_FILENAME}',
      value: '/srv/x',
      pattern: '',
      matched: false,
      matchType: 'IsFile',
    } as const;
    expect(story([rule({ conditions: [file] })])[1]).toBe(
      '  no   r          ^y matches, but {REQUEST_FILENAME} is "/srv/x", no file there',
    );
  });

  it('tells conditions of which one is enough', () => {
    const conditions = [
      { input: '{HTTPS}', value: 'off', pattern: 'on', matched: false },
      { input: '{A}', value: 'b', pattern: '(b)', matched: true, captures: ['b', 'b'] },
    ];
    const step = rule({ matched: true, logicalGrouping: 'MatchAny', conditions, reason: 'drops the connection' });
    expect(story([step])).toEqual([
      'global rules see "x"',
      '  YES  r          ^y',
      '       any of     {HTTPS} is "off" and does not match on',
      '       any of     {A} is "b" and matches (b)',
      '       captured   {C:0} "b"  {C:1} "b"',
      '                  drops the connection',
      '',
    ]);
  });

  it('tells why other bindings did not choose the site, a few of them', () => {
    const others = Array.from({ length: 7 }, (_, n) => ({ site: `s${n}`, binding: `*:8${n}:`, reason: 'it is far' }));
    expect(story([{ stage: 'site', site: 'main', reason: 'its binding *:80:', others }])).toEqual([
      'site main: its binding *:80:',
      ...[0, 1, 2, 3, 4].map((n) => `  not *:8${n}:  of s${n}: it is far`),
      '  nor 2 more',
      '',
    ]);
  });

  it('tells of a stage that it does not know', () => {
    expect(story([{ stage: 'magic', reason: 'why not' } as unknown as Step])[0]).toBe('magic: why not');
  });

  it('shows control characters of requests, and letters that turn the direction of text', () => {
    expect(story([rule({ input: 'a\u001b[31m\nb\u202e', name: '\u0007' })])).toEqual([
      'global rules see "a\\x1b[31m\\x0ab\\u202e"',
      '  no   \\x07          ^y',
      '',
    ]);
  });

  it.each<[Explanation['outcome'], string]>([
    [{ kind: 'proxy', url: 'https://b/x', server: 'b:443' }, '=> sent to b:443\n   as https://b/x\n'],
    [
      { kind: 'proxy', url: 'https://b/x', farm: 'b', server: 'a:1', tls: { port: 1, name: 'a' } },
      '=> sent to a:1 of farm b\n   as https://b/x\n   by TLS to port 1, with a certificate of a\n',
    ],
    [{ kind: 'static', url: '/x', file: '/srv/x' }, '=> served from /srv/x\n   as /x\n'],
    [{ kind: 'rewrite', url: '/y' }, '=> stays here as /y, which nothing serves: 404\n'],
    [{ kind: 'abort' }, '=> the connection is dropped\n'],
  ])('ends with the outcome %j', (outcome, words) => {
    const text = formatExplanation({ ...REQUEST, headers: [] }, { outcome, requestHeaders: {}, steps: [] });
    expect(text.slice(text.indexOf('=>'))).toBe(words);
  });
});
