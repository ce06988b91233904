// Clients that leave, and clients that only end their side (CONTRACT 3).
import { describe, expect, it } from 'vitest';
import { backend, ok } from '../kit/backend.ts';
import { get, withBody } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { shop } from '../kit/router.ts';

describe('a client that leaves', () => {
  it.each([
    ['ends in the middle of its body', 'end'],
    ['resets in the middle of its body', 'reset'],
  ] as const)('and %s drops the exchange with the server', async (_, how) => {
    const server = await backend();
    const { connect, router } = await shop([server]);
    const client = await connect();
    client.send('POST / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 10\r\n\r\nhello');
    const connection = await server.connection(0);
    await connection.receives('hello');
    client[how]();
    await connection.closed();
    expect(server.requests).toHaveLength(0);
    expect(router.status().farms[0]!.servers[0]!.counters).toMatchObject({ currentRequests: 0 });
  });

  it('while its answer is awaited drops the exchange with the server', async () => {
    const server = await backend(() => undefined);
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(get());
    const { connection } = await server.request(0);
    client.reset();
    await connection.closed();
  });

  it('in the middle of its answer drops the exchange with the server', async () => {
    const server = await backend(
      ({ connection }) => void connection.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'),
    );
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(get());
    await client.receives('hello');
    client.reset();
    await server.connections[0]!.closed();
  });

  it('by a FIN in the middle of a chunked body is not taken for one that is done', async () => {
    const server = await backend();
    const { connect } = await shop([server]);
    const client = await connect();
    client.send('POST / HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
    const connection = await server.connection(0);
    await connection.receives('hello');
    client.end();
    await connection.closed();
    expect(connection.text).not.toContain('0\r\n\r\n');
  });

  it('by a FIN behind the head of a request that came early is not answered for that', async () => {
    const server = await backend(({ startLine }) => (startLine.includes('/slow') ? undefined : ok()));
    const { connect, router } = await shop([server]);
    const other = await connect();
    const client = await connect();
    client.send(`${get('/slow')}PUT /early HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 5\r\n\r\n`).end();
    await server.request(0);
    other.send(get());
    await other.response(); // its connection is idle now
    server.connections[0]!.send(ok('slow'));
    expect(await client.closed()).toBe('end');
    expect(client.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    await eventually(() => router.status().farms[0]!.servers[0]!.counters.currentRequests === 0);
    expect(server.connections.flatMap(({ text }) => text.match(/PUT/g) ?? []).length).toBeLessThanOrEqual(1);
  });

  it('in the middle of a head is not answered', async () => {
    const server = await backend();
    const { connect } = await shop([server]);
    const client = await connect();
    client.end('GET / HTTP/1.1\r\nHost: shop.exa');
    expect(await client.closed()).toBe('end');
    expect(client.text).toBe('');
  });
});

describe('a client that ends its side after a whole request', () => {
  it.each([
    ['without a body', get()],
    ['with a body', withBody('POST', 'hello')],
  ])('%s gets its answer', async (_, request) => {
    const server = await backend(() => undefined);
    const { connect } = await shop([server]);
    const client = await connect();
    client.end(request);
    (await server.request(0)).connection.send(ok('answer'));
    expect((await client.response()).body.toString()).toBe('answer');
    expect(await client.closed()).toBe('end');
  });

  it('is dropped where limits.abortOnClientEnd says so', async () => {
    const server = await backend(() => undefined);
    const { connect } = await shop([server], {}, { limits: { abortOnClientEnd: true } });
    const client = await connect();
    client.send(get());
    const { connection } = await server.request(0);
    client.end();
    await connection.closed();
    expect(await client.closed()).toBe('end');
    expect(client.text).toBe('');
  });
});
