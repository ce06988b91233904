// Answers before the request is whole: the server's, and our own refusals. Every client sees them (CONTRACT 3, DESIGN 5).
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../src/index.ts';
import { type Backend, backend, ok } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { fieldOf } from '../kit/message.ts';
import { shop } from '../kit/router.ts';
import type { WirePeer } from '../kit/wire-peer.ts';

const CLIENTS = 40;
const UPLOAD = Buffer.alloc(2_000_000, 'u');
const HEAD = `POST /upload HTTP/1.1\r\nHost: shop.example\r\nContent-Length: ${UPLOAD.length}\r\n\r\n`;
const TOO_LARGE = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 9\r\n\r\ntoo large';

/** A server that answers 413 to the head of an upload and then does `afterwards`. */
function refusing(afterwards: (connection: WirePeer) => void): Promise<Backend> {
  return backend(undefined, {
    onConnection: (connection) => {
      connection.socket.once('data', () => {
        connection.send(TOO_LARGE);
        afterwards(connection);
      });
    },
  });
}

/** Sends an upload and reads the answer, as clients do that look for it only when they have sent everything. */
async function upload(client: WirePeer): Promise<number> {
  client.socket.pause();
  client.send(HEAD);
  client.send(UPLOAD);
  client.socket.resume();
  return (await client.response()).status;
}

describe('an answer of the server before the upload ends', () => {
  it.each([
    ['goes on reading', () => {}],
    ['stops reading', ({ socket }: WirePeer) => void socket.pause()],
    ['closes', ({ socket }: WirePeer) => socket.end()],
    ['closes at once, unread bytes and all', ({ socket }: WirePeer) => socket.destroySoon()],
    ['resets once it is sent', ({ socket }: WirePeer) => void socket.once('data', () => socket.resetAndDestroy())],
  ])('reaches every client when the server then %s', async (_, afterwards) => {
    const server = await refusing(afterwards);
    // An upload that is written whole before the answer is read would leave its connection to the next one.
    const { connect } = await shop([server], { protocol: { keepAlive: false } }, { limits: { lingerBytes: '8MB' } });
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => connect()));
    const statuses = await Promise.all(clients.map(upload));
    expect(statuses).toEqual(Array(CLIENTS).fill(413));
    expect(server.connections).toHaveLength(CLIENTS);
  });

  it('is relayed at once, says close, and leaves the connection of the server unused', async () => {
    const server = await refusing(() => {});
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(HEAD).send('only the beginning');
    const response = await client.response();
    expect([response.status, fieldOf(response, 'connection')]).toEqual([413, 'close']);
    await server.connections[0]!.closed();
    expect(await client.closed()).toBe('end');
  });

  it('is relayed whole although the upload goes on', async () => {
    const server = await backend(undefined, {
      onConnection: (connection) =>
        void connection
          .receives('\r\n\r\n')
          .then(() => connection.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello')),
    });
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(HEAD);
    await client.receives('hello');
    const connection = server.connections[0]!;
    const before = connection.bytes.length;
    client.send('more of the upload');
    const other = await connect();
    other.send(get());
    await server.connection(1);
    expect(connection.bytes.length).toBe(before);
    connection.send('world');
    expect((await client.response()).body.toString()).toBe('helloworld');
  });
});

describe('a connection that breaks during the upload', () => {
  it('is 502.3 server closed during upload, and is not tried again', async () => {
    const server = await backend(undefined, {
      onConnection: ({ socket }) => void socket.once('data', () => socket.resetAndDestroy()),
    });
    const spare = await backend();
    const { connect } = await shop([server, spare]);
    const client = await connect();
    client.send(HEAD).send('beginning');
    const response = await client.response();
    expect(response.status).toBe(502);
    expect(fieldOf(response, 'proxy-status')).toContain('server closed during upload');
    expect(spare.requests).toHaveLength(0);
    expect(server.connections).toHaveLength(1);
  });
});

describe('our own refusal', () => {
  it('of a body beyond limits.requestBody reaches every client', async () => {
    const server = await backend();
    const { connect } = await shop([server], {}, { limits: { requestBody: '1MB', lingerBytes: '8MB' } });
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => connect()));
    expect(await Promise.all(clients.map(upload))).toEqual(Array(CLIENTS).fill(413));
    expect(server.connections).toHaveLength(0);
  });

  it('of a chunked body beyond limits.requestBody comes once it is too long', async () => {
    const server = await backend();
    const { connect } = await shop([server], {}, { limits: { requestBody: 10 } });
    const client = await connect();
    client.send('POST / HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: chunked\r\n\r\n');
    client.send('5\r\nhello\r\n5\r\nworld\r\n');
    await (await server.connection(0)).receives('world');
    client.send('1\r\n!\r\n');
    expect((await client.response()).status).toBe(413);
    await server.connections[0]!.closed();
    expect(server.requests).toHaveLength(0);
  });

  it('takes a body of exactly limits.requestBody', async () => {
    const server = await backend(({ body }) => ok(`${body.length}`));
    const { connect } = await shop([server], {}, { limits: { requestBody: 10 } });
    const client = await connect();
    client.send('POST / HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: chunked\r\n\r\n');
    client.send('a\r\nhelloworld\r\n0\r\n\r\n');
    expect((await client.response()).body.toString()).toBe('10');
    client.send('POST / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 10\r\n\r\nhelloworld');
    expect((await client.response()).body.toString()).toBe('10');
  });

  it('lingers for limits.lingerTimeout and no longer', async () => {
    const clock = new SimulatedClock();
    const { connect, router } = await shop(['127.0.0.1:9'], {}, { limits: { requestBody: 10 } }, { clock });
    const client = await connect();
    client.send(HEAD);
    expect((await client.response()).status).toBe(413);
    expect(await client.closed()).toBe('end');
    client.send('still talking');
    clock.advance(4900);
    expect(router.status().workers[0]!.connections).toBe(1);
    clock.advance(200);
    await refusedBytes(client);
  });

  it('lingers for limits.lingerBytes and no longer', async () => {
    const { connect } = await shop(['127.0.0.1:9'], {}, { limits: { requestBody: 10, lingerBytes: '64KB' } });
    const client = await connect();
    client.send(HEAD);
    expect((await client.response()).status).toBe(413);
    client.send(UPLOAD);
    await refusedBytes(client);
  });
});

/** Says more until that is answered with a reset: the other side has closed for good. */
async function refusedBytes(client: WirePeer): Promise<void> {
  await eventually(() => {
    client.send('x');
    return client.ending === 'reset';
  });
}
