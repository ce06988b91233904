// A server that sends 1xx heads without end, and a client that reads none of them: they wait in the kernel, not in the
// router's memory.
import { describe, expect, it } from 'vitest';
import { backend, ok } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { settled } from '../kit/eventually.ts';
import { shop } from '../kit/router.ts';

const HINTS = `HTTP/1.1 103 Early Hints\r\nLink: ${'x'.repeat(8000)}\r\n\r\n`.repeat(16);
const FLOOD = 64 * 1024 * 1024;
/** More than the kernel's buffers of both connections hold. */
const HELD_AT_MOST = 24 * 1024 * 1024;

describe('a flood of 1xx heads', () => {
  it('is held back by a client that does not read, and ends in the answer when it does', async () => {
    const server = await backend(() => undefined);
    const { connect } = await shop([server]);
    const client = await connect();
    client.socket.pause();
    client.send(get());
    const { connection } = await server.request(0);
    const { socket } = connection;
    for (let sent = 0; sent < FLOOD; sent += HINTS.length) connection.send(HINTS);
    connection.send(ok('at last'));
    await settled(() => socket.writableLength);
    expect(FLOOD - socket.writableLength).toBeLessThan(HELD_AT_MOST);
    client.socket.removeAllListeners('data');
    let last = '';
    await new Promise<void>((resolve) => {
      client.socket.on('data', (piece: Buffer) => {
        last = (last + piece.toString('latin1')).slice(-100);
        if (last.endsWith('at last')) resolve();
      });
      client.socket.resume();
    });
    expect(last).toContain('HTTP/1.1 200 OK');
  });
});
