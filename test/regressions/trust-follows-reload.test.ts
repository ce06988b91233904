// A client connection lives through a reload; whether its peer is trusted is asked of the configuration in force. Once
// it was asked when the connection was made, and a request after the last trusted range was removed ended the thread.
import { expect, it } from 'vitest';
import { backend } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { fieldOf } from '../kit/message.ts';
import { router, shopConfig } from '../kit/router.ts';

it('a peer that a reload stops trusting is not believed any more, on the connection that it has', async () => {
  const server = await backend();
  const running = await router(shopConfig([server], {}, { trustedProxies: ['127.0.0.1'] }));
  const client = await running.connect();
  const forwarded = async () => {
    client.send(get('/', 'X-Forwarded-For: 203.0.113.9\r\n'));
    expect((await client.response()).status).toBe(200);
    return fieldOf(server.requests.at(-1)!, 'x-forwarded-for');
  };
  expect(await forwarded()).toMatch(/^203\.0\.113\.9, /);
  await running.router.reload(shopConfig([server]));
  expect(await forwarded()).toMatch(/^127\.0\.0\.1:\d+$/);
  await running.router.reload(shopConfig([server], {}, { trustedProxies: ['127.0.0.1'] }));
  expect(await forwarded()).toMatch(/^203\.0\.113\.9, /);
});
