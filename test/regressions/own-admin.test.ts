// The admin API of this router, without a token, is for nobody whom the router itself would bring there: whatever rules do
// to the marks of a proxy.
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { router } from '../kit/router.ts';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

it.each(['127.0.0.1', '127.1', '0.0.0.0', '[::ffff:127.0.0.1]', 'localhost'])(
  'a rule that takes the marks away and goes to %s',
  async (host) => {
    const port = await freePort();
    const marks = ['HTTP_X_FORWARDED_FOR', 'HTTP_X_FORWARDED_HOST', 'HTTP_X_FORWARDED_PROTO'];
    const { connect } = await router({
      listeners: { web: { address: '127.0.0.1:0' } },
      admin: { address: `127.0.0.1:${port}` },
      proxy: { enabled: true, stealthMode: true },
      rules: [
        {
          name: 'to the admin API',
          match: { url: '.*' },
          serverVariables: [
            ...marks.map((name) => ({ name, value: '' })),
            { name: 'HTTP_HOST', value: `127.0.0.1:${port}` },
          ],
          action: { type: 'Rewrite', url: `http://${host}:${port}/{R:0}` },
        },
      ],
    });
    const client = await connect();
    client.send('GET /api/status HTTP/1.1\r\nHost: a\r\n\r\n');
    const { status, body } = await client.response();
    expect([status, body.toString()]).toEqual([404, expect.stringContaining('admin API')]);
  },
);
