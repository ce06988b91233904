// Which rewrites `check` calls an open proxy.
import { describe, expect, it } from 'vitest';
import { faultsOf, type WrittenRule } from '../../../test/rules/rule-request.ts';

const maps = [{ name: 'Hosts' }];
const host = { input: '{HTTP_HOST}', pattern: '^(.*)$' };

function warnings(rule: WrittenRule, proxy = true): string[] {
  return faultsOf({ rules: [{ match: '^(.*)$', ...rule }], maps, proxy });
}

const rewrite = (url: string, conditions: WrittenRule['conditions'] = []): WrittenRule => ({
  action: { url },
  conditions,
});

describe('with proxy.enabled, check', () => {
  it.each([
    ['a variable of the request', rewrite('http://{HTTP_HOST}/{R:1}')],
    ['a captured host', rewrite('http://{C:1}/{R:1}', [host])],
    // A slash in what is captured ends the host there.
    ['a name below one that is written', rewrite('http://{C:1}.internal.example/', [host])],
    ['a port', rewrite('http://backend:{R:1}/')],
    ['a function of it', rewrite('http://{ToLower:{HTTP_HOST}}/')],
    ['the whole URL', rewrite('{C:1}', [{ input: '{QUERY_STRING}', pattern: 'to=(.*)' }])],
    ['no path after it', rewrite('http://{R:1}')],
    ['a scheme of its choice', rewrite('http{C:1}://{C:2}/', [{ input: '{HTTP_X}', pattern: '(s?)(.*)' }])],
  ])('warns of a host that is %s', (_, rule) => {
    expect(warnings(rule)).toEqual([
      'warning rules.0.action.url: rule "rule 1": the host of the url comes from the request: with proxy.enabled clients ' +
        'choose where it goes (look the host up in a rewrite map, or let only clients of your own reach the listener ' +
        '(docs/security.md))',
    ]);
  });

  it.each([
    ['is written', rewrite('http://b.example/{R:1}?h={HTTP_HOST}')],
    ['is not there', rewrite('/{HTTP_HOST}/{R:1}')],
    ['comes from a map', rewrite('http://{Hosts:{HTTP_HOST}}/{R:1}')],
    ['was captured from a map', rewrite('http://{C:1}/', [{ input: '{Hosts:{HTTP_HOST}}', pattern: '(.+)' }])],
    ['is ours', rewrite('http://10.0.0.1:{SERVER_PORT}/{R:1}')],
    ['cannot be in a path', rewrite('{R:1}')],
    ['is for a browser', { action: { type: 'Redirect', url: 'http://{HTTP_HOST}/' } } as WrittenRule],
  ])('says nothing of a host that %s', (_, rule) => {
    expect(warnings(rule)).toEqual([]);
  });

  it('says nothing while the proxy is off: such requests are answered with 404', () => {
    expect(warnings(rewrite('http://{HTTP_HOST}/'), false)).toEqual([]);
  });
});
