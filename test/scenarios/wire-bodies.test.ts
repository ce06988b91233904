// Bodies in both directions: framing, streaming, back-pressure, trailers.
import { describe, expect, it } from 'vitest';
import { backend, ok } from '../kit/backend.ts';
import { chunk, get, withBody } from '../kit/client.ts';
import { settled } from '../kit/eventually.ts';
import { fieldOf } from '../kit/message.ts';
import { patterned, patternFault } from '../kit/patterned-bytes.ts';
import { shop } from '../kit/router.ts';
import type { WirePeer } from '../kit/wire-peer.ts';

const CHUNKED = 'Transfer-Encoding: chunked\r\n';

describe('request bodies', () => {
  it.each(['POST', 'GET', 'DELETE', 'OPTIONS', 'FR0B'])(
    'of %s with a length arrive with that length',
    async (method) => {
      const server = await backend();
      const { connect } = await shop([server]);
      const client = await connect();
      client.send(withBody(method, 'hello'));
      expect((await client.response()).status).toBe(200);
      const [request] = server.requests;
      expect(request!.framing).toBe('length');
      expect(fieldOf(request!, 'content-length')).toBe('5');
      expect(request!.body.toString()).toBe('hello');
    },
  );

  it.each(['POST', 'DELETE', 'OPTIONS'])('of %s in chunks arrive in chunks', async (method) => {
    const server = await backend();
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(`${method} / HTTP/1.1\r\nHost: shop.example\r\n${CHUNKED}\r\n${chunk('hel')}${chunk('lo')}0\r\n\r\n`);
    expect((await client.response()).status).toBe(200);
    expect(server.requests[0]).toMatchObject({ framing: 'chunked', complete: true });
    expect(server.requests[0]!.body.toString()).toBe('hello');
  });

  it('of length 0 stay of length 0', async () => {
    const server = await backend();
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(withBody('POST', ''));
    await client.response();
    expect(fieldOf(server.requests[0]!, 'content-length')).toBe('0');
  });

  it('pass on their trailers, without those that no trailer may be', async () => {
    const server = await backend();
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(
      `POST / HTTP/1.1\r\nHost: shop.example\r\nTrailer: X-Sum\r\n${CHUNKED}\r\n${chunk('hello')}0\r\nX-Sum: 5\r\nContent-Length: 1\r\nCookie: a=b\r\nHost: evil\r\n\r\n`,
    );
    await client.response();
    expect(server.requests[0]!.trailers).toEqual([['X-Sum', '5']]);
    expect(fieldOf(server.requests[0]!, 'trailer')).toBe('X-Sum');
  });

  it('go on to the server byte by byte as they come', async () => {
    const server = await backend();
    const { connect } = await shop([server]);
    const client = await connect();
    client.send('POST / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 3\r\n\r\n');
    const connection = await server.connection(0);
    await connection.receives('\r\n\r\n');
    for (const byte of ['a', 'b', 'c']) {
      client.send(byte);
      await connection.receives(`\r\n\r\n${'abc'.slice(0, 'abc'.indexOf(byte) + 1)}`);
    }
    expect((await client.response()).status).toBe(200);
  });

  it.each([
    ['with a length', false],
    ['in chunks', true],
  ])('%s reach a slow server whole, and hold the client back meanwhile', async (_, chunked) => {
    const size = 24 * 1024 * 1024;
    const body = patterned(size);
    const server = await backend(undefined, { onConnection: ({ socket }) => void socket.pause() });
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(
      `POST / HTTP/1.1\r\nHost: shop.example\r\n${chunked ? CHUNKED : `Content-Length: ${size}\r\n`}Connection: close\r\n\r\n`,
    );
    client.send(chunked ? Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), body]) : body);
    if (chunked) client.send('\r\n0\r\n\r\n');
    const connection = await server.connection(0);
    await settled(() => client.socket.writableLength);
    expect(client.socket.writableLength).toBeGreaterThan(4 * 1024 * 1024);
    connection.socket.resume();
    const whole = chunked ? '\r\n0\r\n\r\n' : null;
    const payload = await connection.until(() => payloadOf(connection, whole, size));
    expect(patternFault(payload)).toBe(-1);
    connection.send(ok());
    expect((await client.response()).status).toBe(200);
  });
});

/** The payload that a server got, once it is whole. */
function payloadOf(connection: WirePeer, whole: string | null, size: number): Buffer | null {
  if (connection.socket.bytesRead < size) return null;
  const { bytes } = connection;
  const start = bytes.indexOf('\r\n\r\n') + 4;
  if (whole === null) return bytes.length - start >= size ? bytes.subarray(start) : null;
  if (!bytes.subarray(-whole.length).equals(Buffer.from(whole))) return null;
  return unchunk(bytes.subarray(start));
}

function unchunk(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (size === 0) return Buffer.concat(pieces);
    pieces.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

describe('response bodies', () => {
  it('with a length keep it', async () => {
    const server = await backend(() => ok('hello'));
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(get());
    const response = await client.response();
    expect(response).toMatchObject({ framing: 'length', complete: true });
    expect(response.body.toString()).toBe('hello');
  });

  it('in chunks stay in chunks, with their trailers, without those that no trailer may be', async () => {
    const trailers = 'X-Sum: 1\r\nSet-Cookie: a=b\r\nTransfer-Encoding: x\r\n';
    const server = await backend(
      () =>
        `HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\n${CHUNKED}\r\n${chunk('hello ')}${chunk('world')}0\r\n${trailers}\r\n`,
    );
    const { connect } = await shop([server]);
    const client = await connect();
    for (let i = 0; i < 2; i++) {
      client.send(get('/', 'TE: trailers\r\nConnection: TE\r\n'));
      const response = await client.response();
      expect(response).toMatchObject({ framing: 'chunked', complete: true, trailers: [['X-Sum', '1']] });
      expect(response.body.toString()).toBe('hello world');
    }
    expect(fieldOf(server.requests[0]!, 'te')).toBe('trailers');
    expect(server.connections).toHaveLength(1);
  });

  it('lose their chunk extensions', async () => {
    const server = await backend(() => `HTTP/1.1 200 OK\r\n${CHUNKED}\r\n5;a=b\r\nhello\r\n0;last\r\n\r\n`);
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(get());
    expect((await client.response()).body.toString()).toBe('hello');
    expect(client.text).not.toMatch(/a=b|last/);
  });

  it('ended by the close are chunked for HTTP/1.1, and the client connection lives on', async () => {
    const server = await backend(({ connection }) => void connection.end('HTTP/1.1 200 OK\r\n\r\nhello'));
    const { connect } = await shop([server]);
    const client = await connect();
    for (let i = 0; i < 2; i++) {
      client.send(get());
      const response = await client.response();
      expect(response).toMatchObject({ framing: 'chunked', complete: true });
      expect(response.body.toString()).toBe('hello');
    }
    expect(server.connections).toHaveLength(2);
  });

  it('of HTTP/1.0 servers come through, and their connection is not used again unless they keep it', async () => {
    const answers = [
      'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok',
      'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok',
    ];
    const server = await backend(({ startLine }) => answers[startLine.includes('/kept') ? 1 : 0]);
    const { connect } = await shop([server]);
    const client = await connect();
    for (const path of ['/', '/kept', '/kept']) {
      client.send(get(path));
      const response = await client.response();
      expect(response.startLine).toBe('HTTP/1.1 200 OK');
      expect(response.body.toString()).toBe('ok');
    }
    expect(server.requests.map(({ connectionIndex }) => connectionIndex)).toEqual([0, 1, 1]);
  });

  it('are absent from answers to HEAD, 204 and 304, whose connections live on at both sides', async () => {
    const server = await backend(({ startLine }) => {
      if (startLine.startsWith('HEAD')) return 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n';
      if (startLine.includes('/chunked')) return `HTTP/1.1 200 OK\r\n${CHUNKED}\r\n`;
      if (startLine.includes('/304')) return 'HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\nETag: "x"\r\n\r\n';
      return startLine.includes('/204') ? 'HTTP/1.1 204 No Content\r\n\r\n' : ok();
    });
    const { connect } = await shop([server]);
    const client = await connect();
    client.send('HEAD / HTTP/1.1\r\nHost: shop.example\r\n\r\n');
    expect(fieldOf(await client.response('HEAD'), 'content-length')).toBe('1000');
    client.send(get('/304'));
    const unchanged = await client.response();
    expect([unchanged.status, fieldOf(unchanged, 'content-length'), fieldOf(unchanged, 'etag')]).toEqual([
      304,
      '1000',
      '"x"',
    ]);
    client.send(get('/204'));
    const nothing = await client.response();
    expect([nothing.status, fieldOf(nothing, 'content-length'), fieldOf(nothing, 'transfer-encoding')]).toEqual([
      204,
      undefined,
      undefined,
    ]);
    client.send(get());
    expect((await client.response()).body.toString()).toBe('ok');
    expect(server.connections).toHaveLength(1);
  });

  it('of HEAD that a server sends all the same never reach the client, nor the next one', async () => {
    const server = await backend(({ startLine }) =>
      startLine.startsWith('HEAD') ? ok('HTTP/1.1 666 evil') : ok('next'),
    );
    const { connect } = await shop([server]);
    const client = await connect();
    client.send('HEAD / HTTP/1.1\r\nHost: shop.example\r\n\r\n');
    await client.response('HEAD');
    client.send(get());
    expect((await client.response()).body.toString()).toBe('next');
    expect(client.text).not.toContain('evil');
    expect(server.requests.map(({ connectionIndex }) => connectionIndex)).toEqual([0, 1]);
  });

  it('flow as they come', async () => {
    const server = await backend(() => undefined);
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(get());
    const { connection } = await server.request(0);
    connection.send(`HTTP/1.1 200 OK\r\n${CHUNKED}\r\n`);
    for (const piece of ['one', 'two', 'three']) {
      connection.send(chunk(piece));
      await client.receives(chunk(piece));
    }
    connection.send('0\r\n\r\n');
    expect((await client.response()).body.toString()).toBe('onetwothree');
  });

  it.each([
    ['with a length', 'length'],
    ['in chunks', 'chunked'],
    ['ended by the close', 'close'],
  ])('%s reach a slow client whole, and hold the server back meanwhile', async (_, framing) => {
    const size = 16 * 1024 * 1024;
    const body = patterned(size);
    const server = await backend(() => undefined);
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(get());
    const { connection } = await server.request(0);
    client.socket.pause();
    const fields = { length: `Content-Length: ${size}\r\n`, chunked: CHUNKED, close: '' }[framing];
    connection.send(`HTTP/1.1 200 OK\r\n${fields}\r\n`);
    sendInPieces(connection, body, framing === 'chunked');
    if (framing === 'close') connection.end();
    await settled(() => connection.socket.writableLength);
    expect(connection.socket.writableLength).toBeGreaterThan(1024 * 1024);
    await readSlowly(client);
    const response = await client.response();
    expect(response.complete).toBe(true);
    expect(response.body.length).toBe(size);
    expect(patternFault(response.body)).toBe(-1);
  });
});

describe('a response that comes in pieces, each read on its own', () => {
  // Below the high-water mark a write that the kernel did not take looks like one that it took (DESIGN 5).
  it.each([17_000, 20_000, 33_000, 50_000, 64_000])('of %i bytes reaches a slow client whole', async (size) => {
    const body = patterned(10 * 1024 * 1024);
    const server = await backend(() => undefined);
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(get());
    const { connection } = await server.request(0);
    client.socket.pause();
    connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
    for (let at = 0; at < body.length; at += size) {
      connection.send(body.subarray(at, at + size));
      // One turn for the router to read it, while it reads at all.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await readSlowly(client);
    const response = await client.response();
    expect(response.body.length).toBe(body.length);
    expect(patternFault(response.body)).toBe(-1);
  });
});

/** Pieces of every size from 1 byte to 64 KiB and beyond, so that each buffer of the router is met at every offset. */
function sendInPieces(connection: WirePeer, body: Buffer, chunked: boolean): void {
  let size = 1;
  for (let at = 0; at < body.length; at += size) {
    size = (size * 5 + 3) % 150_001;
    const piece = body.subarray(at, at + size);
    if (chunked) connection.send(`${piece.length.toString(16)}\r\n`);
    connection.send(piece);
    if (chunked) connection.send('\r\n');
  }
  if (chunked) connection.send('0\r\n\r\n');
}

/** Takes a little at each turn of the event loop until the buffers ahead are empty, then everything. */
async function readSlowly(client: WirePeer): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    client.socket.resume();
    await new Promise((resolve) => setImmediate(resolve));
    client.socket.pause();
    await new Promise((resolve) => setImmediate(resolve));
  }
  client.socket.resume();
}
