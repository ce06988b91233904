// minResponseBuffer and bufferChunkedResponses: honoured when written (arr.md 4.4, DESIGN 6).
import { describe, expect, it } from 'vitest';
import { backend } from '../kit/backend.ts';
import { chunk, get } from '../kit/client.ts';
import { shop } from '../kit/router.ts';

const PIECE = 'x'.repeat(1000);

/** A client waiting for a response that its server sends piece by piece, and a way to know that a piece has come by. */
async function responding(protocol: Record<string, unknown>, head: string) {
  const server = await backend(({ startLine }) =>
    startLine.includes('/other') ? 'HTTP/1.1 204 No Content\r\n\r\n' : undefined,
  );
  const { connect, router } = await shop([server], { protocol });
  const [client, other] = [await connect(), await connect()];
  client.send(get());
  const { connection } = await server.request(0);
  connection.send(`HTTP/1.1 200 OK\r\n${head}\r\n`);
  const settled = async () => {
    other.send(get('/other'));
    await other.response();
  };
  return { client, connection, settled, router };
}

describe('minResponseBuffer', () => {
  it('holds bytes back until there are so many, then again', async () => {
    const { client, connection, settled } = await responding({ minResponseBuffer: '3KB' }, 'Content-Length: 7000\r\n');
    for (let sent = 0; sent < 3; sent++) {
      connection.send(PIECE);
      await settled();
    }
    expect(client.text).toBe('');
    connection.send(PIECE);
    await client.receives(PIECE.repeat(4));
    connection.send(PIECE);
    await settled();
    expect(client.text.endsWith(`\n${PIECE.repeat(4)}`)).toBe(true);
    connection.send(PIECE.repeat(2));
    expect((await client.response()).body.length).toBe(7000);
  });

  it('holds no more than it has: a shorter response goes out at its end', async () => {
    const { client, connection } = await responding({ minResponseBuffer: '1MB' }, 'Content-Length: 1000\r\n');
    connection.send(PIECE);
    expect((await client.response()).body.toString()).toBe(PIECE);
  });

  it('leaves chunked responses alone unless bufferChunkedResponses says so', async () => {
    const flowing = await responding({ minResponseBuffer: '3KB' }, 'Transfer-Encoding: chunked\r\n');
    flowing.connection.send(chunk(PIECE));
    await flowing.client.receives(PIECE);
    const held = await responding(
      { minResponseBuffer: '3KB', bufferChunkedResponses: true },
      'Transfer-Encoding: chunked\r\n',
    );
    held.connection.send(chunk(PIECE));
    await held.settled();
    expect(held.client.text).toBe('');
    held.connection.send('0\r\n\r\n');
    expect((await held.client.response()).body.toString()).toBe(PIECE);
  });

  it('shows a response that breaks off while all of it is held back as a reset', async () => {
    const { client, connection, settled } = await responding({ minResponseBuffer: '3KB' }, 'Content-Length: 7000\r\n');
    connection.send(PIECE);
    await settled();
    connection.end();
    expect(await client.closed()).toBe('reset');
  });
});
