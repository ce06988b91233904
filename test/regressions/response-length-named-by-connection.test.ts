// A server whose Connection field names Content-Length: were the field dropped as hop-by-hop, the response would go on
// without an end, and the next one on the client's connection would be read as part of it.
import { expect, it } from 'vitest';
import { backend, ok } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { shop } from '../kit/router.ts';

it('a response whose Connection names Content-Length is refused, and its connection closed', async () => {
  const server = await backend(({ startLine }) => ok('hello', startLine.includes('/bad') ? FIELDS : ''));
  const { connect } = await shop([server]);
  const client = await connect();
  client.send(get('/bad') + get('/good'));
  const bad = await client.response();
  expect(bad.startLine).toBe('HTTP/1.1 502 Bad Gateway');
  const good = await client.response();
  expect(good.startLine).toBe('HTTP/1.1 200 OK');
  expect(client.bytes.length).toBe(good.end);
  expect(server.requests.map(({ connectionIndex }) => connectionIndex)).toEqual([0, 1]);
});

const FIELDS = 'Connection: Content-Length\r\n';
