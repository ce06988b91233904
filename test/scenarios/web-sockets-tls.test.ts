// wss to ws, ws to wss, wss to wss (arr.md 10), by clients and servers that are not ours; and what TLS does to the ends of
// sessions.
import { createServer as createSecureServer } from 'node:https';
import { afterAll, describe, expect, it } from 'vitest';
import { askAdmin } from '../kit/ask-admin.ts';
import { eventually } from '../kit/eventually.ts';
import { handshake, sessionServer } from '../kit/raw-upgrade.ts';
import { type RunningRouter, shop } from '../kit/router.ts';
import { opensslIsMissing, TestCertificates } from '../kit/test-certificates.ts';
import { tlsClient } from '../kit/tls-client.ts';
import { closed, echoed, openWebSocket, webSocketBackend } from '../kit/web-sockets.ts';

const skipped = opensslIsMissing();
const certificates = skipped ? null! : new TestCertificates();
const local = skipped ? null! : certificates.make({ names: 'IP:127.0.0.1' });
afterAll(() => certificates?.remove());

const TRUSTING = { rejectUnauthorized: false };
const HTTPS = [{ name: 'shop', match: { url: '^(.*)' }, action: { type: 'Rewrite', url: 'https://shop/{R:1}' } }];

const sessionsOf = ({ router }: RunningRouter) =>
  router.status().farms[0]!.servers[0]!.counters.currentWebSocketRequests;

/** @param client and `server`: whether that side speaks TLS */
async function secureShop(client: boolean, server: boolean, workers: number) {
  const { key, cert } = local;
  const there = await webSocketBackend(undefined, server ? createSecureServer({ key, cert }) : undefined);
  const tls = { certificates: [{ cert: local.certFile, key: local.keyFile }] };
  const running = await shop(
    [there.address],
    { protocol: { tls: { ca: certificates.ca }, upgrade: { closeSpread: 0 } } },
    {
      listeners: { web: { address: '127.0.0.1:0', ...(client ? { tls } : {}) } },
      admin: { address: '127.0.0.1:0' },
      ...(server ? { rules: HTTPS } : {}),
    },
    { workers },
  );
  return { there, running };
}

describe.skipIf(skipped).each([0, 2])('with %i workers', (workers) => {
  it.each([
    ['wss', 'ws'],
    ['ws', 'wss'],
    ['wss', 'wss'],
  ])('%s to %s carries messages of every size until it is closed', async (client, server) => {
    const { there, running } = await secureShop(client === 'wss', server === 'wss', workers);
    const socket = await openWebSocket(running.url, '/chat', TRUSTING);
    for (const size of [1, 125, 8192, 16_384, 70_000, 2_000_000]) {
      const text = String(size).repeat(Math.ceil(size / String(size).length));
      expect(await echoed(socket, text)).toBe(text);
    }
    expect(there.requests[0]!.headers['x-forwarded-proto']).toBe(client === 'wss' ? 'https' : 'http');
    const end = closed(socket);
    socket.close(4001, 'done');
    expect((await end).code).toBe(4001);
    await eventually(() => sessionsOf(running) === 0);
  });

  it.each([
    ['wss', 'ws'],
    ['ws', 'wss'],
    ['wss', 'wss'],
  ])('%s to %s is closed by ForcefulStop with 1001 on both sides', async (client, server) => {
    const { there, running } = await secureShop(client === 'wss', server === 'wss', workers);
    const socket = await openWebSocket(running.url, '/', TRUSTING);
    await echoed(socket, 'ready');
    const end = closed(socket);
    const { url } = running.router.status().listeners.find(({ name }) => name === 'admin')!;
    const path = `/api/farms/shop/servers/${encodeURIComponent(there.address)}/state`;
    await askAdmin('PUT', `${url}${path}`, { state: 'ForcefulStop' });
    expect((await end).code).toBe(1001);
    await eventually(() => there.closes.length === 1);
    expect(there.closes[0]!.code).toBe(1001);
    await eventually(() => sessionsOf(running) === 0);
  });
});

describe.skipIf(skipped)('a session of a client by TLS', () => {
  it('ends on each side alone, and is a broken connection where the server breaks it', async () => {
    const server = await sessionServer();
    const tls = { certificates: [{ cert: local.certFile, key: local.keyFile }] };
    const running = await shop([server], {}, { listeners: { web: { address: '127.0.0.1:0', tls } } });
    const { peer, socket } = await tlsClient(running.url);
    socket.allowHalfOpen = true;
    peer.send(handshake());
    expect((await peer.response()).status).toBe(101);
    const connection = await server.connection(0);
    connection.end('last words');
    await peer.receives('last words');
    expect(await peer.closed()).toBe('end');
    peer.send('an answer');
    await connection.receives('an answer');
    peer.end();
    expect(await connection.closed()).toBe('end');
    const { peer: second } = await tlsClient(running.url);
    second.send(handshake());
    await second.response();
    (await server.connection(1)).reset();
    expect(await second.closed()).toBe('reset');
    await eventually(() => sessionsOf(running) === 0);
  });
});
