// Servers that are reached by https: what they see, whom the router believes, and what the client is told when it does not
// (arr.md 3.1 and 4.1).
import { createServer, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SimulatedClock } from '../../src/index.ts';
import { type Backend, backend } from '../kit/backend.ts';
import { get, withBody } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { fieldOf } from '../kit/message.ts';
import { router } from '../kit/router.ts';
import { LOCAL, SecureShop, TO_SHOP } from '../kit/secure-shop.ts';
import { type CertificateOptions, opensslIsMissing, TestCertificates } from '../kit/test-certificates.ts';

const isMissing = opensslIsMissing();
let certificates: TestCertificates;
let secure: SecureShop;
beforeAll(() => {
  if (isMissing) return;
  certificates = new TestCertificates();
  secure = new SecureShop(certificates);
});
afterAll(() => certificates?.remove());

const portOf = ({ address }: Backend): number => Number(address.slice(address.lastIndexOf(':') + 1));
const socketOf = (server: Backend, index = 0): TLSSocket => server.connections[index]!.socket as TLSSocket;

describe.skipIf(isMissing)('a rule that says https', () => {
  it("reaches httpsPort by TLS, with the client's Host, and http goes on as it was", async () => {
    const there = await secure.server(LOCAL, undefined, { ALPNProtocols: ['h2', 'http/1.1'] });
    const plain = await backend();
    const rules = [
      {
        name: 'plain',
        match: { url: '^plain' },
        stopProcessing: true,
        action: { type: 'Rewrite', url: 'http://shop/p' },
      },
      ...TO_SHOP,
    ];
    const { connect } = await secure.router([{ address: plain.address, httpsPort: portOf(there) }], {}, {}, { rules });
    const client = await connect();
    for (const path of ['/a', '/plain', '/b', '/plain']) {
      client.send(get(path));
      expect((await client.response()).body.toString()).toBe('ok');
    }
    expect(there.requests.map(({ startLine }) => startLine)).toEqual(['GET /a HTTP/1.1', 'GET /b HTTP/1.1']);
    expect(fieldOf(there.requests[0]!, 'host')).toBe('shop.example');
    expect([plain.requests.length, plain.connections.length, there.connections.length]).toEqual([2, 1, 1]);
    // An address is no name of SNI.
    expect([socketOf(there).alpnProtocol, socketOf(there).servername]).toEqual(['http/1.1', false]);
  });

  it("goes by the server's hostName in SNI and certificate, and by its own name in Host where the client's is not kept", async () => {
    const there = await secure.server({ names: 'DNS:app.test' });
    const servers = [{ address: there.address, hostName: 'app.test' }];
    const { connect } = await secure.router(servers, {}, { protocol: { preserveHostHeader: false } });
    (await connect()).send(get());
    expect(fieldOf(await there.request(0), 'host')).toBe('app.test');
    expect(socketOf(there).servername).toBe('app.test');
  });

  it('leaves out port 443 of Host, and no other', async () => {
    const there = await secure.server();
    const { connect } = await secure.router([there], {}, { protocol: { preserveHostHeader: false } });
    (await connect()).send(get());
    expect(fieldOf(await there.request(0), 'host')).toBe(there.address);
  });

  it('reaches origins too, whose certificate is made out to the host of the URL', async () => {
    const there = await secure.server();
    const rules = [
      { name: 'away', match: { url: '.*' }, action: { type: 'Rewrite', url: `https://${there.address}/` } },
    ];
    const listeners = { web: { address: '127.0.0.1:0' } };
    const { connect } = await router({ listeners, rules, proxy: { enabled: true, tls: { ca: certificates.ca } } });
    const client = await connect();
    client.send(get());
    expect((await client.response()).body.toString()).toBe('ok');
    expect(fieldOf(await there.request(0), 'host')).toBe(there.address);
  });
});

describe.skipIf(isMissing)('a server that is not believed', () => {
  it.each<[string, CertificateOptions, string]>([
    ['has another name', { names: 'DNS:other.test' }, '127.0.0.1 is not among its altnames: DNS:other.test'],
    ['has an expired certificate', { ...LOCAL, expired: true }, 'CERT_HAS_EXPIRED'],
    ['is signed by nobody known', { ...LOCAL, selfSigned: true }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['shows a certificate for clients', { ...LOCAL, usage: 'clientAuth' }, 'INVALID_PURPOSE'],
  ])('sees no byte of a request when it %s: 502.3 with the reason', async (_, made, reason) => {
    const there = await secure.server(made);
    const { connect } = await secure.router([there]);
    const client = await connect();
    client.send(get());
    const response = await client.response();
    expect(response.status).toBe(502);
    expect(response.body.toString()).toContain('502.3');
    expect(response.body.toString()).toContain(reason);
    const told = fieldOf(response, 'proxy-status')!;
    expect(told).toContain('error=tls_certificate_error');
    expect(told).toContain(`the certificate is refused: ${reason}`);
    expect(there.connections.map(({ bytes }) => bytes.length)).not.toContain(1);
    expect(there.requests).toEqual([]);
  });

  it('is passed over where another one can be asked', async () => {
    const [bad, good] = [await secure.server({ names: 'DNS:other.test' }), await secure.server()];
    const { connect } = await secure.router([bad, good]);
    const client = await connect();
    for (let n = 0; n < 4; n++) {
      client.send(withBody('POST', 'what was not sent can be sent'));
      expect((await client.response()).status).toBe(200);
    }
    expect([bad.requests.length, good.requests.length]).toEqual([0, 4]);
  });

  it('is believed under compatibility: tls where only its name is wrong', async () => {
    const named = await secure.server({ names: 'DNS:other.test' });
    const unknown = await secure.server({ names: 'DNS:other.test', selfSigned: true });
    const statusOf = async (server: Backend) => {
      const { connect } = await secure.router([server], {}, {}, { compatibility: ['tls'] });
      const client = await connect();
      client.send(get());
      return (await client.response()).status;
    };
    expect([await statusOf(named), await statusOf(unknown)]).toEqual([200, 502]);
  });
});

describe.skipIf(isMissing)('a handshake that fails', () => {
  /** What Proxy-Status says of a request to a farm of this server. */
  async function told(address: string, tls: Record<string, unknown> = {}): Promise<string> {
    const { connect } = await secure.router([address], tls);
    const client = await connect();
    client.send(get());
    const response = await client.response();
    expect([response.status, response.body.toString()]).toEqual([502, expect.stringContaining('502.3')]);
    return fieldOf(response, 'proxy-status')!;
  }

  it('is told as what it is: no TLS, an end, an alert', async () => {
    const plain = await backend(undefined, { onConnection: (peer) => peer.end('HTTP/1.1 400 Bad Request\r\n\r\n') });
    expect(await told(plain.address)).toMatch(/error=tls_protocol_error.*failed: wrong version number/);
    const ending = await backend(undefined, { onConnection: ({ socket }) => socket.once('data', () => socket.end()) });
    expect(await told(ending.address)).toMatch(
      /error=tls_protocol_error.*closed the connection within the TLS handshake/,
    );
    const breaking = await backend(undefined, { onConnection: (peer) => peer.socket.once('data', () => peer.reset()) });
    expect(await told(breaking.address)).toMatch(
      /error=tls_protocol_error.*closed the connection within the TLS handshake/,
    );
    const older = await secure.server(LOCAL, undefined, { maxVersion: 'TLSv1.2' });
    expect(await told(older.address, { minVersion: 'TLSv1.3' })).toMatch(
      /error=tls_alert_received.*refused TLS: tlsv1 alert protocol version/,
    );
    const gone = await secure.server();
    await gone.close();
    expect(await told(gone.address)).toMatch(/error=connection_refused.*ECONNREFUSED/);
  });

  it('may not take longer than protocol.timeout', async () => {
    let accepted = 0;
    const silent = createServer((socket: Socket) => void socket.on('error', () => {}).on('data', () => accepted++));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const clock = new SimulatedClock();
    const address = `127.0.0.1:${(silent.address() as { port: number }).port}`;
    const { connect } = await secure.router([address], {}, { protocol: { timeout: '5s' } }, {}, { clock });
    const client = await connect();
    client.send(get());
    await eventually(() => accepted > 0);
    clock.advance(5001);
    expect(fieldOf(await client.response(), 'proxy-status')).toMatch(/error=connection_timeout.*could not connect to/);
  });
});

describe.skipIf(isMissing)('a client certificate', () => {
  const WANTED = { requestCert: true, rejectUnauthorized: true };

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is shown to a server that wants one (%s)', async (maxVersion) => {
    const { certFile, keyFile } = certificates.make({ names: 'DNS:router.test', usage: 'clientAuth' });
    const there = await secure.server(LOCAL, undefined, { ...WANTED, ca: certificates.authority, maxVersion });
    const { connect } = await secure.router([there], { certificate: { cert: certFile, key: keyFile } });
    const client = await connect();
    client.send(get());
    expect((await client.response()).status).toBe(200);
    expect(socketOf(there).getPeerX509Certificate()!.subjectAltName).toBe('DNS:router.test');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'that is missing is an alert, and another server is asked (%s)',
    async (maxVersion) => {
      const strict = await secure.server(LOCAL, undefined, { ...WANTED, ca: certificates.authority, maxVersion });
      const lax = await secure.server();
      const { connect } = await secure.router([strict]);
      const client = await connect();
      client.send(get());
      const response = await client.response();
      expect(response.status).toBe(502);
      expect(fieldOf(response, 'proxy-status')).toMatch(/error=tls_alert_received.*refused TLS: .*alert/);
      const both = await secure.router([strict, lax]);
      const second = await both.connect();
      for (let n = 0; n < 4; n++) {
        second.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
        expect((await second.response()).status).toBe(200);
      }
      expect(lax.requests.length).toBe(4);
    },
  );
});

describe.skipIf(isMissing)('pinned keys', () => {
  it('are those that a server may have, and everything else is verified all the same', async () => {
    const made = [LOCAL, { names: 'DNS:other.test' }].map((each) => certificates.make(each));
    const pins = made.map(({ certFile }) => certificates.pinOf(certFile));
    const [there, named] = [await backend(undefined, { tls: made[0] }), await backend(undefined, { tls: made[1] })];
    const other = await secure.server();
    const { connect } = await secure.router([there], { publicKeys: [pins[0]] });
    const client = await connect();
    client.send(get());
    expect((await client.response()).status).toBe(200);
    for (const [server, said] of [
      [other, 'its key is none of tls.publicKeys: sha256/'],
      [named, 'is not among its altnames'],
    ] as const) {
      const second = await (await secure.router([server], { publicKeys: pins })).connect();
      second.send(get());
      expect(fieldOf(await second.response(), 'proxy-status')).toContain(said);
      expect(server.requests).toEqual([]);
    }
  });
});
