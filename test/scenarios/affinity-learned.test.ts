// Affinity by what clients send of themselves, and what becomes of clients whose server is gone, through real requests.
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRouter, type Router } from '../../src/index.ts';
import { EventLog } from '../kit/event-log.ts';
import { until } from '../kit/until.ts';
import { runInWorker } from '../kit/worker-inspector.ts';
import { type Answer, ask } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

let servers: CountingServer[];
let router: Router;
let url: string;
let log: EventLog;

async function start(affinity: object, workers = 0, more: object = {}, settings: object = {}): Promise<void> {
  const farm = { servers: servers.map(({ address }) => address), affinity, ...more };
  log = new EventLog();
  router = createRouter(
    { listeners: { web: { address: '127.0.0.1:0' } }, farms: { shop: farm }, shutdownIdleGrace: 0, ...settings },
    { workers, logger: log },
  );
  url = (await router.start()).listeners[0]!.url;
}

const servedBy = ({ head }: Answer) => /^x-server: (\w)/im.exec(head)?.[1] ?? '';

beforeEach(async () => {
  servers = await Promise.all(['a', 'b', 'c'].map((name) => countingServer(name)));
});

afterEach(async () => {
  await router.stop();
  await Promise.all(servers.map((server) => server.kill()));
});

describe('a client is known', () => {
  it.each([
    ['header', 'X-Tenant', 0, (n: number) => ask(url, '/', `X-Tenant: t${n}\r\n`)],
    ['header', 'X-Tenant', 2, (n: number) => ask(url, '/', `X-Tenant: t${n}\r\n`)],
    ['query', 'session', 0, (n: number) => ask(url, `/?x=1&session=s${n}`)],
    ['variable', 'HTTP_X_USER', 0, (n: number) => ask(url, '/', `X-User: u${n}\r\n`)],
  ] as const)('by %s %s (%i workers), sets no cookie and keeps its server', async (by, name, workers, visit) => {
    await start({ by, name }, workers);
    const first = new Map<number, string>();
    for (let n = 0; n < 12; n++) {
      const answer = await visit(n);
      first.set(n, servedBy(answer));
      expect(answer.head).not.toMatch(/set-cookie/i);
    }
    expect(new Set(first.values()).size).toBe(3);
    for (let again = 0; again < 4; again++) {
      for (const [n, server] of first) expect(servedBy(await visit(n))).toBe(server);
    }
  });

  it('by nothing where the request has none of it: it is balanced', async () => {
    await start({ by: 'header', name: 'X-Tenant' });
    const served = new Set<string>();
    for (let n = 0; n < 6; n++) served.add(servedBy(await ask(url, '/')));
    expect(served.size).toBe(3);
  });

  it('also after a reload, and moves with a retry', async () => {
    await start({ by: 'header', name: 'X-Tenant' }, 2);
    const visit = () => ask(url, '/', 'X-Tenant: acme\r\n');
    const first = servedBy(await visit());
    await router.reload();
    for (let n = 0; n < 6; n++) expect(servedBy(await visit())).toBe(first);
    await servers['abc'.indexOf(first)]!.kill();
    const second = servedBy(await visit());
    expect(second).not.toBe(first);
    await servers['abc'.indexOf(first)]!.revive();
    for (let n = 0; n < 6; n++) expect(servedBy(await visit())).toBe(second);
  });
});

describe('a client that is bound to a server', () => {
  const affinity = { by: 'header', name: 'X-Tenant' };
  const visit = (n: number) => ask(url, '/', `X-Tenant: t${n}\r\n`);

  it('stays there when a worker dies', async () => {
    await start(affinity, 2);
    const first = new Map<number, string>();
    for (let n = 0; n < 12; n++) first.set(n, servedBy(await visit(n)));
    await runInWorker('narrows-0', 'setImmediate(() => process.exit(7))');
    await log.nth('worker-replaced', 0);
    for (const [n, server] of [...first].reverse()) expect(servedBy(await visit(n))).toBe(server);
  });

  it('is explained as what it is, and nobody is bound by that', async () => {
    await start(affinity);
    const explain = async (tenant: string) => {
      const headers: [string, string][] = [['X-Tenant', tenant]];
      const { steps } = await router.explain({ url: 'http://shop.test/', headers, response: { status: 200 } });
      return steps.find(({ stage }) => stage === 'affinity');
    };
    for (let n = 0; n < 2; n++) expect(await explain('t1')).toMatchObject({ verdict: 'new' });
    const server = servers['abc'.indexOf(servedBy(await visit(1)))]!;
    expect(await explain('t1')).toMatchObject({ verdict: 'kept', server: server.address });
    expect(await explain('t2')).toMatchObject({ verdict: 'new' });
  });

  it('is counted there, once, for who wants to drain it', async () => {
    await start(affinity, 2, {}, { admin: { address: '127.0.0.1:0' } });
    const admin = new URL(router.status().listeners.find(({ name }) => name === 'admin')!.url);
    const countedAt = async ({ address }: CountingServer) => {
      const path = `/api/farms/shop/servers/${encodeURIComponent(address)}/bindings`;
      return JSON.parse((await ask(admin.origin, path, '', admin.host)).body);
    };
    const server = servers['abc'.indexOf(servedBy(await visit(1)))]!;
    for (let n = 0; n < 6; n++) await visit(1);
    for (const each of servers) {
      const expected = each === server ? { clients: 1, lastUse: expect.any(String) } : { clients: 0, lastUse: null };
      expect(await countedAt(each)).toMatchObject(expected);
    }
  });
});

describe('the server of a client is gone', () => {
  const affinity = { by: 'header', name: 'X-Tenant' };
  const health = { healthCheck: { url: '/health', interval: '50ms', timeout: '1s', retries: 0 } };
  const visit = () => ask(url, '/', 'X-Tenant: acme\r\n');
  const isHealthy = (server: CountingServer) =>
    router.status().farms[0]!.servers.find(({ address }) => address === server.address)!.isHealthy;

  async function takeDown(): Promise<CountingServer> {
    const server = servers['abc'.indexOf(servedBy(await visit()))]!;
    await server.kill();
    await until(() => !isHealthy(server));
    return server;
  }

  it('and refuse answers 503 with Retry-After, to nobody else', async () => {
    await start({ ...affinity, whenServerGone: 'refuse' }, 0, health);
    const server = await takeDown();
    const refused = await visit();
    expect([refused.status, /^retry-after: (\d+)/im.exec(refused.head)?.[1]]).toEqual([503, '10']);
    expect(refused.head).toMatch(/^proxy-status: narrows; error=destination_unavailable/im);
    expect(refused.head).toContain('takes no requests (affinity.whenServerGone is refuse)');
    expect((await ask(url, '/', 'X-Tenant: other\r\n')).status).toBe(200);
    await server.revive();
    await until(() => isHealthy(server));
    expect((await visit()).status).toBe(200);
  });

  it('and refuse keeps a retry from moving the client, also where nobody has noticed yet', async () => {
    await start({ ...affinity, whenServerGone: 'refuse' });
    const server = servers['abc'.indexOf(servedBy(await visit()))]!;
    await server.kill();
    expect((await visit()).status).toBe(502);
    expect((await ask(url, '/', 'X-Tenant: other\r\n')).status).toBe(200);
    await server.revive();
    const answer = await visit();
    expect([answer.status, servers['abc'.indexOf(servedBy(answer))]]).toEqual([200, server]);
  });

  it('and a client that leaves while it waits leaves nothing behind', async () => {
    await start({ ...affinity, whenServerGone: 'wait', waitTimeout: '1h' }, 1, health);
    const server = await takeDown();
    const { count } = server;
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write('GET / HTTP/1.1\r\nHost: shop.test\r\nX-Tenant: acme\r\n\r\n');
    await until(() => router.status().workers.some(({ connections }) => connections === 1));
    socket.resetAndDestroy(); // its end alone would be a half-close: it may still want the answer
    await until(() => router.status().workers.every(({ connections }) => connections === 0));
    await server.revive();
    await until(() => isHealthy(server));
    expect((await visit()).status).toBe(200);
    expect(server.count).toBe(count + 1);
  });

  it('and wait lets the request wait until it is back', async () => {
    await start({ ...affinity, whenServerGone: 'wait', waitTimeout: '20s' }, 0, health);
    const server = await takeDown();
    const waiting = visit();
    await server.revive();
    const answer = await waiting;
    expect([answer.status, servers['abc'.indexOf(servedBy(answer))]]).toEqual([200, server]);
  });

  it('and wait says for how long where no server is left', async () => {
    await start({ ...affinity, whenServerGone: 'wait', waitTimeout: '60ms' }, 0, health);
    const server = await takeDown();
    await Promise.all(servers.filter((each) => each !== server).map((each) => each.kill()));
    await until(() => servers.every((each) => !isHealthy(each)));
    const answer = await visit();
    expect([answer.status, answer.head]).toEqual([
      502,
      expect.stringMatching(/3 unhealthy; .* the client is bound to, was not back within affinity\.waitTimeout/),
    ]);
  });

  it('and wait gives it another server when it has waited long enough', async () => {
    await start({ ...affinity, whenServerGone: 'wait', waitTimeout: '60ms' }, 0, health);
    const server = await takeDown();
    const answer = await visit();
    expect(answer.status).toBe(200);
    expect(servers['abc'.indexOf(servedBy(answer))]).not.toBe(server);
    await server.revive();
  });
});
