// The URL test by https: real TLS servers, certificates made by openssl; and the test that only connects.
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { sampleFarm, sampleServer } from '../../../test/kit/sample-farm.ts';
import { silentServer } from '../../../test/kit/silent-server.ts';
import { type CertificateOptions, opensslIsMissing, TestCertificates } from '../../../test/kit/test-certificates.ts';
import { until } from '../../../test/kit/until.ts';
import type { ServerConfig } from '../../model/farm-config.ts';
import type { ServerTlsConfig, TlsVerification } from '../../model/server-tls.ts';
import { runTest, testOf } from './run-test.ts';

const isMissing = opensslIsMissing();
let certificates: TestCertificates;
beforeAll(() => {
  if (!isMissing) certificates = new TestCertificates();
});
afterAll(() => certificates?.remove());

const never = new AbortController().signal;

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** What reached a TLS server: the name of SNI, and Host of each request. */
interface Seen {
  names: (string | false | null)[];
  hosts: (string | undefined)[];
}

async function tlsServer(certificate: CertificateOptions, options: ServerOptions = {}) {
  const seen: Seen = { names: [], hosts: [] };
  const server = createHttpsServer({ ...certificates.make(certificate), ...options }, (request, response) => {
    seen.hosts.push(request.headers.host);
    response.setHeader('Connection', 'close');
    response.end('all is well');
  });
  server.on('secureConnection', (socket: TLSSocket) => void seen.names.push(socket.servername));
  return { port: await listen(server), seen };
}

function probe(
  port: number,
  changes: Partial<ServerConfig> = {},
  tls: Partial<ServerTlsConfig> = {},
  url = 'https://www.shop.test/up',
  signal = never,
) {
  const server = sampleServer('web1.test', { httpPort: 1, httpsPort: port, ...changes });
  const farm = sampleFarm('shop', [server]);
  Object.assign(farm.healthCheck, { url, responseMatch: 'well' });
  Object.assign(farm.protocol.tls, { ca: [certificates.authority], ...tls });
  return runTest(farm, server, testOf(farm, server), () => '127.0.0.1', signal);
}

describe.skipIf(isMissing)('a test by https', () => {
  it("goes to httpsPort, under the URL's Host, and asks for the certificate of the server's own name", async () => {
    const { port, seen } = await tlsServer({ names: 'DNS:web1.test' });
    expect(await probe(port)).toEqual({ passed: true, status: 200, reason: 'status 200' });
    expect(seen).toEqual({ names: ['web1.test'], hosts: ['www.shop.test'] });
  });

  it('goes by hostName where the server has one, and to the alternate port under the alternate name', async () => {
    const { port, seen } = await tlsServer({ names: 'DNS:app.test' });
    const changes = {
      hostName: 'app.test',
      healthCheckAlternateHostName: 'probe.test',
      healthCheckAlternatePort: port,
    };
    expect(await probe(1, changes)).toMatchObject({ passed: true });
    expect(seen).toEqual({ names: ['app.test'], hosts: ['probe.test'] });
  });

  it('of a server that is an address wants that address in the certificate', async () => {
    const target = { kind: 'tcp', host: '127.0.0.1' } as const;
    const { port, seen } = await tlsServer({ names: 'IP:127.0.0.1' });
    expect(await probe(port, { target })).toMatchObject({ passed: true });
    expect(seen.names).toEqual([false]);
    const other = await tlsServer({ names: 'IP:127.0.0.2' });
    expect(await probe(other.port, { target })).toMatchObject({ passed: false, status: null });
  });

  it('looks at status and body as by http', async () => {
    const { port } = await tlsServer({ names: 'DNS:web1.test' });
    const test = { responseMatch: 'broken' };
    expect(await probe(port, { healthCheck: test })).toMatchObject({ passed: false, status: 200 });
  });

  it('of a server that speaks no TLS fails', async () => {
    const port = await listen(createServer((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n')));
    expect(await probe(port)).toMatchObject({ passed: false, status: null });
  });

  it('ends with its signal, also within the handshake', async () => {
    const ended = new AbortController();
    let closed = false;
    const port = await listen(
      createServer((socket) => {
        socket
          .on('error', () => {})
          .on('close', () => {
            closed = true;
          });
        socket.once('data', () => ended.abort('no complete response in 30000 ms'));
      }),
    );
    const reason = 'no complete response in 30000 ms';
    expect(await probe(port, {}, {}, undefined, ended.signal)).toEqual({ passed: false, status: null, reason });
    await until(() => closed);
  });
});

describe.skipIf(isMissing)('the certificate of a server', () => {
  const good = { names: 'DNS:web1.test' };
  const faults: [string, CertificateOptions, (keyof TlsVerification)[], string][] = [
    ['another name', { names: 'DNS:other.test' }, ['ignoreNameMismatch'], 'altnames'],
    ['an expired one', { ...good, expired: true }, ['ignoreExpired'], 'CERT_HAS_EXPIRED'],
    ['one that nobody known signed', { ...good, selfSigned: true }, ['ignoreUnknownCa'], 'SELF_SIGNED'],
    ['one for clients', { ...good, usage: 'clientAuth' }, ['ignoreWrongUsage'], 'INVALID_PURPOSE'],
    [
      'an expired one that nobody known signed',
      { ...good, expired: true, selfSigned: true },
      ['ignoreExpired', 'ignoreUnknownCa'],
      'CERT_HAS_EXPIRED',
    ],
    [
      'an expired one for clients',
      { ...good, expired: true, usage: 'clientAuth' },
      ['ignoreExpired', 'ignoreWrongUsage'],
      'CERT_HAS_EXPIRED',
    ],
    [
      'one for clients that nobody known signed',
      { ...good, usage: 'clientAuth', selfSigned: true },
      ['ignoreWrongUsage', 'ignoreUnknownCa'],
      '',
    ],
    [
      'an expired one of another name',
      { names: 'DNS:other.test', expired: true },
      ['ignoreExpired', 'ignoreNameMismatch'],
      'CERT_HAS_EXPIRED',
    ],
    [
      'one of another name that nobody known signed',
      { names: 'DNS:other.test', selfSigned: true },
      ['ignoreUnknownCa', 'ignoreNameMismatch'],
      'SELF_SIGNED',
    ],
  ];
  const ALL = ['ignoreNameMismatch', 'ignoreExpired', 'ignoreUnknownCa', 'ignoreWrongUsage'] as const;

  it.each(faults)(
    '%s passes with just the opt-outs for it, and sees no request before',
    async (_, made, needed, said) => {
      const { port, seen } = await tlsServer(made);
      const refused = await probe(port);
      expect(refused).toMatchObject({ passed: false, status: null, reason: expect.stringContaining(said) });
      for (let set = 0; set < 1 << ALL.length; set++) {
        const opted = ALL.filter((_, bit) => (set >> bit) & 1);
        const enough = needed.every((each) => opted.includes(each as (typeof ALL)[number]));
        const before = seen.hosts.length;
        const { passed } = await probe(port, {}, Object.fromEntries(opted.map((each) => [each, true])));
        expect([opted, passed]).toEqual([opted, enough]);
        expect(seen.hosts.length - before).toBe(enough ? 1 : 0);
      }
    },
  );

  it('is not that of an authority that the file does not have', async () => {
    const { port } = await tlsServer(good);
    expect(await probe(port, {}, { ca: null })).toMatchObject({ passed: false });
    expect(await probe(port, {}, { ca: null, ignoreExpired: true })).toMatchObject({ passed: false });
  });
});

describe('a test by TCP', () => {
  it('passes where a connection can be made, whatever comes then', async () => {
    const port = await listen(createServer((socket) => void socket.on('error', () => {}).end('no HTTP')));
    expect(await probe(1, { httpPort: port }, {}, 'tcp:')).toEqual({ passed: true, status: null, reason: 'connected' });
    expect(await probe(1, { healthCheckAlternatePort: port }, {}, 'tcp:')).toMatchObject({ passed: true });
  });

  it('fails where none can, and where none is made before its signal', async () => {
    expect(await probe(1, {}, {}, 'tcp:')).toMatchObject({
      passed: false,
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    const port = Number((await silentServer()).split(':')[1]);
    const ended = new AbortController();
    setImmediate(() => ended.abort('too late'));
    const result = await probe(1, { httpPort: port }, {}, 'tcp:', ended.signal);
    expect(result).toEqual({ passed: false, status: null, reason: 'too late' });
  });
});
