import { describe, expect, it } from 'vitest';
import { departuresOf } from './departures.ts';

const found = (raw: Record<string, unknown>) => departuresOf(raw).map(({ word, path }) => `${word} ${path.join('.')}`);

describe('departures from ARR', () => {
  it('touch no configuration without farms and proxy', () => {
    expect(found({ rules: [{ name: 'a', action: { type: 'Redirect', url: 'https://a/' } }] })).toEqual([]);
    expect(found({ proxy: { enabled: false }, farms: 'nonsense' })).toEqual([]);
  });

  it('touch a farm by what it does not say', () => {
    expect(found({ farms: { shop: { servers: ['a'] } } })).toEqual([
      'xForwardedFor farms.shop',
      'retries farms.shop',
      'buffering farms.shop',
      'headers farms.shop',
    ]);
    const protocol = {
      ...{ xForwardedForHeaderName: '', retries: 0, minResponseBuffer: 0, bufferChunkedResponses: 'true' },
      arrResponseHeader: false,
    };
    expect(found({ farms: { shop: { protocol } } })).toEqual([]);
  });

  it('touch what it says', () => {
    const farm = {
      affinity: { useCookie: 'True' },
      protocol: { reverseRewriteHostInResponseHeaders: true },
    };
    expect(found({ farms: { plain: {}, shop: farm } })).toEqual(
      expect.arrayContaining([
        'affinityCookie farms.shop.affinity.useCookie',
        'reverseRewrite farms.shop.protocol.reverseRewriteHostInResponseHeaders',
      ]),
    );
  });

  it('touch the proxy of the server, which rewrites Location unless it is told not to', () => {
    expect(found({ proxy: { enabled: 'true' } })).toEqual([
      'xForwardedFor proxy',
      'buffering proxy',
      'headers proxy',
      'reverseRewrite proxy.reverseRewriteHostInResponseHeaders',
    ]);
  });

  it('touch rules that rewrite to https, wherever they stand', () => {
    const rules = [{ name: 'a', action: { type: 'rewrite', url: 'https://shop/{R:0}' } }];
    expect(found({ sites: { main: { locations: [{ path: '/a', rules: { list: rules } }] } } })).toEqual([
      'tls sites.main.locations.0.rules.list.0.action.url',
    ]);
  });
});
