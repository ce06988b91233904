// Connections that last: on both sides, with pipelining, and with HTTP/1.0.
import { describe, expect, it } from 'vitest';
import { backend, ok } from '../kit/backend.ts';
import { chunk, get, withBody } from '../kit/client.ts';
import { eventually, settled } from '../kit/eventually.ts';
import { fieldOf } from '../kit/message.ts';
import { shop } from '../kit/router.ts';

describe('persistent connections', () => {
  it('serve one request after the other, on one connection at each side', async () => {
    const server = await backend((request) => ok(request.startLine));
    const { connect } = await shop([server]);
    const client = await connect();
    for (const path of ['/a', '/b', '/c']) {
      client.send(get(path));
      const response = await client.response();
      expect(response.body.toString()).toBe(`GET ${path} HTTP/1.1`);
      expect(fieldOf(response, 'connection')).toBeUndefined();
    }
    expect(server.connections).toHaveLength(1);
  });

  it('end after the answer when the client says Connection: close', async () => {
    const server = await backend();
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(get('/', 'Connection: close\r\n'));
    const response = await client.response();
    expect(fieldOf(response, 'connection')).toBe('close');
    expect(await client.closed()).toBe('end');
  });
});

describe('pipelined requests', () => {
  it('are answered in order, the next not started before the answer to the one before is written', async () => {
    const server = await backend((request) => (request.startLine.includes('/first') ? undefined : ok('second')));
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(get('/first') + get('/second'));
    const first = await server.request(0);
    first.connection.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfir');
    await client.receives('fir');
    expect(server.requests).toHaveLength(1);
    first.connection.send('st');
    expect((await client.response()).body.toString()).toBe('first');
    expect((await client.response()).body.toString()).toBe('second');
    expect(server.connections).toHaveLength(1);
  });

  it('are all answered when the client ends its side behind the last of them', async () => {
    const server = await backend((request) => ok(request.startLine));
    const { connect } = await shop([server]);
    const client = await connect();
    client.end(get('/1') + withBody('POST', 'x') + get('/3', 'Connection: keep-alive\r\n'));
    const bodies = [await client.response(), await client.response(), await client.response()].map(({ body }) =>
      body.toString(),
    );
    expect(bodies).toEqual(['GET /1 HTTP/1.1', 'POST / HTTP/1.1', 'GET /3 HTTP/1.1']);
    expect(await client.closed()).toBe('end');
  });

  it('wait while the client does not take the answers before them', async () => {
    const big = 'x'.repeat(8_000_000);
    const server = await backend((request) => (request.startLine.includes('/big') ? ok(big) : ok('small')));
    const { connect } = await shop([server]);
    const client = await connect();
    client.socket.pause();
    client.send(get('/big') + get('/small'));
    await server.request(0);
    // The router takes up another request on another connection meanwhile, so it is not the router that is busy.
    const other = await connect();
    other.send(get('/small'));
    await other.response();
    expect(server.requests).toHaveLength(2);
    client.socket.resume();
    expect((await client.response()).body.length).toBe(big.length);
    expect((await client.response()).body.toString()).toBe('small');
  });

  it('are not served into memory for a client that takes no answers', async () => {
    const answer = 'x'.repeat(60_000);
    const server = await backend(() => ok(answer));
    const { connect } = await shop([server]);
    const client = await connect();
    client.socket.pause();
    client.send(get().repeat(500));
    await settled(() => server.requests.length);
    expect(server.requests.length).toBeLessThan(300); // what the system's own buffers hold, and a little
    client.socket.resume();
    await client.until(() => (client.socket.bytesRead > 500 * answer.length ? true : null));
    await eventually(() => server.requests.length === 500);
  });

  it('are read ahead only so far', async () => {
    const server = await backend(() => undefined);
    const { connect } = await shop([server], {}, { limits: { headerBytes: '1KB' } });
    const client = await connect();
    client.send(get('/first'));
    await server.request(0);
    let flooded = false;
    const flood = Buffer.alloc(1_000_000, 'x');
    for (let i = 0; i < 40 && !flooded; i++) flooded = !client.socket.write(flood);
    // What nobody reads stays with the client: its socket never empties.
    expect(client.socket.writableLength).toBeGreaterThan(0);
    const other = await connect();
    other.send(get('/other'));
    await server.request(1);
    expect(client.socket.writableLength).toBeGreaterThan(0);
  });
});

describe('HTTP/1.0 clients', () => {
  it('get their answer and the end of the connection', async () => {
    const server = await backend();
    const { connect } = await shop([server]);
    const client = await connect();
    client.send('GET / HTTP/1.0\r\n\r\n');
    const response = await client.response();
    expect(response.body.toString()).toBe('ok');
    expect(fieldOf(response, 'connection')).toBe('close');
    expect(await client.closed()).toBe('end');
    expect(fieldOf(server.requests[0]!, 'host')).toBe(server.address);
    expect(server.requests[0]!.startLine).toBe('GET / HTTP/1.1');
  });

  it('keep their connection when they ask for it and the answer has a length', async () => {
    const server = await backend();
    const { connect } = await shop([server]);
    const client = await connect();
    for (let i = 0; i < 2; i++) {
      client.send('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
      expect(fieldOf(await client.response(), 'connection')).toBe('keep-alive');
    }
  });

  it('get a chunked response without chunks, ended by the close', async () => {
    const server = await backend(
      () =>
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n${chunk('hello ')}${chunk('world')}0\r\nX-Sum: 1\r\n\r\n`,
    );
    const { connect } = await shop([server]);
    const client = await connect();
    client.send('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    const response = await client.response();
    expect(response).toMatchObject({ framing: 'close', complete: true, trailers: [] });
    expect(response.body.toString()).toBe('hello world');
    expect(fieldOf(response, 'connection')).toBe('close');
    expect(await client.closed()).toBe('end');
  });
});
