// WebSockets through the router, by clients and servers that are not ours (arr.md 10).
import { describe, expect, it } from 'vitest';
import { eventually } from '../kit/eventually.ts';
import { shop } from '../kit/router.ts';
import { closed, echoed, openWebSocket, webSocketBackend } from '../kit/web-sockets.ts';

describe.each([0, 2])('a WebSocket, with %i workers', (workers) => {
  it('carries messages both ways until it is closed', async () => {
    const server = await webSocketBackend();
    const { url } = await shop([server.address], {}, {}, { workers });
    const socket = await openWebSocket(url, '/chat?room=1');
    expect(await echoed(socket, 'hello')).toBe('hello');
    const long = 'x'.repeat(300_000);
    expect(await echoed(socket, long)).toBe(long);
    expect(server.requests[0]!.url).toBe('/chat?room=1');
    const end = closed(socket);
    socket.close(4001, 'done');
    expect((await end).code).toBe(4001);
  });

  it('is a request under way for LeastRequests, as long as it lasts', async () => {
    const servers = [await webSocketBackend(), await webSocketBackend()];
    const farm = { loadBalancing: { algorithm: 'LeastRequests' } };
    const addresses = servers.map(({ address }) => address);
    const running = await shop(addresses, farm, {}, { workers });
    const counts = () => servers.map(({ sockets }) => sockets.size);
    for (let n = 0; n < 4; n++) await openWebSocket(running.url);
    expect(counts()).toEqual([2, 2]);
    for (const socket of servers[0]!.sockets) socket.close();
    const current = () => running.router.status().farms[0]!.servers[0]!.counters.currentRequests;
    await eventually(() => current() === 0);
    for (let n = 0; n < 2; n++) await openWebSocket(running.url);
    expect(counts()).toEqual([2, 2]);
  });

  it('takes a place of maxRequests until it is closed', async () => {
    const server = await webSocketBackend();
    const farm = { servers: [{ address: server.address, maxRequests: 1 }], queue: { length: 1, timeout: '60s' } };
    const running = await shop([], farm, {}, { workers });
    const first = await openWebSocket(running.url);
    const waiting = openWebSocket(running.url);
    await eventually(() => running.router.status().farms[0]!.queuedRequests === 1);
    expect(await echoed(first, 'still the only one')).toBe('still the only one');
    first.close();
    expect(await echoed(await waiting, 'the next')).toBe('the next');
  });
});
