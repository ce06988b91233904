// What a client is told when a server fails: after how long, and in which words (arr.md 11.2, CONTRACT 3).
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../src/index.ts';
import { backend } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { fieldOf } from '../kit/message.ts';
import { shop } from '../kit/router.ts';
import { silentServer } from '../kit/silent-server.ts';

const FIVE_SECONDS = { protocol: { timeout: '5s' } };

describe('protocol.timeout', () => {
  it('ends the wait for an answer with 502.3, exactly', async () => {
    const clock = new SimulatedClock();
    const server = await backend(() => undefined);
    const { connect } = await shop([server], FIVE_SECONDS, {}, { clock });
    const client = await connect();
    client.send(get());
    const { connection } = await server.request(0);
    clock.advance(4999);
    const other = await connect();
    other.send(get());
    await server.request(1);
    expect(client.text).toBe('');
    clock.advance(52); // deadlines are exact to 50 ms
    const response = await client.response();
    expect(response.status).toBe(502);
    expect(fieldOf(response, 'proxy-status')).toMatch(/error=http_response_timeout; details="502\.3 /);
    await connection.closed();
  });

  it('is set back by each byte of the answer, and breaks off one that stops', async () => {
    const clock = new SimulatedClock();
    const server = await backend(() => undefined);
    const { connect } = await shop([server], FIVE_SECONDS, {}, { clock });
    const client = await connect();
    client.send(get());
    const { connection } = await server.request(0);
    connection.send('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n');
    await client.receives('\r\n\r\n');
    for (const byte of ['a', 'b', 'c']) {
      clock.advance(4900);
      connection.send(byte);
      await client.receives(`\r\n\r\n${'abc'.slice(0, 'abc'.indexOf(byte) + 1)}`);
    }
    clock.advance(5100);
    expect(await client.closed()).toBe('reset');
    await connection.closed();
  });

  it('stands still while the client is the one who is waited for', async () => {
    const clock = new SimulatedClock();
    const server = await backend();
    const { connect } = await shop([server], FIVE_SECONDS, { limits: { bodyProgressTimeout: '1m' } }, { clock });
    const client = await connect();
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na');
    await (await server.connection(0)).receives('a');
    clock.advance(50_000);
    client.send('b');
    expect((await client.response()).status).toBe(200);
  });

  it('stands still while the client takes no more of the answer', async () => {
    const clock = new SimulatedClock();
    const size = 16_000_000;
    const server = await backend(() => `HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`);
    const { connect } = await shop([server], FIVE_SECONDS, {}, { clock });
    const client = await connect();
    client.socket.pause();
    client.send(get());
    await server.request(0);
    const other = await connect();
    other.send(get());
    expect((await other.response()).body.length).toBe(size); // a whole one went by: the first has come to its halt
    clock.advance(60_000);
    client.socket.resume();
    expect((await client.response()).body.length).toBe(size);
  });

  it('runs against a server that reads no more of the request', async () => {
    const server = await backend(undefined, { onConnection: ({ socket }) => void socket.pause() });
    const { connect } = await shop([server], { protocol: { timeout: '100ms' } });
    const client = await connect();
    const body = Buffer.alloc(24_000_000, 'x');
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`).send(body);
    const response = await client.response();
    expect(response.status).toBe(502);
    expect(fieldOf(response, 'proxy-status')).toMatch(/error=connection_write_timeout; details="502\.3 /);
  });

  it('ends a connect that gets no answer', async () => {
    const clock = new SimulatedClock();
    const silent = await silentServer();
    const { connect, router } = await shop([silent], { protocol: { timeout: '5s', retries: 0 } }, {}, { clock });
    const client = await connect();
    client.send(get());
    await eventually(() => router.status().farms[0]!.servers[0]!.counters.currentRequests === 1);
    clock.advance(5100);
    const response = await client.response();
    expect(response.status).toBe(502);
    expect(fieldOf(response, 'proxy-status')).toMatch(/error=connection_timeout; details="502\.3 /);
  });
});

describe('an error page', () => {
  async function failure(fields = '') {
    const server = await backend(({ connection }) => void connection.end());
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(get('/', fields));
    return client.response();
  }

  it('is HTML with the status, the reason and the id of the request', async () => {
    const response = await failure('Accept: text/html\r\n');
    expect(fieldOf(response, 'content-type')).toBe('text/html; charset=utf-8');
    expect(response.body.toString()).toMatch(/<h1>502\.3 Bad Gateway<\/h1>/);
    expect(response.body.toString()).toContain('closed the connection before it answered');
    expect(response.body.toString()).toMatch(/Request [0-9a-f]{8}-/);
  });

  it('is JSON for who asks for JSON', async () => {
    const response = await failure('Accept: application/json\r\n');
    expect(fieldOf(response, 'content-type')).toBe('application/json');
    expect(JSON.parse(response.body.toString())).toEqual({
      status: 502,
      subStatus: 3,
      code: 'connectionAborted',
      reason: expect.stringContaining('before it answered'),
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('says in Proxy-Status what failed, and leaves the connection to the next request', async () => {
    const response = await failure();
    expect(fieldOf(response, 'proxy-status')).toMatch(/^narrows; error=connection_terminated; details="502\.3 [^"]+"$/);
    expect(fieldOf(response, 'connection')).toBeUndefined();
    expect(fieldOf(response, 'cache-control')).toBe('no-store');
  });

  it('has no body for HEAD', async () => {
    const server = await backend(({ connection }) => void connection.end());
    const { connect } = await shop([server]);
    const client = await connect();
    client.send('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(Number(fieldOf(await client.response('HEAD'), 'content-length'))).toBeGreaterThan(0);
    client.send('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await client.response('HEAD')).status).toBe(502);
  });

  it('is 502.4 when no server is left', async () => {
    const { connect } = await shop([], { servers: [{ address: '127.0.0.1:9', enabled: false }] });
    const client = await connect();
    client.send(get());
    const response = await client.response();
    expect(response.status).toBe(502);
    expect(fieldOf(response, 'proxy-status')).toMatch(/^narrows; error=destination_unavailable; details="502\.4 /);
  });
});
