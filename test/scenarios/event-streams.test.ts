// Server-sent events and long polling: nothing is held back that has come, and nobody waits for a response that is late.
import { describe, expect, it } from 'vitest';
import { backend, ok } from '../kit/backend.ts';
import { chunk, get } from '../kit/client.ts';
import { shop } from '../kit/router.ts';

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n';
const event = (n: number) => `id: ${n}\ndata: event ${n}\n\n`;

describe.each([0, 2])('with %i workers', (workers) => {
  it.each([
    ['chunked', 'Transfer-Encoding: chunked\r\n', chunk],
    ['ended by close', 'Connection: close\r\n', (text: string) => text],
  ])('each event of a stream that is %s reaches the client before the next is sent', async (_, fields, framed) => {
    const server = await backend(() => `${HEAD}${fields}\r\n`);
    const { connect } = await shop([server], {}, {}, { workers });
    const client = await connect();
    client.send(get('/events', 'Accept: text/event-stream\r\n'));
    await client.receives('text/event-stream');
    for (let n = 0; n < 5; n++) {
      server.connections[0]!.send(framed(event(n)));
      await client.receives(`data: event ${n}\n\n`);
    }
  });

  it('the server hears that the client of a stream has gone', async () => {
    const server = await backend(() => `${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk(event(0))}`);
    const { connect } = await shop([server], {}, {}, { workers });
    const client = await connect();
    client.send(get('/events'));
    await client.receives('event 0');
    client.reset();
    await server.connections[0]!.closed();
  });

  it('a request that is answered late holds up no other', async () => {
    const server = await backend(({ startLine }) => (startLine.includes('/poll') ? undefined : ok('at once')));
    const { connect } = await shop([server], {}, {}, { workers });
    const waiting = await connect();
    waiting.send(get('/poll'));
    await server.request(0);
    for (let n = 0; n < 3; n++) {
      const other = await connect();
      other.send(get('/'));
      expect(String((await other.response()).body)).toBe('at once');
    }
    server.requests[0]!.connection.send(ok('at last'));
    expect(String((await waiting.response()).body)).toBe('at last');
  });
});
