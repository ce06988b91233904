// Priority groups as in BIG-IP, through real requests: who serves, who joins, and what becomes of bound clients.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRouter, type Router } from '../../src/index.ts';
import { until } from '../kit/until.ts';
import { type Answer, ask } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

let servers: CountingServer[];
let router: Router;
let url: string;

async function start(workers: number): Promise<void> {
  const [a, b, c] = servers.map(({ address }) => address);
  router = createRouter(
    {
      listeners: { web: { address: '127.0.0.1:0' } },
      farms: {
        shop: {
          servers: [
            { address: a, priorityGroup: 10 },
            { address: b, priorityGroup: 10 },
            { address: c, priorityGroup: 5 },
          ],
          loadBalancing: { priorityGroupActivation: 2 },
          affinity: { useCookie: true },
          healthCheck: { url: '/health', interval: '50ms', retries: 0 },
        },
      },
      shutdownIdleGrace: 0,
    },
    { workers },
  );
  url = (await router.start()).listeners[0]!.url;
}

const letterOf = ({ head }: Answer) => /^x-server: (\w)/im.exec(head)![1]!;
const cookieOf = ({ head }: Answer) => `Cookie: ${/^set-cookie: ([^;\r]+)/im.exec(head)![1]}\r\n`;
const isHealthy = (index: number) => router.status().farms[0]!.servers[index]!.isHealthy;
async function newClients(): Promise<string> {
  const served = new Set<string>();
  for (let n = 0; n < 9; n++) served.add(letterOf(await ask(url, '/')));
  return [...served].sort().join('');
}

beforeEach(async () => {
  servers = await Promise.all(['a', 'b', 'c'].map((name) => countingServer(name)));
});

afterEach(async () => {
  await router.stop();
  await Promise.all(servers.map((server) => server.kill()));
});

describe.each([0, 2])('with %i workers', (workers) => {
  it('the next group joins while too few of the higher one are available, and leaves when they are back', async () => {
    await start(workers);
    expect(await newClients()).toBe('ab');
    await servers[0]!.kill();
    await until(() => !isHealthy(0));
    expect(await newClients()).toBe('bc');
    let bound = await ask(url, '/');
    while (letterOf(bound) !== 'c') bound = await ask(url, '/');
    await servers[0]!.revive();
    await until(() => isHealthy(0));
    expect(await newClients()).toBe('ab');
    // Who is bound to the lower group stays there, as with persistence in BIG-IP.
    for (let n = 0; n < 3; n++) expect(letterOf(await ask(url, '/', cookieOf(bound)))).toBe('c');
  });
});

it('another attempt goes to the next group where nothing of the higher one is left', async () => {
  const [a, b] = servers.map(({ address }) => address);
  const shop = {
    servers: [
      { address: a, priorityGroup: 10 },
      { address: b, priorityGroup: 5 },
    ],
    loadBalancing: { priorityGroupActivation: 1 },
  };
  router = createRouter({ listeners: { web: { address: '127.0.0.1:0' } }, farms: { shop }, shutdownIdleGrace: 0 });
  url = (await router.start()).listeners[0]!.url;
  expect(letterOf(await ask(url, '/'))).toBe('a');
  await servers[0]!.kill();
  for (let n = 0; n < 5; n++) expect(letterOf(await ask(url, '/'))).toBe('b');
});
