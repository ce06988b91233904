// WebSockets through the router, by clients and servers that are not ours (arr.md 10).
import { describe, expect, it } from 'vitest';
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
});
