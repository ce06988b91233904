// What servers, rules, logs and clients are told of TLS: headers, variables, certificates of clients, redirects and HSTS.
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { SimulatedClock } from '../../src/index.ts';
import { backend } from '../kit/backend.ts';
import { client, get } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { fieldOf } from '../kit/message.ts';
import { shop, shopConfig } from '../kit/router.ts';
import { type MadeCertificate, opensslIsMissing, TestCertificates } from '../kit/test-certificates.ts';
import { tlsClient } from '../kit/tls-client.ts';

const skipped = opensslIsMissing();
const made = skipped ? null! : new TestCertificates();
const others = skipped ? null! : new TestCertificates();
const own = skipped ? null! : made.make({ names: 'DNS:shop.example', subject: 'shop' });
afterAll(() => {
  made?.remove();
  others?.remove();
});

const files = ({ certFile, keyFile }: MadeCertificate) => ({ cert: certFile, key: keyFile });
const ofClient = (rest = {}, from = made) =>
  from.make({ names: 'DNS:client', subject: 'client', usage: 'clientAuth', ...rest });

async function secure(tls: Record<string, unknown> = {}, rest: Record<string, unknown> = {}) {
  const server = await backend();
  const listeners = { web: { address: '127.0.0.1:0', tls: { certificates: [files(own)], ...tls } } };
  const { listeners: more = {}, ...others } = rest as { listeners?: object };
  const running = await shop([server], {}, { ...others, listeners: { ...listeners, ...more } });
  return { server, ...running };
}

async function asked(url: string, options = {}, text = get()) {
  const { peer, socket } = await tlsClient(url, { servername: 'shop.example', ...options });
  peer.send(text);
  return { response: await peer.response(), peer, socket };
}

describe.skipIf(skipped)('what a server is told of TLS', () => {
  it('stands in X-ARR-SSL and X-Forwarded-Proto, and no client can say it', async () => {
    const { url, server } = await secure();
    await asked(url, {}, get('/', 'X-ARR-SSL: forged\r\nX-ARR-ClientCert: forged\r\n'));
    const [request] = server.requests;
    expect(fieldOf(request!, 'x-arr-ssl')).toBe('256|128|CN=Test authority|CN=shop');
    expect(fieldOf(request!, 'x-arr-clientcert')).toBeUndefined();
    expect(fieldOf(request!, 'x-forwarded-proto')).toBe('https');
    expect(JSON.stringify(request!.fields)).not.toContain('forged');
  });

  it('may be of a certificate with letters beyond ASCII', async () => {
    const foreign = made.make({ names: 'DNS:shop.example', subject: 'Łódź, 日本' });
    const { url, server } = await secure({ certificates: [files(foreign)] });
    expect((await asked(url)).response.status).toBe(200);
    const value = Buffer.from(fieldOf(server.requests[0]!, 'x-arr-ssl')!, 'latin1').toString('utf8');
    expect(value).toContain('Łódź');
  });

  it('has the certificate of the client', async () => {
    const shown = ofClient();
    const { url, server } = await secure({ clientCertificates: 'optional', clientAuthorities: made.ca });
    await asked(url, { cert: shown.cert, key: shown.key });
    const der = execFileSync('openssl', ['x509', '-in', shown.certFile, '-outform', 'DER']);
    expect(fieldOf(server.requests[0]!, 'x-arr-clientcert')).toBe(der.toString('base64'));
    await asked(url);
    expect(fieldOf(server.requests[1]!, 'x-arr-clientcert')).toBeUndefined();
  });

  it('can be read by rules', async () => {
    const shown = ofClient();
    const names = [
      'CERT_SUBJECT',
      'CERT_ISSUER',
      'CERT_FLAGS',
      'CERT_SERVER_SUBJECT',
      'HTTPS_KEYSIZE',
      'HTTPS_SECRETKEYSIZE',
      'CRYPT_PROTOCOL',
      'HTTPS',
    ];
    const value = names.map((name) => `{${name}}`).join('|');
    const rules = [
      {
        name: 'tell',
        match: { url: '.*' },
        serverVariables: [
          { name: 'HTTP_X_TLS', value },
          { name: 'HTTP_X_SERIAL', value: '{CERT_SERIALNUMBER}' },
        ],
        action: { type: 'Rewrite', url: 'http://shop/{R:0}' },
      },
    ];
    const tls = { clientCertificates: 'optional', clientAuthorities: made.ca };
    const { url, server } = await secure(tls, { rules, allowedServerVariables: ['HTTP_X_TLS', 'HTTP_X_SERIAL'] });
    await asked(url, { cert: shown.cert, key: shown.key });
    await asked(url);
    const [first, second] = server.requests;
    expect(fieldOf(first!, 'x-tls')).toBe('CN=client|CN=Test authority|1|CN=shop|128|256|TLSv1.3|on');
    expect(fieldOf(first!, 'x-serial')).toMatch(/^[0-9a-f]{2}(-[0-9a-f]{2})+$/);
    expect(fieldOf(second!, 'x-tls')).toBe('||0|CN=shop|128|256|TLSv1.3|on');
  });

  it('stands in the access log', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'narrows-tls-log-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const path = join(directory, 'access.log');
    const { url } = await secure({}, { accessLog: { path } });
    await asked(url, { maxVersion: 'TLSv1.2' });
    await eventually(() => readFileSync(path, 'utf8').includes('\n'));
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      ...{ scheme: 'https', tls: 'TLSv1.2', serverName: 'shop.example' },
      cipher: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    });
  });
});

describe.skipIf(skipped)('the certificate of a client', () => {
  const tls = skipped ? {} : { clientCertificates: 'required', clientAuthorities: made.ca };
  const statusOf = async (url: string, shown: MadeCertificate | null, version = 'TLSv1.3') => {
    const options = shown === null ? {} : { cert: shown.cert, key: shown.key };
    const { response } = await asked(url, { ...options, maxVersion: version });
    return `${response.status} ${/\b403\.\d+/.exec(response.body.toString())?.[0] ?? ''}`;
  };

  it.each(['TLSv1.2', 'TLSv1.3'])('is asked for: who shows none, or a wrong one, is told so (%s)', async (version) => {
    const { url, server } = await secure(tls);
    expect(await statusOf(url, ofClient(), version)).toBe('200 ');
    expect(await statusOf(url, null, version)).toBe('403 403.7');
    expect(await statusOf(url, ofClient({ expired: true }), version)).toBe('403 403.17');
    expect(await statusOf(url, ofClient({}, others), version)).toBe('403 403.16');
    expect(await statusOf(url, ofClient({ selfSigned: true }), version)).toBe('403 403.16');
    expect(await statusOf(url, ofClient({ usage: 'serverAuth' }), version)).toBe('403 403.16');
    expect(server.requests).toHaveLength(1);
  });

  it('is refused once it is revoked', async () => {
    const revoked = ofClient();
    const { url } = await secure({ ...tls, revocationLists: revocationList(revoked) });
    expect(await statusOf(url, revoked)).toBe('403 403.13');
    expect(await statusOf(url, ofClient())).toBe('200 ');
  });

  it('may be left out where it is optional, and must be in order all the same', async () => {
    const { url } = await secure({ ...tls, clientCertificates: 'optional' });
    expect(await statusOf(url, null)).toBe('200 ');
    expect(await statusOf(url, ofClient({}, others))).toBe('403 403.16');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'is refused once it has expired, in a session that is resumed too (%s)',
    async (maxVersion) => {
      const { cert, key } = ofClient();
      const clock = new SimulatedClock(Date.parse(new X509Certificate(cert).validTo) - 1000);
      const listeners = { web: { address: '127.0.0.1:0', tls: { certificates: [files(own)], ...tls } } };
      const { url } = await shop([await backend()], {}, { listeners }, { clock });
      const options = { servername: 'shop.example', cert, key, maxVersion } as const;
      const { socket, peer } = await tlsClient(url, options);
      const session = new Promise<Buffer>((resolve) => socket.once('session', resolve));
      peer.send(get());
      expect((await peer.response()).status).toBe(200);
      clock.advance(2001);
      const known = maxVersion === 'TLSv1.2' ? socket.getSession()! : await session;
      const again = await asked(url, { ...options, session: known });
      expect([again.socket.isSessionReused(), again.response.status]).toEqual([true, 403]);
      expect(again.response.body.toString()).toContain('403.17');
    },
  );

  it('is that of the session when one is resumed', async () => {
    const shown = ofClient();
    const { url, server } = await secure(tls);
    const { socket, peer } = await tlsClient(url, { servername: 'shop.example', cert: shown.cert, key: shown.key });
    const session = new Promise<Buffer>((resolve) => socket.once('session', resolve));
    peer.send(get());
    await peer.response();
    const again = await asked(url, { cert: shown.cert, key: shown.key, session: await session });
    expect(again.socket.isSessionReused()).toBe(true);
    expect(again.response.status).toBe(200);
    expect(fieldOf(server.requests[1]!, 'x-arr-clientcert')).toBe(fieldOf(server.requests[0]!, 'x-arr-clientcert'));
  });
});

describe.skipIf(skipped)('a reload while a connection is kept', () => {
  const listenersOf = (name: string, port: number, tls: object | null) => ({
    listeners: { [name]: { address: `127.0.0.1:${port}`, ...(tls === null ? {} : { tls }) } },
  });

  async function kept(before: object | null, after: object | null, name = 'web') {
    const port = await freePort();
    const server = await backend();
    const running = await shop([server], {}, listenersOf('web', port, before));
    const peer = before === null ? await client(running.url) : (await tlsClient(running.url)).peer;
    peer.send(get());
    expect((await peer.response()).status).toBe(200);
    await running.router.reload({ ...listenersOf(name, port, after), farms: { shop: { servers: [server.address] } } });
    peer.send(get());
    const response = await peer.response();
    return { status: response.status, connection: fieldOf(response, 'connection'), url: running.url };
  }

  const tls = skipped ? {} : { certificates: [files(own)] };
  const asking = skipped ? {} : { ...tls, clientCertificates: 'required', clientAuthorities: made.ca };

  it('asks for the certificate that is required now, also under another name of the listener', async () => {
    for (const name of ['web', 'other']) {
      const { status, connection, url } = await kept(tls, asking, name);
      expect([status, connection]).toEqual([403, 'close']);
      const shown = ofClient();
      expect((await asked(url, { cert: shown.cert, key: shown.key })).response.status).toBe(200);
    }
  });

  it('lets nobody stay who came before the listener had TLS, where a certificate is required', async () => {
    expect(await kept(null, asking)).toMatchObject({ status: 403, connection: 'close' });
  });

  it.each([1, 2])('asks for it still on the way out of a listener that is gone (%i reloads)', async (reloads) => {
    const port = await freePort();
    const grace = { shutdownIdleGrace: '10s' }; // what is kept may ask once more
    const listeners = { web: { address: '127.0.0.1:0' }, secure: { address: `127.0.0.1:${port}`, tls: asking } };
    const server = await backend();
    const running = await shop([server], {}, { ...grace, listeners });
    const url = `https://127.0.0.1:${port}`;
    const [without, untrusted, trusted] = await Promise.all(
      [{}, ofClient({}, others), ofClient()].map((shown) => tlsClient(url, shown)),
    );
    const after = { ...grace, listeners: { web: listeners.web }, farms: { shop: { servers: [server.address] } } };
    for (let i = 0; i < reloads; i++) await running.router.reload({ ...after, shutdownTimeout: `${i + 1}s` });
    for (const { peer } of [without!, untrusted!, trusted!]) peer.send(get());
    const statuses = await Promise.all(
      [without!, untrusted!, trusted!].map(async ({ peer }) => (await peer.response()).status),
    );
    expect(statuses).toEqual([403, 403, 200]);
  });

  it('answers one more request of a client whose certificate is revoked now, however many are on their way', async () => {
    const port = await freePort();
    const shown = ofClient();
    const running = await shop([await backend()], {}, listenersOf('web', port, asking));
    const { peer } = await tlsClient(running.url, { cert: shown.cert, key: shown.key });
    peer.send(get());
    expect((await peer.response()).status).toBe(200);
    const { farms } = shopConfig([await backend()]);
    await running.router.reload({
      ...listenersOf('web', port, { ...asking, revocationLists: revocationList(shown) }),
      farms,
    });
    peer.send(get().repeat(10));
    const last = await peer.response();
    expect(fieldOf(last, 'connection')).toBe('close');
    await peer.closed();
    expect(peer.text.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  });

  it('keeps the connection where only the certificate of the listener is another', async () => {
    const other = made.make({ names: 'DNS:shop.example' });
    expect(await kept(tls, { certificates: [files(other)] })).toMatchObject({ status: 200, connection: undefined });
  });
});

/** A list of the test authority that revokes `certificate`. @returns its file */
function revocationList({ certFile }: MadeCertificate): string {
  const { folder } = made;
  const config = join(folder, 'ca.cnf');
  writeFileSync(join(folder, 'index.txt'), '');
  writeFileSync(join(folder, 'crlnumber'), '01\n');
  writeFileSync(
    config,
    `[ca]\ndefault_ca=d\n[d]\ndatabase=${folder}/index.txt\ncrlnumber=${folder}/crlnumber\ndefault_md=sha256\n` +
      `default_crl_days=30\nprivate_key=${folder}/ca.key\ncertificate=${made.ca}\n`,
  );
  const file = join(folder, 'revoked.pem');
  const options = { stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'] };
  execFileSync('openssl', ['ca', '-config', config, '-revoke', certFile], options);
  execFileSync('openssl', ['ca', '-config', config, '-gencrl', '-out', file], options);
  return file;
}

describe.skipIf(skipped)('plain requests', () => {
  async function both(tls: Record<string, unknown> = {}) {
    const port = await freePort();
    const listeners = {
      plain: { address: '127.0.0.1:0' },
      web: { address: `127.0.0.1:${port}`, tls: { certificates: [files(own)], redirectFrom: 'plain', ...tls } },
    };
    const server = await backend();
    const { router, url } = await shop([server], {}, { listeners });
    return { server, url, port, plain: router.status().listeners.find(({ name }) => name === 'plain')!.url };
  }

  it('are sent to https, with path and query, but for the proofs of certificate authorities', async () => {
    const { plain, port, server } = await both();
    const peer = await client(plain);
    peer.send(get('/a%20b?c=d'));
    const response = await peer.response();
    expect([response.status, fieldOf(response, 'location')]).toEqual([301, `https://shop.example:${port}/a%20b?c=d`]);
    peer.send('POST /form HTTP/1.1\r\nHost: shop.example:80\r\nContent-Length: 4\r\n\r\nbody');
    const posted = await peer.response();
    expect([posted.status, fieldOf(posted, 'location')]).toEqual([308, `https://shop.example:${port}/form`]);
    expect(server.requests).toHaveLength(0);
    const other = await client(plain);
    other.send(get('/.well-known/acme-challenge/token'));
    expect((await other.response()).status).toBe(200);
    const nameless = await client(plain);
    nameless.send('GET / HTTP/1.0\r\n\r\n');
    expect((await nameless.response()).status).toBe(400);
  });

  it('are told of by HSTS on answers of the TLS listener alone, ours and those of servers', async () => {
    const { url, plain } = await both({ hsts: '1h' });
    const { response, peer } = await asked(url);
    expect(fieldOf(response, 'strict-transport-security')).toBe('max-age=3600');
    const all = await both({ hsts: { maxAge: '365d', includeSubDomains: true, preload: true } });
    expect(fieldOf((await asked(all.url)).response, 'strict-transport-security')).toBe(
      'max-age=31536000; includeSubDomains; preload',
    );
    peer.send('GET /%zz HTTP/1.1\r\nHost: shop.example\r\n\r\n');
    const refused = await peer.response();
    expect(fieldOf(refused, 'strict-transport-security')).toBe('max-age=3600');
    const other = await client(plain);
    other.send(get('/.well-known/acme-challenge/token'));
    expect(fieldOf(await other.response(), 'strict-transport-security')).toBeUndefined();
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
