// Limits on what a client may take (CONTRACT 2, `limits`), with time only where a test says so.
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../src/index.ts';
import { backend } from '../kit/backend.ts';
import { get, withBody } from '../kit/client.ts';
import { eventually, settled } from '../kit/eventually.ts';
import { fieldOf } from '../kit/message.ts';
import { type RunningRouter, shop } from '../kit/router.ts';

function limited(limits: Record<string, unknown>, setup: Parameters<typeof shop>[3] = {}): Promise<RunningRouter> {
  return backend().then((server) => shop([server], {}, { limits }, setup));
}

/** Status of the answer to these bytes. */
async function statusOf({ connect }: RunningRouter, bytes: string): Promise<number> {
  const client = await connect();
  client.send(bytes);
  return (await client.response()).status;
}

const open = ({ router }: RunningRouter): number => router.status().workers[0]!.connections;

describe('sizes', () => {
  it('a request line beyond limits.requestLine is 414, the longest is served', async () => {
    const router = await limited({ requestLine: 256 });
    const line = (length: number) =>
      `GET /${'x'.repeat(length - 'GET / HTTP/1.1\r\n'.length)} HTTP/1.1\r\nHost: a\r\n\r\n`;
    expect(await statusOf(router, line(256))).toBe(200);
    expect(await statusOf(router, line(257))).toBe(414);
    const client = await router.connect();
    client.send(`GET /${'x'.repeat(300)}`); // before its end has come
    expect((await client.response()).status).toBe(414);
    expect(await client.closed()).toBe('end');
  });

  it('fields beyond limits.headerBytes are 431, and more than limits.headerCount too', async () => {
    const router = await limited({ headerBytes: 1024, headerCount: 5 });
    expect(await statusOf(router, get('/', `X: ${'x'.repeat(900)}\r\n`))).toBe(200);
    expect(await statusOf(router, get('/', `X: ${'x'.repeat(1100)}\r\n`))).toBe(431);
    expect(await statusOf(router, get('/', 'X: 1\r\n'.repeat(4)))).toBe(200);
    expect(await statusOf(router, get('/', 'X: 1\r\n'.repeat(5)))).toBe(431);
  });

  it('a body beyond limits.requestBody is 413', async () => {
    const router = await limited({ requestBody: 5 });
    expect(await statusOf(router, withBody('POST', '12345'))).toBe(200);
    expect(await statusOf(router, withBody('POST', '123456'))).toBe(413);
  });
});

describe('time', () => {
  it('a head that takes longer than limits.headTimeout is 408, however busily it drips', async () => {
    const clock = new SimulatedClock();
    const router = await limited({ headTimeout: '10s' }, { clock });
    const client = await router.connect();
    client.send('G');
    await eventually(() => open(router) === 1);
    const other = await router.connect();
    for (const letter of 'ET / HTT') {
      client.send(letter);
      other.send(get());
      await other.response(); // the router has had a turn
      clock.advance(1200);
    }
    clock.advance(1000);
    const response = await client.response();
    expect(response.status).toBe(408);
    expect(fieldOf(response, 'connection')).toBe('close');
    expect(await client.closed()).toBe('end');
  });

  it('counts limits.headTimeout from the first byte of a later head, too', async () => {
    const clock = new SimulatedClock();
    const router = await limited({ headTimeout: '10s', idleTimeout: '60s' }, { clock });
    const client = await router.connect();
    client.send(get());
    await client.response();
    clock.advance(50_000);
    client.send('GET / HT');
    const other = await router.connect();
    other.send(get());
    await other.response();
    clock.advance(9900);
    expect(client.ending).toBeNull();
    clock.advance(200);
    expect((await client.response()).status).toBe(408);
  });

  it('a connection on which nothing is asked is closed after limits.headTimeout, without an answer', async () => {
    const clock = new SimulatedClock();
    const router = await limited({ headTimeout: '10s' }, { clock });
    const client = await router.connect();
    await eventually(() => open(router) === 1);
    clock.advance(10_100);
    await client.closed();
    expect(client.text).toBe('');
  });

  it('an idle connection is closed after limits.idleTimeout', async () => {
    const clock = new SimulatedClock();
    const router = await limited({ idleTimeout: '75s' }, { clock });
    const client = await router.connect();
    client.send(get());
    await client.response();
    clock.advance(74_900);
    expect(client.ending).toBeNull();
    clock.advance(200);
    await client.closed();
  });

  it('a body that stops coming for limits.bodyProgressTimeout is 408, each byte sets it back', async () => {
    const clock = new SimulatedClock();
    const server = await backend();
    const { connect } = await shop([server], {}, { limits: { bodyProgressTimeout: '10s' } }, { clock });
    const client = await connect();
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n');
    const connection = await server.connection(0);
    await connection.receives('\r\n\r\n');
    for (const byte of ['a', 'b', 'c']) {
      clock.advance(9900);
      client.send(byte);
      await connection.receives(`\r\n\r\n${'abc'.slice(0, 'abc'.indexOf(byte) + 1)}`);
    }
    clock.advance(10_100);
    expect((await client.response()).status).toBe(408);
    await connection.closed();
  });

  it('a slow server is not held against the client that uploads', async () => {
    const clock = new SimulatedClock();
    const server = await backend(undefined, { onConnection: ({ socket }) => void socket.pause() });
    const { connect, router } = await shop([server], {}, { limits: { bodyProgressTimeout: '1s' } }, { clock });
    const client = await connect();
    const body = Buffer.alloc(24_000_000, 'x');
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`).send(body);
    await server.connection(0);
    await settled(() => client.socket.writableLength);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    clock.advance(20_000);
    expect(router.status().farms[0]!.servers[0]!.counters.currentRequests).toBe(1);
    expect(client.text).toBe('');
  });
});

describe('limits.connections', () => {
  it.each([0, 2])(
    'with %i workers: one more gets 503 and a close, and a place that is free again is used',
    async (workers) => {
      const router = await limited({ connections: 3 }, { workers });
      const clients = await Promise.all([router.connect(), router.connect(), router.connect()]);
      for (const client of clients) client.send(get());
      for (const client of clients) expect((await client.response()).status).toBe(200);
      const refused = await router.connect();
      refused.send(get());
      const response = await refused.response();
      expect(response.status).toBe(503);
      expect(fieldOf(response, 'proxy-status')).toContain('connection_limit_reached');
      expect(await refused.closed()).toBe('end');
      clients[0]!.end();
      await clients[0]!.closed();
      await eventually(() => router.router.status().workers.reduce((sum, worker) => sum + worker.connections, 0) === 2);
      expect(await statusOf(router, get())).toBe(200);
    },
  );

  it('answers every client beyond it, whatever that sends meanwhile', async () => {
    const router = await limited({ connections: 1 });
    const first = await router.connect();
    first.send(get());
    await first.response();
    const crowd = await Promise.all(Array.from({ length: 60 }, () => router.connect()));
    const upload = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n${'x'.repeat(300_000)}`;
    for (const client of crowd) client.send(upload);
    for (const client of crowd) expect((await client.response()).status).toBe(503);
  });
});
