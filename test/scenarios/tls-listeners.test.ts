// Listeners that speak TLS: which certificate a client sees, sessions, and what becomes of clients that break off.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect } from 'node:tls';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { SimulatedClock } from '../../src/index.ts';
import { backend } from '../kit/backend.ts';
import { client, get } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { fieldOf } from '../kit/message.ts';
import { type RouterSetup, shop } from '../kit/router.ts';
import { type MadeCertificate, opensslIsMissing, TestCertificates } from '../kit/test-certificates.ts';
import { shownTo, tlsClient } from '../kit/tls-client.ts';

const skipped = opensslIsMissing();
const made = skipped ? null! : new TestCertificates();
const certificate = (subject: string, names: string, kind: 'ec' | 'rsa' = 'ec') =>
  skipped ? null! : made.make({ names, subject, kind });
const shopCertificate = certificate('shop', 'DNS:shop.example,DNS:www.shop.example');
const otherCertificate = certificate('other', 'DNS:other.example');
const wildCertificate = certificate('wild', 'DNS:*.other.example');
const rsaCertificate = certificate('rsa', 'DNS:shop.example', 'rsa');
afterAll(() => made?.remove());

const pair = ({ certFile, keyFile }: MadeCertificate) => ({ cert: certFile, key: keyFile });

async function secureShop(tls: Record<string, unknown>, rest: Record<string, unknown> = {}, setup: RouterSetup = {}) {
  const server = await backend();
  const listeners = { web: { address: '127.0.0.1:0', tls: { certificates: [pair(shopCertificate)], ...tls } } };
  return { server, ...(await shop([server], {}, { listeners, ...rest }, setup)) };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'narrows-tls-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Who is shown to a client that asks for `servername`. */
async function shown(url: string, servername: string, options: ConnectionOptions = {}): Promise<string> {
  const { socket } = await tlsClient(url, { servername, ...options });
  return shownTo(socket);
}

/** How a handshake fails. */
async function failure(url: string, options: ConnectionOptions): Promise<string> {
  return tlsClient(url, options).then(
    () => 'none',
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
}

describe.skipIf(skipped)('a listener with tls', () => {
  it.each([0, 2])('serves requests, one after the other (%d workers)', async (workers) => {
    const { url, server } = await secureShop({}, {}, { workers });
    expect(url).toMatch(/^https:/);
    const { socket, peer } = await tlsClient(url, { servername: 'shop.example' });
    for (const path of ['/1', '/2']) {
      peer.send(get(path));
      expect((await peer.response()).status).toBe(200);
    }
    expect(socket.getProtocol()).toBe('TLSv1.3');
    expect(server.requests.map((request) => fieldOf(request, 'x-forwarded-proto'))).toEqual(['https', 'https']);
  });

  it('carries large bodies both ways, byte for byte, to a client that reads slowly', async () => {
    const body = Buffer.from(Array.from({ length: 3_000_001 }, (_, i) => (i * 31 + (i >> 8)) & 0xff));
    const server = await backend(({ body }) =>
      Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`), body]),
    );
    const listeners = { web: { address: '127.0.0.1:0', tls: { certificates: [pair(shopCertificate)] } } };
    const { url } = await shop([server], {}, { listeners });
    const { socket, peer } = await tlsClient(url);
    socket.pause();
    peer.send(`PUT / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: ${body.length}\r\n\r\n`);
    peer.send(body);
    await eventually(() => server.requests[0]?.body.length === body.length);
    socket.resume();
    const response = await peer.response('PUT');
    expect(response.body.equals(body)).toBe(true);
    expect(server.requests[0]!.body.equals(body)).toBe(true);
  });

  it('answers what a client asked before it ended its side', async () => {
    const { url } = await secureShop({});
    const { peer } = await tlsClient(url, { allowHalfOpen: true } as ConnectionOptions);
    peer.end(get());
    expect((await peer.response()).status).toBe(200);
    await peer.closed();
  });

  it('shows a client that the response is not whole', async () => {
    const server = await backend(undefined, {
      onConnection: (connection) =>
        void connection.receives('\r\n\r\n').then(() => {
          connection.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
          connection.end();
        }),
    });
    const listeners = { web: { address: '127.0.0.1:0', tls: { certificates: [pair(shopCertificate)] } } };
    const { url } = await shop([server], {}, { listeners });
    const { peer } = await tlsClient(url);
    peer.send(get());
    await peer.closed();
    expect(peer.ending).toBe('reset');
  });

  it('reads a PROXY header and a ClientHello that come in one segment', async () => {
    const server = await backend();
    const tls = { certificates: [pair(shopCertificate), pair(otherCertificate)] };
    const listeners = { web: { address: '127.0.0.1:0', proxyProtocol: { from: ['127.0.0.0/8'] }, tls } };
    const running = await shop([server], {}, { listeners });
    const { socket: raw } = await running.connect();
    let header = 'PROXY TCP4 203.0.113.7 192.0.2.1 49153 443\r\n';
    const relay = through(raw, (bytes) => {
      raw.write(Buffer.concat([Buffer.from(header), bytes]));
      header = '';
    });
    const secured = connect({ socket: relay, servername: 'other.example', rejectUnauthorized: false });
    secured.on('error', () => {});
    await once(secured, 'secureConnect');
    secured.write(get());
    await once(secured, 'data');
    expect(shownTo(secured)).toBe('other');
    expect(fieldOf(server.requests[0]!, 'x-forwarded-for')).toBe('203.0.113.7:49153');
    secured.destroy();
  });

  it('refuses old versions, and those under minVersion', async () => {
    const { url } = await secureShop({});
    expect(await failure(url, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' })).toMatch(
      /VERSION/,
    );
    const strict = await secureShop({ minVersion: 'TLSv1.3' });
    expect(await failure(strict.url, { maxVersion: 'TLSv1.2' })).toMatch(/VERSION/);
    expect(await failure(strict.url, {})).toBe('none');
  });

  it('speaks http/1.1 alone', async () => {
    const { url } = await secureShop({});
    const { socket } = await tlsClient(url, { ALPNProtocols: ['h2', 'http/1.1'] });
    expect(socket.alpnProtocol).toBe('http/1.1');
    expect(await failure(url, { ALPNProtocols: ['h2'] })).toMatch(/NO_APPLICATION_PROTOCOL/);
  });

  it('tells a client that speaks plain HTTP so, closes on any other, and harms nobody', async () => {
    for (const certificates of [[pair(shopCertificate)], [pair(shopCertificate), pair(otherCertificate)]]) {
      const { url, server } = await secureShop({ certificates });
      const plain = await client(url);
      plain.send(get());
      const { status, body } = await plain.response();
      expect([status, body.toString()]).toEqual([400, expect.stringContaining('speaks https')]);
      await plain.closed();
      const other = await client(url);
      other.send('EHLO\r\n');
      await other.closed();
      expect(other.text).not.toContain('HTTP');
      expect(server.requests).toHaveLength(0);
      expect(await shown(url, 'shop.example')).toBe('shop');
    }
  });

  it.each([0, 1])('closes a handshake that takes too long (%d further certificates)', async (further) => {
    const clock = new SimulatedClock();
    const certificates = [pair(shopCertificate), pair(otherCertificate)].slice(0, 1 + further);
    const setup = further === 0 ? {} : { clock };
    const running = await secureShop({ certificates }, { limits: { handshakeTimeout: '100ms' } }, setup);
    const slow = await client(running.url);
    slow.send(Buffer.from([22, 3, 1]));
    if (further > 0)
      await eventually(() => {
        clock.advance(50);
        return slow.ending !== null;
      });
    await slow.closed();
  });

  it('takes no more than limits.handshakes at one time', async () => {
    const running = await secureShop({}, { limits: { handshakes: 2 } });
    const waiting = [await client(running.url), await client(running.url)];
    const beyond = await client(running.url);
    await beyond.closed();
    waiting[0]!.end();
    await waiting[0]!.closed();
    await eventually(() => waiting[1]!.ending === null);
    expect(await shown(running.url, 'shop.example')).toBe('shop');
  });

  it('takes a ClientHello that comes byte by byte', async () => {
    const { url } = await secureShop({ certificates: [pair(shopCertificate), pair(otherCertificate)] });
    const { socket } = await client(url);
    const bytewise = through(socket, (bytes) => {
      for (const byte of bytes) socket.write(Buffer.from([byte]));
    });
    const relay = connect({ socket: bytewise, servername: 'other.example', rejectUnauthorized: false });
    relay.on('error', () => {});
    await once(relay, 'secureConnect');
    expect(shownTo(relay)).toBe('other');
    relay.destroy();
  });

  it('refuses to renegotiate', async () => {
    const { url } = await secureShop({});
    const asking = spawn('openssl', ['s_client', '-tls1_2', '-connect', new URL(url).host], { stdio: 'pipe' });
    onTestFinished(() => void asking.kill());
    let said = '';
    for (const stream of [asking.stdout, asking.stderr]) stream.on('data', (text) => (said += text));
    await eventually(() => said.includes('Verify return code'));
    asking.stdin.write('R\n');
    await once(asking, 'exit');
    expect(said).toMatch(/no renegotiation/);
  });
});

describe.skipIf(skipped)('the certificate that a client sees', () => {
  const certificates = skipped ? [] : [shopCertificate, otherCertificate, wildCertificate].map(pair);

  it.each([
    ['shop.example', 'shop'],
    ['WWW.Shop.example', 'shop'],
    ['other.example', 'other'],
    ['a.other.example', 'wild'],
    ['a.b.other.example', 'shop'],
    ['unknown.example', 'shop'],
    ['', 'shop'],
  ])('of %j is %s', async (servername, subject) => {
    const { url } = await secureShop({ certificates });
    expect(await shown(url, servername)).toBe(subject);
  });

  it('is none for an unknown name where unknownName is refuse', async () => {
    const { url } = await secureShop({ certificates, unknownName: 'refuse' });
    expect(await failure(url, { servername: 'unknown.example' })).toMatch(/UNRECOGNIZED_NAME/);
    expect(await shown(url, 'a.other.example')).toBe('wild');
    expect(await shown(url, '')).toBe('shop');
    const alone = await secureShop({ unknownName: 'refuse' });
    expect(await failure(alone.url, { servername: 'unknown.example' })).toMatch(/UNRECOGNIZED_NAME/);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is that of the kind that it can verify (%s)', async (version) => {
    const both = [pair(shopCertificate), pair(rsaCertificate), pair(otherCertificate)];
    const { url } = await secureShop({ certificates: both });
    const of = (sigalgs: string, ciphers: string) =>
      shown(url, 'shop.example', { sigalgs, maxVersion: version, ...(version === 'TLSv1.2' ? { ciphers } : {}) });
    expect(await of('ecdsa_secp256r1_sha256', 'ECDHE-ECDSA-AES128-GCM-SHA256')).toBe('shop');
    expect(await of('rsa_pss_rsae_sha256:rsa_pkcs1_sha256', 'ECDHE-RSA-AES128-GCM-SHA256')).toBe('rsa');
    expect(await shown(url, 'shop.example', { maxVersion: version })).toBe('shop');
  });

  it('is that of the wildcard where the name has none of a kind that the client can verify', async () => {
    const wildRsa = made.make({ names: 'DNS:*.example', subject: 'wild rsa', kind: 'rsa' });
    const { url } = await secureShop({ certificates: [pair(shopCertificate), pair(wildRsa)] });
    expect(await shown(url, 'shop.example')).toBe('shop');
    expect(await shown(url, 'shop.example', { sigalgs: 'rsa_pss_rsae_sha256' })).toBe('wild rsa');
  });

  it('comes from PFX, from a key with a passphrase, and from a folder', async () => {
    const path = folder();
    copyFileSync(made.pfx(otherCertificate, 'secret'), join(path, 'Other.example.pfx'));
    copyFileSync(made.pfx(wildCertificate, 'secret'), join(path, '_.other.example.pfx'));
    copyFileSync(rsaCertificate.certFile, join(path, 'plain.example.pem'));
    copyFileSync(rsaCertificate.keyFile, join(path, 'plain.example.key'));
    writeFileSync(join(path, 'README.txt'), 'not a certificate');
    mkdirSync(join(path, 'sub.pfx'));
    const key = made.encryptedKey(shopCertificate, 'open');
    const { url } = await secureShop({
      certificates: [{ cert: shopCertificate.certFile, key, passphrase: 'open' }],
      ...{ folder: path, folderPassphrase: 'secret' },
    });
    for (const [name, subject] of [
      ['other.example', 'other'],
      ['x.other.example', 'wild'],
      ['plain.example', 'rsa'],
    ] as const)
      expect(await shown(url, name)).toBe(subject);
    expect(await shown(url, 'shop.example')).toBe('shop');
  });
});

describe.skipIf(skipped)('a TLS session', () => {
  /** @returns whether the second connection resumed the session of the first */
  async function resumes(
    first: string,
    second: string,
    version: 'TLSv1.2' | 'TLSv1.3',
    names = ['shop.example', 'shop.example'],
  ) {
    const one = await tlsClient(first, { servername: names[0], maxVersion: version });
    const session = new Promise<Buffer>((resolve) => one.socket.once('session', resolve));
    one.peer.send(get());
    await one.peer.response();
    const known = version === 'TLSv1.2' ? one.socket.getSession()! : await session;
    const two = await tlsClient(second, { servername: names[1], maxVersion: version, session: known });
    two.peer.send(get());
    expect((await two.peer.response()).status).toBe(200);
    return two.socket.isSessionReused();
  }

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is resumed by every worker, and after a restart (%s)', async (version) => {
    const state = { stateDirectory: folder() };
    const certificates = [pair(otherCertificate), pair(shopCertificate)];
    const before = await secureShop({ certificates }, state, { workers: 2 });
    for (let i = 0; i < 8; i++) expect(await resumes(before.url, before.url, version)).toBe(true);
    const address = new URL(before.url).host;
    const one = await tlsClient(before.url, { servername: 'shop.example', maxVersion: version });
    const got = new Promise<Buffer>((resolve) => one.socket.once('session', resolve));
    one.peer.send(get());
    await one.peer.response();
    const session = version === 'TLSv1.2' ? one.socket.getSession()! : await got;
    await before.router.stop();
    const listeners = { web: { address, tls: { certificates } } };
    const after = await shop([before.server], {}, { listeners, ...state }, { workers: 2 });
    const again = await tlsClient(after.url, { servername: 'shop.example', maxVersion: version, session });
    expect(again.socket.isSessionReused()).toBe(true);
  });

  it('is not resumed by another listener, or under another name', async () => {
    const tls = { certificates: [pair(shopCertificate), pair(otherCertificate)] };
    const listeners = { web: { address: '127.0.0.1:0', tls }, second: { address: '127.0.0.1:0', tls } };
    const server = await backend();
    const running = await shop([server], {}, { listeners });
    const second = running.router.status().listeners.find(({ name }) => name === 'second')!.url;
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      expect(await resumes(running.url, second, version)).toBe(false);
      expect(await resumes(running.url, running.url, version, ['shop.example', 'other.example'])).toBe(false);
    }
  });

  it('is not resumed once the ticket keys have changed, and the connection is made all the same', async () => {
    const clock = new SimulatedClock();
    const { url, router } = await secureShop({}, {}, { clock });
    const one = await tlsClient(url);
    const session = new Promise<Buffer>((resolve) => one.socket.once('session', resolve));
    one.peer.send(get());
    await one.peer.response();
    const known = await session;
    const { id } = router.status().snapshot;
    await eventually(() => {
      clock.advance(600_000);
      return router.status().snapshot.id > id;
    });
    const two = await tlsClient(url, { session: known });
    expect(two.socket.isSessionReused()).toBe(false);
    two.peer.send(get());
    expect((await two.peer.response()).status).toBe(200);
  });
});

/** What TLS of a client can run on: `write` sends its bytes to `socket`. */
function through(socket: Socket, write: (bytes: Buffer) => void): Duplex {
  const relay = new Duplex({
    read() {},
    write(bytes: Buffer, _, done) {
      write(bytes);
      done();
    },
    final: (done) => void socket.end(done),
  });
  socket.on('data', (bytes: Buffer) => relay.push(bytes));
  socket.on('end', () => relay.push(null));
  return relay;
}
