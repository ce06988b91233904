// Connections to servers by TLS: who may share one, what shortens the next handshake, and that bodies and early answers pass as
// they do without TLS (DESIGN 5).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backend, ok } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { settled } from '../kit/eventually.ts';
import { fieldOf } from '../kit/message.ts';
import { patterned, patternFault } from '../kit/patterned-bytes.ts';
import { type RunningRouter, shop } from '../kit/router.ts';
import { LOCAL, SecureShop, TO_SHOP } from '../kit/secure-shop.ts';
import { opensslIsMissing, TestCertificates } from '../kit/test-certificates.ts';
import { tlsClient } from '../kit/tls-client.ts';
import type { WirePeer } from '../kit/wire-peer.ts';

const isMissing = opensslIsMissing();
let certificates: TestCertificates;
let secure: SecureShop;
beforeAll(() => {
  if (isMissing) return;
  certificates = new TestCertificates();
  secure = new SecureShop(certificates);
});
afterAll(() => certificates?.remove());

/** Sends one request on a connection of its own. @returns the status */
async function ask({ connect }: RunningRouter, request = get()): Promise<number> {
  const client = await connect();
  client.send(request);
  const { status } = await client.response();
  client.socket.destroy();
  return status;
}

/** Closes after its answer: the next request needs another handshake. */
const closing = () => ok('ok', 'Connection: close\r\n');

describe.skipIf(isMissing)('a TLS session', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('shortens the next handshake with the server (%s)', async (maxVersion) => {
    const server = await secure.server(LOCAL, closing, { maxVersion });
    const router = await secure.router([server]);
    for (let n = 0; n < 3; n++) expect(await ask(router)).toBe(200);
    expect(server.sessionsReused).toEqual([false, true, true]);
  });

  it('serves no other farm, although it is the same server', async () => {
    const server = await secure.server(LOCAL, closing);
    const farms = {
      shop: secure.farm([server]),
      strict: secure.farm([server], { publicKeys: [`sha256/${'A'.repeat(43)}=`] }),
    };
    const rules = [
      {
        name: 'strict',
        match: { url: '^strict' },
        stopProcessing: true,
        action: { type: 'Rewrite', url: 'https://strict/' },
      },
      ...TO_SHOP,
    ];
    const router = await secure.router([server], {}, {}, { farms, rules });
    expect(await ask(router)).toBe(200);
    expect(await ask(router, get('/strict'))).toBe(502);
    expect(server.sessionsReused).not.toContain(true);
  });

  it('that the server knows no more costs a whole handshake, and nothing else', async () => {
    const server = await secure.server(LOCAL, closing);
    const router = await secure.router([server]);
    expect(await ask(router)).toBe(200);
    server.forgetSessions();
    expect([await ask(router), await ask(router)]).toEqual([200, 200]);
    expect(server.sessionsReused).toEqual([false, false, true]);
  });
});

describe.skipIf(isMissing)('an idle connection by TLS', () => {
  it('serves the next request', async () => {
    const server = await secure.server();
    const router = await secure.router([server]);
    for (let n = 0; n < 3; n++) await ask(router);
    expect(server.connections).toHaveLength(1);
  });

  it('stays over a reload that changes nothing of it, and is closed by one that does', async () => {
    const server = await secure.server();
    const router = await secure.router([server]);
    const config = (tls: object) => ({
      listeners: { web: { address: '127.0.0.1:0' } },
      rules: TO_SHOP,
      farms: { shop: secure.farm([server], tls as Record<string, unknown>) },
    });
    await ask(router);
    await router.router.reload(config({}));
    expect([await ask(router), server.connections.length]).toEqual([200, 1]);
    await router.router.reload(config({ ignoreExpired: true }));
    await server.connections[0]!.closed();
    expect([await ask(router), server.connections.length]).toEqual([200, 2]);
    expect(server.sessionsReused).toEqual([false, false]);
  });

  it('serves the next request although the client was slower than the server', async () => {
    const sized = (startLine: string) => patterned(Number(/\d+/.exec(startLine)![0]));
    const server = await secure.server(LOCAL, ({ startLine }) => {
      const body = sized(startLine);
      return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`), body]);
    });
    const own = certificates.make(LOCAL);
    const tls = { certificates: [{ cert: own.certFile, key: own.keyFile }] };
    const listeners = { web: { address: '127.0.0.1:0', tls } };
    const protocol = { timeout: '5s', tls: { ca: certificates.ca } };
    const { url } = await shop([server], { protocol }, { listeners, rules: TO_SHOP });
    const { peer } = await tlsClient(url);
    // Of some of these the last record is here when the client is full: reading has stopped by then.
    for (let size = 60_000; size <= 300_000; size += 10_000) {
      peer.send(get(`/${size}`));
      const { status, body } = await peer.response();
      expect([size, status, body.length]).toEqual([size, 200, size]);
    }
    expect(server.connections).toHaveLength(1);
  });

  it('that the server has closed meanwhile is replaced, and the request repeated', async () => {
    const server = await secure.server();
    const router = await secure.router([server]);
    await ask(router);
    server.connections[0]!.socket.end();
    await server.connections[0]!.closed();
    expect([await ask(router), server.connections.length]).toEqual([200, 2]);
  });

  it('is kept no longer than the server says', async () => {
    const server = await secure.server(LOCAL, () => ok('ok', 'Keep-Alive: timeout=1\r\n'));
    const router = await secure.router([server]);
    for (let n = 0; n < 2; n++) await ask(router);
    expect(server.connections).toHaveLength(2);
  });
});

const UPLOAD = Buffer.alloc(2_000_000, 'u');
const TOO_LARGE = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 9\r\n\r\ntoo large';

describe.skipIf(isMissing)('an answer of the server before the upload ends', () => {
  it.each<[string, (connection: WirePeer) => void]>([
    ['goes on reading', () => {}],
    ['stops reading', ({ socket }) => void socket.pause()],
    ['closes', ({ socket }) => void socket.end()],
    ['closes at once, unread bytes and all', ({ socket }) => void socket.destroySoon()],
    ['resets', (peer) => peer.reset()],
    ['resets once more has come', (peer) => void peer.socket.once('data', () => peer.reset())],
  ])('reaches every client when the server then %s', async (_, afterwards) => {
    const server = await backend(undefined, {
      // Without the tickets of TLS 1.3, behind which the answer might still wait to be written.
      tls: { ...certificates.make(LOCAL), maxVersion: 'TLSv1.2' },
      onConnection: (connection) => {
        connection.socket.once('data', () => {
          connection.send(TOO_LARGE);
          afterwards(connection);
        });
      },
    });
    const farm = { protocol: { keepAlive: false } };
    const { connect } = await secure.router([server], {}, farm, { limits: { lingerBytes: '8MB' } });
    const clients = await Promise.all(Array.from({ length: 40 }, () => connect()));
    const statuses = await Promise.all(
      clients.map(async (client) => {
        client.socket.pause();
        client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${UPLOAD.length}\r\n\r\n`).send(UPLOAD);
        client.socket.resume();
        return (await client.response()).status;
      }),
    );
    expect(statuses).toEqual(Array(40).fill(413));
  });
});

describe.skipIf(isMissing)('bodies by TLS', () => {
  const SIZE = 12 * 1024 * 1024;

  it('reach a slow server whole, and hold the client back meanwhile', async () => {
    const server = await backend(undefined, {
      tls: certificates.make(LOCAL),
      onConnection: ({ socket }) => void socket.pause(),
    });
    const { connect } = await secure.router([server]);
    const client = await connect();
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${SIZE}\r\n\r\n`).send(patterned(SIZE));
    const connection = await server.connection(0);
    await settled(() => client.socket.writableLength);
    expect(client.socket.writableLength).toBeGreaterThan(1024 * 1024);
    connection.socket.resume();
    const payload = await connection.until(() => {
      if (connection.socket.bytesRead < SIZE) return null;
      const start = connection.bytes.indexOf('\r\n\r\n') + 4;
      return connection.bytes.length - start >= SIZE ? connection.bytes.subarray(start) : null;
    });
    expect(patternFault(payload)).toBe(-1);
    connection.send(ok());
    expect((await client.response()).status).toBe(200);
  });

  // In chunks they are passed on by reference, else as text, which is a copy.
  it.each([
    [1, ''],
    [3, ' in chunks'],
  ])('reach slow clients whole, %i at a time%s, and hold the server back meanwhile', async (count, inChunks) => {
    const [head, end] =
      inChunks === ''
        ? [`Content-Length: ${SIZE}\r\n\r\n`, '']
        : [`Transfer-Encoding: chunked\r\n\r\n${SIZE.toString(16)}\r\n`, '\r\n0\r\n\r\n'];
    const response = Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${head}`), patterned(SIZE), Buffer.from(end)]);
    const server = await secure.server(LOCAL, () => response);
    const router = await secure.router([server]);
    const clients = await Promise.all(Array.from({ length: count }, () => router.connect()));
    for (const client of clients) client.send(get()).socket.pause();
    for (let index = 0; index < count; index++) {
      const { socket } = await server.connection(index);
      await server.request(index);
      await settled(() => socket.writableLength);
      expect(socket.writableLength).toBeGreaterThan(1024 * 1024);
    }
    // Reads a little now and then, so that buffers of the router are in every state.
    const bodies = await Promise.all(
      clients.map(async (client) => {
        const timer = setInterval(() => (client.socket.isPaused() ? client.socket.resume() : client.socket.pause()), 1);
        const { body } = await client.response().finally(() => clearInterval(timer));
        return body;
      }),
    );
    for (const body of bodies) expect([body.length, patternFault(body)]).toEqual([SIZE, -1]);
  });

  it('without framing end with the connection', async () => {
    const server = await backend(undefined, {
      tls: certificates.make(LOCAL),
      onConnection: (connection) =>
        void connection.receives('\r\n\r\n').then(() => connection.end('HTTP/1.1 200 OK\r\n\r\nall of it')),
    });
    const { connect } = await secure.router([server]);
    const client = await connect();
    client.send(get());
    const response = await client.response();
    expect([response.status, response.body.toString()]).toEqual([200, 'all of it']);
    expect(fieldOf(response, 'content-length')).toBeUndefined();
  });
});
