// A head that was being read when a reload changed the limits must not leave the old ones behind: scanners are lent from
// connection to connection.
import { expect, it } from 'vitest';
import { backend } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { router, shopConfig } from '../kit/router.ts';

it('heads that begin after a reload are held to its limits', async () => {
  const server = await backend();
  const config = (headerCount: number) => shopConfig([server], {}, { limits: { headerCount } });
  const running = await router(config(100));
  const [early, other] = [await running.connect(), await running.connect()];
  early.send('GET / HTTP/1.1\r\nHost: a\r\n');
  other.send(get());
  await other.response(); // by then the first head is begun
  await running.router.reload(config(5));
  early.send('\r\n');
  expect((await early.response()).status).toBe(200);
  for (const client of [early, other]) {
    client.send(get('/', 'X: 1\r\n'.repeat(10)));
    expect((await client.response()).status).toBe(431);
  }
});
