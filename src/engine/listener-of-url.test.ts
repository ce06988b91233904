import { describe, expect, it } from 'vitest';
import type { ListenerConfig } from '../model/config.ts';
import { withoutCertificates } from '../model/tls-config.ts';
import { entranceOf, whyUntaken } from './listener-of-url.ts';

const listener = (name: string, port: number, rest: Partial<ListenerConfig> = {}): ListenerConfig => ({
  ...{ name, address: { kind: 'tcp', host: '127.0.0.1', port }, protocol: 'http', virtualServer: null, tls: null },
  ...{ proxySenders: [], anyPort: false },
  ...rest,
});
const LISTENERS = [
  listener('web', 80),
  listener('secure', 8443, { tls: withoutCertificates }),
  listener('raw', 9000, { protocol: 'tcp' }),
];
const why = (url: string, listeners = LISTENERS) => whyUntaken(listeners, entranceOf(new URL(url)));

describe('a request that somebody asks about', () => {
  it.each(['http://a/', 'http://a:80/', 'https://a:8443/'])('to %s is taken', (url) => {
    expect(why(url)).toBeNull();
  });

  it.each([
    ['https://a/', 'no listener has port 443: what follows is for one that had it'],
    ['http://a:8443/', 'listener secure on port 8443 speaks https: what follows is for one that took this request'],
    ['https://a:80/', 'listener web on port 80 speaks http: what follows is for one that took this request'],
    [
      'http://a:9000/',
      'listener raw on port 9000 passes connections on as they are: what follows is for one that took this request',
    ],
  ])('to %s is not, and it is said why', (url, reason) => {
    expect(why(url)).toBe(reason);
  });

  it('may be taken where the system chooses the port, on a Unix socket, and on any port', () => {
    expect(why('http://a:1/', [listener('web', 0)])).toBeNull();
    expect(why('http://a:1/', [listener('web', 80, { address: { kind: 'unix', path: '/a' } })])).toBeNull();
    expect(why('http://a:1/', [listener('web', 80, { anyPort: true })])).toBeNull();
  });
});
