// Expect: 100-continue and the other 1xx responses (CONTRACT 3).
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../src/index.ts';
import { backend, ok } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { fieldOf } from '../kit/message.ts';
import { shop } from '../kit/router.ts';

const EXPECTING = 'POST / HTTP/1.1\r\nHost: shop.example\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n';
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

describe('Expect: 100-continue', () => {
  it("goes to the server, and the server's 100 comes back before the body is sent", async () => {
    const server = await backend(undefined);
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(EXPECTING);
    const connection = await server.connection(0);
    await connection.receives('\r\n\r\n');
    expect(connection.text).toContain('Expect: 100-continue\r\n');
    expect(client.text).toBe('');
    connection.send(CONTINUE);
    expect((await client.response()).status).toBe(100);
    client.send('hello');
    expect((await client.response()).status).toBe(200);
    expect(server.requests[0]!.body.toString()).toBe('hello');
  });

  it('waits for no 100 when the body comes without', async () => {
    const server = await backend();
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(`${EXPECTING}hello`);
    expect((await client.response()).status).toBe(200);
    expect(client.text).not.toContain('100');
  });

  it('lets the server refuse before the body is sent', async () => {
    const server = await backend(undefined, {
      onConnection: (connection) =>
        void connection
          .receives('\r\n\r\n')
          .then(() => connection.send('HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n')),
    });
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(EXPECTING);
    const response = await client.response();
    expect([response.status, fieldOf(response, 'connection')]).toEqual([417, 'close']);
    expect(await client.closed()).toBe('end');
  });

  it('is answered 502.3 when neither 100 nor answer comes in protocol.timeout, not held against the client', async () => {
    const clock = new SimulatedClock();
    const server = await backend(() => undefined);
    const { connect } = await shop([server], { protocol: { timeout: '60s' } }, {}, { clock });
    const client = await connect();
    client.send(EXPECTING);
    await (await server.connection(0)).receives('\r\n\r\n');
    clock.advance(59_000); // limits.bodyProgressTimeout is 30s
    expect(client.text).toBe('');
    clock.advance(1100);
    const response = await client.response();
    expect(response.startLine).toBe('HTTP/1.1 502 Bad Gateway');
    expect(fieldOf(response, 'proxy-status')).toContain('502.3');
  });

  it("runs the client's time, not the server's, once the 100 has gone to it", async () => {
    const clock = new SimulatedClock();
    const server = await backend();
    const { connect } = await shop([server], { protocol: { timeout: '5s' } }, {}, { clock });
    const client = await connect();
    client.send(EXPECTING);
    (await server.connection(0)).send(CONTINUE);
    await client.response();
    clock.advance(29_000);
    client.send('hell');
    await server.connections[0]!.receives('hell');
    clock.advance(29_000);
    client.send('o');
    expect((await client.response()).status).toBe(200);
  });

  it('gives up with 408 on a client that got its 100 and sends nothing', async () => {
    const clock = new SimulatedClock();
    const server = await backend();
    const { connect } = await shop([server], {}, {}, { clock });
    const client = await connect();
    client.send(EXPECTING);
    (await server.connection(0)).send(CONTINUE);
    await client.response();
    clock.advance(30_100);
    expect((await client.response()).status).toBe(408);
  });
});

describe('other 1xx responses', () => {
  const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n';

  it('go to the client, however their bytes are split', async () => {
    const server = await backend(() => undefined);
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(get());
    const { connection } = await server.request(0);
    const bytes = `HTTP/1.1 102 Processing\r\n\r\n${HINTS}\r\n${ok()}`;
    connection.send(bytes.slice(0, 40));
    await client.receives('102 Processing');
    connection.send(bytes.slice(40));
    const statuses = [await client.response(), await client.response(), await client.response()];
    expect(statuses.map(({ status }) => status)).toEqual([102, 103, 200]);
    expect(fieldOf(statuses[1]!, 'link')).toBe('</a.css>; rel=preload');
  });

  it('carry neither framing nor hop-by-hop fields on', async () => {
    const server = await backend(
      () => `${HINTS}Connection: x-hop\r\nX-Hop: 1\r\nContent-Length: 5\r\nKeep-Alive: timeout=5\r\n\r\n${ok()}`,
    );
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(get());
    const hints = await client.response();
    expect(hints.fields).toEqual([['Link', '</a.css>; rel=preload']]);
    expect((await client.response()).status).toBe(200);
  });

  it('do not go to a client of HTTP/1.0', async () => {
    const server = await backend(() => `${HINTS}\r\n${ok()}`);
    const { connect } = await shop([server]);
    const client = await connect();
    client.send('GET / HTTP/1.0\r\n\r\n');
    expect((await client.response()).status).toBe(200);
  });

  it('count as an answer: the request is not repeated when the server then closes', async () => {
    const server = await backend(({ startLine, connection }) =>
      startLine.includes('/second') ? void connection.end(`${HINTS}\r\n`) : ok(),
    );
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(get('/first'));
    await client.response();
    client.send(get('/second'));
    expect((await client.response()).status).toBe(103);
    expect((await client.response()).status).toBe(502);
    expect(server.requests).toHaveLength(2);
  });

  it('101 without a request for it is an invalid response', async () => {
    const server = await backend(() => 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(get('/', 'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n'));
    expect((await client.response()).status).toBe(502);
    expect(server.connections[0]!.text).not.toMatch(/upgrade|http2-settings/i);
  });
});
