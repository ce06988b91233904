// Responses that are cut short or malformed are failures that the client sees, never messages that look whole.
import { describe, expect, it } from 'vitest';
import { malformedChunkedBodies, malformedResponses } from '../../src/wire/http1/malformed-corpus.ts';
import { backend, ok } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { fieldOf } from '../kit/message.ts';
import { shop } from '../kit/router.ts';
import type { WirePeer } from '../kit/wire-peer.ts';

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

/** What the client gets from a server that answers the first request with `bytes`, and then does `afterwards`. */
async function answered(bytes: string, afterwards: (connection: WirePeer) => void = ({ socket }) => void socket.end()) {
  const server = await backend(({ connection, connectionIndex }) => {
    if (connectionIndex > 0) return ok('second');
    connection.send(bytes);
    afterwards(connection);
    return undefined;
  });
  const { connect } = await shop([server]);
  const client = await connect();
  client.send(get());
  return { client, connect, server };
}

describe('a response head', () => {
  it.each(malformedResponses)('with $name is 502.3, and its connection serves no more', async ({ bytes }) => {
    const { client, connect, server } = await answered(bytes, () => {});
    const response = await client.response();
    expect(response.status).toBe(502);
    expect(fieldOf(response, 'proxy-status')).toMatch(/error=http_protocol_error; details="502\.3 /);
    await server.connections[0]!.closed();
    const other = await connect();
    other.send(get());
    expect((await other.response()).body.toString()).toBe('second');
  });

  it('beyond maxResponseHeaderSize is 502.3, before it is whole', async () => {
    const { client } = await answered(`HTTP/1.1 200 OK\r\nX-Big: ${'x'.repeat(70_000)}`, () => {});
    const response = await client.response();
    expect(response.status).toBe(502);
    expect(fieldOf(response, 'proxy-status')).toContain('error=http_response_header_section_size');
  });

  it.each([
    ['ends', ({ socket }: WirePeer) => void socket.end()],
    ['is reset', ({ socket }: WirePeer) => void socket.resetAndDestroy()],
  ])('that never comes, because the connection %s, is 502.3', async (_, afterwards) => {
    const { client, server } = await answered('', afterwards);
    expect((await client.response()).status).toBe(502);
    expect(server.requests).toHaveLength(1);
  });

  it('that is cut off is 502.3', async () => {
    const { client } = await answered('HTTP/1.1 200 OK\r\nContent-Le');
    expect((await client.response()).status).toBe(502);
  });
});

describe('a response body', () => {
  it('shorter than its length ends in a reset', async () => {
    const { client } = await answered('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello');
    expect(await client.closed()).toBe('reset');
    expect(client.text).not.toContain('502');
  });

  it('whose last chunk is missing ends in a reset, without a last chunk', async () => {
    const { client } = await answered(`${CHUNKED}5\r\nhello\r\n`);
    expect(await client.closed()).toBe('reset');
    expect(client.text).not.toContain('\r\n0\r\n');
  });

  it('cut off by a reset ends in a reset, also where it would have ended with the connection', async () => {
    const server = await backend(({ connection }) => void connection.send('HTTP/1.1 200 OK\r\n\r\nhello'));
    const { connect } = await shop([server]);
    const clients = [await connect(), await connect()];
    clients[0]!.send(get());
    clients[1]!.send('GET / HTTP/1.0\r\n\r\n');
    for (const client of clients) await client.receives('hello');
    for (const connection of server.connections) connection.reset();
    for (const client of clients) expect(await client.closed()).toBe('reset');
    expect(clients[0]!.text).not.toContain('\r\n0\r\n');
  });

  it.each(malformedChunkedBodies)('with $name ends in a reset or is 502, and looks never whole', async ({ bytes }) => {
    const { client, server } = await answered(CHUNKED + bytes, () => {});
    await client.closed();
    expect(client.text).not.toMatch(/\r\n0\r\n(?:.*\r\n)*\r\n$/);
    await server.connections[0]!.closed();
  });
});

describe('bytes behind a complete response', () => {
  it.each([
    ['in the same piece', `${ok('first')}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`],
    ['behind a chunked body', `${CHUNKED}5\r\nfirst\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`],
    ['behind a 304', `HTTP/1.1 304 Not Modified\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`],
  ])('%s are never the answer to another request', async (_, bytes) => {
    const { client, server } = await answered(bytes, () => {});
    await client.response();
    client.send(get());
    expect((await client.response()).body.toString()).toBe('second');
    expect(client.text).not.toContain('evil');
    await server.connections[0]!.closed();
  });

  it('that come later close the idle connection', async () => {
    const { client, server } = await answered(ok('first'), () => {});
    await client.response();
    server.connections[0]!.send('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
    await server.connections[0]!.closed();
    client.send(get());
    expect((await client.response()).body.toString()).toBe('second');
  });
});
