// A client that sends the field by which the router names itself: the server sees the router's alone.
import { expect, it } from 'vitest';
import { backend } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { shop } from '../kit/router.ts';

it.each(['X-Forwarded-By', 'X-Router'])('%s of a client does not reach a server beside ours', async (name) => {
  const server = await backend();
  const { connect } = await shop([server], {
    protocol: { xForwardedByHeaderName: name, xForwardedByHeader: 'narrows' },
  });
  const client = await connect();
  client.send(get('/', `${name}: spoofed\r\n`));
  await client.response();
  const { text } = (await server.request(0)).connection;
  expect(text).toContain(`${name}: narrows\r\n`);
  expect(text).not.toContain('spoofed');
});
