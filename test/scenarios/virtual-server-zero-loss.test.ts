// No connection of a virtual server is lost, in reloads and when a server stops taking connections: a client that retries nothing counts
// each of them (CONTRACT 6).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { Backend } from '../kit/backend.ts';
import { NARROWS, RouterProcess } from '../kit/router-process.ts';
import { echo } from '../kit/virtual-server.ts';

const AT_ONCE = 12;

let router: RouterProcess;

afterEach(() => router.stop());

interface Tally {
  opened: number;
  answered: number;
  /** How others ended. */
  lost: string[];
}

/** One connection after the other, AT_ONCE side by side: a few exchanges, then an end in order. */
function connections(url: string): { tally: Tally; reached(count: number): Promise<void>; stop(): Promise<void> } {
  const tally: Tally = { opened: 0, answered: 0, lost: [] };
  const { hostname, port } = new URL(url);
  let runs = true;
  let changed = (): void => {};
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      tally.opened++;
      const socket = connect(Number(port), hostname);
      let asked = 1;
      let text = '';
      let fault = '';
      socket.on('connect', () => socket.write('1'));
      socket.on('data', (bytes) => {
        text += bytes;
        const exchanges = text.match(/:\d/g)?.length ?? 0;
        if (exchanges < asked) return;
        if (exchanges === 3) socket.end();
        else socket.write(String(++asked));
      });
      socket.on('error', (error: NodeJS.ErrnoException) => {
        fault = error.code ?? error.message;
      });
      socket.on('close', () => {
        if (fault === '' && /^(\w):1\1:2\1:3$/.test(text)) tally.answered++;
        else tally.lost.push(`${fault} ${text}`);
        changed();
        resolve();
      });
    });
  const all = Array.from({ length: AT_ONCE }, async () => {
    while (runs) await one();
  });
  return {
    tally,
    reached: (count) =>
      new Promise((resolve) => {
        changed = () => {
          if (tally.answered + tally.lost.length >= count) resolve();
        };
        changed();
      }),
    async stop() {
      runs = false;
      await Promise.all(all);
    },
  };
}

function config(servers: readonly Backend[], farm: object = {}): object {
  return {
    listeners: { web: { address: '127.0.0.1:0', protocol: 'tcp', farm: 'shop' } },
    farms: { shop: { servers: servers.map(({ address }) => address), ...farm } },
    admin: { address: '127.0.0.1:0' },
    workers: 2,
    watch: false,
  };
}

it('no connection is lost in reloads that change settings and servers', async () => {
  const servers = [await echo('a'), await echo('b'), await echo('c')];
  router = await RouterProcess.start(config(servers));
  const client = connections(router.url('web'));
  await client.reached(100);
  for (let version = 1; version <= 5; version++) {
    router.write(config(servers.slice(version % 2), { protocol: { timeout: `${10 + version}s` } }));
    const done = router.log.next('reloaded');
    router.signal('SIGHUP');
    await done;
    await client.reached(client.tally.answered + 100);
  }
  await client.stop();
  expect(client.tally.lost).toEqual([]);
  expect(client.tally.answered).toBe(client.tally.opened);
});

it('no connection is lost when a server is drained, or takes no more connections', async () => {
  const servers = [await echo('a'), await echo('b'), await echo('c')];
  router = await RouterProcess.start(config(servers));
  const client = connections(router.url('web'));
  await client.reached(100);
  const drain = spawn(NARROWS, ['drain', `shop/${servers[0]!.address}`, '--wait', '--admin', router.url('admin')], {
    stdio: 'ignore',
  });
  expect(await once(drain, 'exit')).toEqual([0, null]);
  const served = servers[0]!.connections.length;
  await client.reached(client.tally.answered + 100);
  expect(servers[0]!.connections.length).toBe(served);
  await client.stop();
  expect(client.tally.lost).toEqual([]);
  expect(client.tally.answered).toBe(client.tally.opened);
  // It refuses connections from here on. Between two clients: a server that closes its listener resets what the kernel has
  // queued for it, and nobody in front of it can mend that.
  await servers[1]!.close();
  const next = connections(router.url('web'));
  await next.reached(200);
  await next.stop();
  expect(next.tally.lost).toEqual([]);
  expect(next.tally.answered).toBe(next.tally.opened);
});
