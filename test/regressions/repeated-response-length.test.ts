// A server that says the length of its response twice, and the same: the client is told once (RFC 9110 8.6).
import { expect, it } from 'vitest';
import { backend, ok } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { shop } from '../kit/router.ts';

it('a Content-Length that a server repeats goes to the client once', async () => {
  const server = await backend(() => ok('hello', 'Content-Length: 5\r\n'));
  const { connect } = await shop([server]);
  const client = await connect();
  client.send(get());
  const response = await client.response();
  expect(client.text.match(/content-length/gi)).toHaveLength(1);
  expect(client.bytes.length).toBe(response.end);
});
