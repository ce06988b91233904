// security/access of IIS: parts of a site that are served by TLS alone, or to clients with a certificate.
import { afterAll, describe, expect, it } from 'vitest';
import { backend } from '../kit/backend.ts';
import { client, get } from '../kit/client.ts';
import { fieldOf, type Response } from '../kit/message.ts';
import { router } from '../kit/router.ts';
import { folder } from '../kit/site.ts';
import { opensslIsMissing, TestCertificates } from '../kit/test-certificates.ts';
import { tlsClient } from '../kit/tls-client.ts';

const skipped = opensslIsMissing();
const made = skipped ? null! : new TestCertificates();
const own = skipped ? null! : made.make({ names: 'DNS:site.example' });
const shown = skipped ? null! : made.make({ names: 'DNS:client', usage: 'clientAuth' });
afterAll(() => made?.remove());

const files = { 'a.txt': 'a', 'staff/a.txt': 'a', 'staff/open/a.txt': 'a' };

const codeOf = (response: Response) =>
  /details="(\d+(?:\.\d+)?)/.exec(fieldOf(response, 'proxy-status') ?? '')?.[1] ?? `${response.status}`;

/** A site with a plain and a TLS listener, which asks clients for certificates. */
async function site(settings: object, rest: object = {}, tls: object = {}, more: Record<string, string> = {}) {
  const root = folder({ ...files, ...more });
  const asks = { clientCertificates: 'optional', clientAuthorities: made.ca, ...tls };
  const listeners = {
    web: { address: '127.0.0.1:0' },
    secure: { address: '127.0.0.1:0', tls: { certificates: [{ cert: own.certFile, key: own.keyFile }], ...asks } },
  };
  const running = await router({ listeners, sites: { main: { root, ...settings } }, ...rest });
  const [plainUrl, secureUrl] = ['web', 'secure'].map((name) => running.urlOf(name));
  return {
    ...running,
    warnings: running.log.map(({ message }) => message),
    plain: async (path: string) => {
      const peer = (await client(plainUrl!)).send(get(path));
      return codeOf(await peer.response());
    },
    byTls: async (path: string, certificate = {}) => {
      const { peer } = await tlsClient(secureUrl!, certificate);
      peer.send(get(path));
      return codeOf(await peer.response());
    },
  };
}

const webConfig = (flags: string) =>
  `<configuration><system.webServer><security><access sslFlags="${flags}" /></security></system.webServer></configuration>`;

describe.skipIf(skipped)('access.sslFlags', () => {
  it.each(['Ssl', 'Ssl128', 'ssl, sslnegotiatecert'])('%s refuses what comes without TLS', async (sslFlags) => {
    const { plain, byTls } = await site({ access: { sslFlags } });
    expect([await plain('/a.txt'), await byTls('/a.txt')]).toEqual(['403.4', '200']);
  });

  it('SslRequireCert refuses clients without a certificate', async () => {
    const { plain, byTls } = await site({ access: { sslFlags: ['Ssl', 'SslRequireCert'] } });
    expect([await plain('/a.txt'), await byTls('/a.txt'), await byTls('/a.txt', shown)]).toEqual([
      ...['403.4', '403.7', '200'],
    ]);
    const alone = await site({ access: { sslFlags: ['SslRequireCert'] } });
    expect([await alone.plain('/a.txt'), await alone.byTls('/a.txt', shown)]).toEqual(['403.7', '200']);
  });

  it('SslRequireCert refuses everybody where no listener asks for certificates, and check says so', async () => {
    const settings = { access: { sslFlags: ['SslRequireCert'] } };
    const { byTls, warnings } = await site(settings, {}, { clientCertificates: 'off' });
    expect(await byTls('/a.txt', shown)).toBe('403.7');
    expect(warnings.join()).toContain('site "main" requires certificates of clients (access.sslFlags)');
  });

  it('of a folder hold for what is below it, until None ends them: web.config too', async () => {
    const locations = [{ path: '/staff', access: { sslFlags: 'Ssl' } }];
    const written = await site({ locations });
    expect([
      await written.plain('/a.txt'),
      await written.plain('/staff/a.txt'),
      await written.byTls('/staff/a.txt'),
    ]).toEqual([...['200', '403.4', '200']]);
    const more = {
      'staff/web.config': webConfig('Ssl, SslNegotiateCert, SslRequireCert'),
      'staff/open/web.config': webConfig('None'),
    };
    const { plain, byTls } = await site({ locations }, {}, {}, more);
    expect([await byTls('/staff/a.txt'), await byTls('/staff/a.txt', shown), await plain('/staff/open/a.txt')]).toEqual(
      [...['403.7', '200', '200']],
    );
  });

  it('hold for what the global rules send to a farm, and before the rules of the site', async () => {
    const server = await backend();
    const rule = (name: string, url: string, to: string) => ({
      name,
      match: { url },
      action: { type: 'Rewrite', url: to },
    });
    const rest = {
      rules: [rule('farm', '^api/.*', 'http://shop/{R:0}')],
      farms: { shop: { servers: [server.address] } },
    };
    const { plain, byTls } = await site({ access: { sslFlags: 'Ssl' }, rules: [rule('site', '^x$', 'a.txt')] }, rest);
    expect([await plain('/api/x'), await plain('/x'), await byTls('/api/x'), await byTls('/x')]).toEqual([
      ...['403.4', '403.4', '200', '200'],
    ]);
    expect(server.requests).toHaveLength(1);
  });
});
