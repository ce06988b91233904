import { describe, expect, it } from 'vitest';
import type { ExplainedOutcome } from '../../model/explanation.ts';
import { differenceFrom } from './expectation.ts';
import { judge } from './judge.ts';
import type { Observed } from './record.ts';

const FARMS = new Map([
  ['shop', ['web1:80', '10.0.0.2']],
  ['blog', ['web9']],
]);
const TO_SHOP: ExplainedOutcome = { kind: 'proxy', url: 'http://shop/', farm: 'shop', server: 'web1:80' };
const REDIRECT: ExplainedOutcome = { kind: 'redirect', status: 301, location: '/' };
const DENIED: ExplainedOutcome = { kind: 'customResponse', status: 403, subStatus: 4, reason: '', description: '' };
const FILE: ExplainedOutcome = { kind: 'static', url: '/', file: '/srv/x' };
const NONE: ExplainedOutcome = { kind: 'none' };

function verdict(outcome: ExplainedOutcome, observed: Partial<Observed>): string {
  const { verdict: word, why } = judge(
    outcome,
    { status: 200, subStatus: 0, routed: null, tellsRouted: true, ...observed },
    FARMS,
  );
  return why === '' ? word : `${word}: ${why}`;
}

describe('what IIS did, beside what would be done here', () => {
  it.each<[string, ExplainedOutcome, Partial<Observed>, string]>([
    ['a server of the farm', TO_SHOP, { routed: 'web1:80' }, 'same'],
    ['one named without its port', TO_SHOP, { routed: 'WEB1' }, 'same'],
    ['one named with a port', TO_SHOP, { routed: '10.0.0.2:80' }, 'same'],
    ['one of another farm', TO_SHOP, { routed: 'web9' }, 'different: it was sent to web9: of farm blog'],
    ['one that is nowhere', TO_SHOP, { routed: 'web7' }, 'different: it was sent to web7: no farm here has it'],
    ['one not named', TO_SHOP, { routed: '' }, 'cannot be judged: the log does not name the server (SERVER-ROUTED)'],
    ['a redirect', TO_SHOP, { status: 302 }, 'different: it was redirected with 302'],
    ['a refusal', TO_SHOP, { status: 403, subStatus: 14 }, 'different: it was answered with 403.14, without a server'],
    [
      'no server',
      TO_SHOP,
      { status: 502, subStatus: 4 },
      'cannot be judged: it was answered with 502.4: no server was there',
    ],
    [
      'a client that left',
      TO_SHOP,
      { status: 400 },
      'cannot be judged: it ended with 400: the client left, or sent no whole request',
    ],
    ['a page', TO_SHOP, {}, 'different: it was answered with 200, without a server'],
    [
      'a page, in a log that tells nothing of servers',
      TO_SHOP,
      { tellsRouted: false },
      'cannot be judged: the log does not tell which requests went to servers',
    ],
    ['the same redirect', REDIRECT, { status: 301 }, 'same'],
    ['another redirect', REDIRECT, { status: 302 }, 'different: it was answered with 302'],
    ['a server instead of a redirect', REDIRECT, { status: 301, routed: 'web1' }, 'different: it was sent to web1'],
    ['the same status', DENIED, { status: 403, subStatus: 4 }, 'same'],
    ['another sub-status', DENIED, { status: 403, subStatus: 6 }, 'different: it was answered with 403.6'],
    ['a sub-status that is not logged', DENIED, { status: 403, subStatus: null }, 'same'],
    ['a file', FILE, { status: 304 }, 'same'],
    ['a redirect instead of a file', FILE, { status: 301 }, 'different: it was answered with 301'],
    ['a failure instead of a file', FILE, { status: 500 }, 'cannot be judged: it was answered with 500'],
    ['nothing', NONE, { status: 404 }, 'same'],
    ['a page instead of nothing', NONE, {}, 'different: it was answered with 200'],
    ['a dropped connection', { kind: 'abort' }, { status: 0 }, 'same'],
    ['an answer instead of one', { kind: 'abort' }, {}, 'different: it was answered with 200'],
  ])('%s', (_what, outcome, observed, expected) => {
    expect(verdict(outcome, observed)).toBe(expected);
  });
});

describe('a part of an outcome', () => {
  it.each([
    [{}, null],
    [{ kind: 'redirect', status: 301 }, null],
    [{ status: 302 }, 'status: 301, not 302'],
    [{ farm: 'shop' }, 'farm: absent, not "shop"'],
    [{ constructor: 'x' }, 'constructor: absent, not "x"'],
    [{ location: { a: 1 } }, 'location: "/", not {"a":1}'],
  ])('%j differs in %j', (expected, difference) => {
    expect(differenceFrom(expected, REDIRECT)).toBe(difference);
  });

  it('is compared deeply', () => {
    const actual = { a: { b: [1, { c: 2, d: 3 }] } };
    expect(differenceFrom({ a: { b: [1, { c: 2 }] } }, actual)).toBe(null);
    expect(differenceFrom({ a: { b: [1, { c: 3 }] } }, actual)).toBe('a.b.1.c: 2, not 3');
    expect(differenceFrom({ a: { b: [1] } }, actual)).toBe('a.b: 2 members, not 1');
  });
});
