// explain asks the running router with its live state, and changes nothing by asking (CONTRACT 4).
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRouter, type Router } from '../../src/index.ts';
import { EventLog } from '../kit/event-log.ts';
import { ask } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

let servers: CountingServer[];
let router: Router;
let log: EventLog;
let web: string;
let admin: string;

async function explained(path: string, headers: [string, string][] = []): Promise<Record<string, unknown>> {
  const response = await fetch(`${admin}/api/explain`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ url: web + path, headers }),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

beforeEach(async () => {
  servers = await Promise.all(['a', 'b'].map((name) => countingServer(name)));
  log = new EventLog();
  const shop = {
    servers: servers.map(({ address }) => address),
    affinity: { useCookie: true },
    healthCheck: { url: '/health', interval: '50ms', timeout: '1s', retries: 0 },
  };
  const listeners = { web: { address: '127.0.0.1:0' } };
  const config = { listeners, farms: { shop }, admin: { address: '127.0.0.1:0' }, shutdownIdleGrace: 0 };
  router = createRouter(config, { workers: 2, logger: log });
  [web, admin] = (await router.start()).listeners.map(({ url }) => url) as [string, string];
});

afterEach(async () => {
  await router.stop();
  await Promise.all(servers.map((server) => server.kill()));
});

it('names the server that the next request goes to, however often it is asked, and no server hears of it', async () => {
  const { outcome } = (await explained('/x?y=1')) as { outcome: { server: string } };
  expect(outcome).toMatchObject({ kind: 'proxy', url: 'http://shop/x?y=1', farm: 'shop' });
  for (let n = 0; n < 3; n++) expect((await explained('/x?y=1')).outcome).toEqual(outcome);
  expect(servers.map(({ count }) => count)).toEqual([0, 0]);
  const counters = router.status().farms[0]!.servers.map((server) => server.counters.totalRequests);
  expect(counters).toEqual([0, 0]);
  await ask(web, '/x?y=1');
  expect(servers.map(({ count, address }) => (address === outcome.server ? count : -count))).toContain(1);
});

it('sees health as it is, and the cookies of clients', async () => {
  const bound = await ask(web, '/');
  const [, cookie] = /^set-cookie: ([^;]+)/im.exec(bound.head)!;
  const own = servers.find(({ count }) => count === 1)!;
  expect((await explained('/', [['Cookie', cookie!]])).outcome).toMatchObject({ server: own.address });
  await own.kill();
  await log.nth('serverUnhealthy', 0);
  const { outcome, steps } = await explained('/', [['Cookie', cookie!]]);
  const other = servers.find((server) => server !== own)!;
  expect(outcome).toMatchObject({ kind: 'proxy', server: other.address });
  expect(steps).toContainEqual(expect.objectContaining({ stage: 'affinity', verdict: 'gone' }));
  expect(steps).toContainEqual({
    stage: 'candidates',
    servers: servers.map(({ address }) =>
      address === own.address
        ? { address, in: false, reason: 'unhealthy' }
        : { address, in: true, reason: 'available' },
    ),
  });
  await other.kill();
  await log.nth('serverUnhealthy', 1);
  expect((await explained('/')).outcome).toMatchObject({ kind: 'error', status: 502, subStatus: 4, code: 'noServer' });
  await Promise.all(servers.map((server) => server.revive()));
});

it('follows a reload', async () => {
  expect((await explained('/x')).outcome).toMatchObject({ farm: 'shop' });
  const listeners = { web: { address: '127.0.0.1:0' } };
  await router.reload({ listeners, farms: { blog: { servers: ['127.0.0.1:9'] } }, admin: { address: '127.0.0.1:0' } });
  expect((await explained('/x')).outcome).toMatchObject({ farm: 'blog', server: '127.0.0.1:9' });
});

it('is given a response, and says what the client would get of it, with the cookie of the farm', async () => {
  const body = { url: `${web}/`, response: { status: 201, headers: [['X-A', '1']], body: 'made' } };
  const answer = await fetch(`${admin}/api/explain`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { response } = (await answer.json()) as { response: { headers: Record<string, string> } };
  expect(response).toMatchObject({ status: 201, headers: { 'x-a': '1', 'content-length': '4' }, body: 'made' });
  expect(response.headers['set-cookie']).toMatch(/^ARRAffinity=/);
});

it('the library is asked with a URL alone', async () => {
  const farms = { shop: { servers: ['127.0.0.1:9001'] } };
  const { outcome } = await createRouter({ farms }).explain({ url: 'http://www.example.com/a?b=1' });
  expect(outcome).toMatchObject({ kind: 'proxy', url: 'http://shop/a?b=1', farm: 'shop' });
});
