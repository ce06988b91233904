import { describe, expect, it } from 'vitest';
import { configFromObject } from '../load-config.ts';

interface Written {
  url: string;
  match?: object;
  conditions?: object;
  type?: 'Rewrite' | 'Redirect';
}

/** What is said of a host that can be continued. */
async function warnings({ url, match = { url: '^x(.*)' }, conditions = {}, type = 'Redirect' }: Written) {
  const rules = [{ name: 'r', match, conditions, action: { type, url, appendQueryString: false } }];
  const farms = { shop: { servers: ['127.0.0.1:1'] } };
  const rewriteMaps = { Moved: { entries: { a: '/b' } } };
  const { problems } = await configFromObject({ proxy: { enabled: true }, farms, rewriteMaps, rules });
  return problems.filter(({ message }) => /another host|host of the url/.test(message));
}

const when = (input: string, pattern: string, more: object = {}) => ({ add: [{ input, pattern, ...more }] });

describe('a host that is written down', () => {
  it('and what a client chooses directly behind it', async () => {
    const redirect = await warnings({ url: 'https://www.example.com{R:1}' });
    expect(redirect).toEqual([
      expect.objectContaining({
        severity: 'warning',
        message:
          'rule "r": {R:1} stands directly behind the host, and a client can make another host of it, as in www.example.com.evil.example',
        suggestion: 'write https://www.example.com/{R:1}, or capture the slash too',
      }),
    ]);
    const rewrite = await warnings({ url: 'http://shop{R:1}', type: 'Rewrite' });
    expect(rewrite.map(({ suggestion }) => suggestion)).toEqual(['write http://shop/{R:1}, or capture the slash too']);
  });

  it.each<[string, Written]>([
    ['a query string', { url: 'https://a.example{QUERY_STRING}' }],
    ['a header', { url: 'https://a.example{HTTP_X_REST}/' }],
    ['a group of a condition', { url: 'https://a.example{C:1}', conditions: when('{QUERY_STRING}', 'to=(.*)') }],
    ['a group of a negated pattern', { url: 'https://a.example{R:0}', match: { url: '^/', negate: true } }],
    ['a function', { url: 'https://a.example{ToLower:{R:1}}' }],
    ['an encoded path', { url: 'https://a.example{UrlEncode:{PATH_INFO}}' }],
    [
      'what comes behind a group that may be empty',
      { url: 'https://a.example{R:1}{R:2}', match: { url: '^x(/a)?(.*)$' } },
    ],
    ['a port', { url: 'https://a.example:{R:1}/' }],
    ['an optional slash', { url: 'https://a.example{R:1}', match: { url: '^x(/?.*)$' } }],
    ['a slash in one alternative', { url: 'https://a.example{R:1}', match: { url: '^x(/.*|\\.y)$' } }],
    ['an optional group', { url: 'https://a.example{R:1}', match: { url: '^x((?:/y)?.*)$' } }],
    ['a slash seen ahead', { url: 'https://a.example{R:1}', match: { url: '^x((?=/|y).*)$' } }],
  ])('can be continued by %s', async (_, rule) => {
    expect(await warnings(rule)).toHaveLength(1);
  });

  it.each(['REQUEST_URI', 'URL', 'UNENCODED_URL', 'PATH_INFO', 'HTTP_X_ORIGINAL_URL'])(
    'is whole before {%s}, which begins with a slash',
    async (name) => {
      expect(await warnings({ url: `https://a.example{${name}}` })).toEqual([]);
      expect(await warnings({ url: `http://shop{${name}}`, type: 'Rewrite' })).toEqual([]);
    },
  );

  it.each<[string, Written]>([
    ['/', { url: 'https://a.example/{R:1}' }],
    ['(/.*)', { url: 'https://a.example{R:1}', match: { url: '^x(/.*)$' } }],
    ['(/.*)?', { url: 'https://a.example{R:1}', match: { url: '^x(/.*)?$' } }],
    ['(\\/.*|$)', { url: 'https://a.example{R:1}', match: { url: '^x(\\/.*|$)' } }],
    ['((?:/.*)?)', { url: 'https://a.example{R:1}', match: { url: '^x((?:/.*)?)$' } }],
    ['((/a|/b).*)', { url: 'https://a.example{R:1}', match: { url: '^x((/a|/b).*)$' } }],
    ['the second group', { url: 'https://a.example{R:2}', match: { url: '^(?:x|[(])\\((?<n>y)(/.*)$' } }],
    ['a path that was taken whole', { url: 'https://a.example{C:1}', conditions: when('{REQUEST_URI}', '^(.*)$') }],
    ['a path in part', { url: 'https://a.example{C:1}', conditions: when('{REQUEST_URI}', '^/x(/.*)$') }],
    ['a map', { url: 'https://a.example{Moved:{R:1}}' }],
    ['what was captured from a map', { url: 'https://a.example{C:1}', conditions: when('{Moved:{URL}}', '(.+)') }],
    ['the port of ours', { url: 'https://a.example:{SERVER_PORT}/{R:1}' }],
    ['a lower-case path', { url: 'https://a.example{ToLower:{URL}}' }],
  ])('is whole before %s', async (_, rule) => {
    expect(await warnings(rule)).toEqual([]);
  });
});
