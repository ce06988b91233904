// What each state of a server means for running requests, bound clients and new ones (arr.md 8.3), through real requests.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createRouter, type Router } from '../../src/index.ts';
import { askAdmin } from '../kit/ask-admin.ts';
import { until } from '../kit/until.ts';
import { type Answer, AnswerReader, ask, openTo } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

let servers: CountingServer[];
let router: Router;
let url: string;
let adminUrl: string;

const configOf = (farm: object) => ({
  listeners: { web: { address: '127.0.0.1:0' } },
  farms: { shop: { servers: servers.map(({ address }) => address), affinity: { useCookie: true }, ...farm } },
  admin: { address: '127.0.0.1:0' },
  shutdownIdleGrace: 0,
});

async function start(farm: object = {}, workers = 0): Promise<void> {
  router = createRouter(configOf(farm), { workers });
  const { listeners } = await router.start();
  url = listeners.find(({ name }) => name === 'web')!.url;
  adminUrl = listeners.find(({ name }) => name === 'admin')!.url;
}

const admin = (method: string, path: string, body?: object) => askAdmin(method, `${adminUrl}${path}`, body);

const serverPath = (server: CountingServer) => `/api/farms/shop/servers/${encodeURIComponent(server.address)}`;
const setState = async (server: CountingServer, state: string, more: object = {}) => {
  const { status } = await admin('PUT', `${serverPath(server)}/state`, { state, ...more });
  expect(status).toBe(200);
};
const statusOf = (server: CountingServer) =>
  router.status().farms[0]!.servers.find(({ address }) => address === server.address)!;
const servedBy = ({ head }: Answer) =>
  servers.find((_, index) => 'abc'[index] === /^x-server: (\w)/im.exec(head)?.[1])!;
const cookieOf = ({ head }: Answer) => `Cookie: ${/^set-cookie: ([^;\r]+)/im.exec(head)![1]}\r\n`;

async function newClients(count: number): Promise<Set<CountingServer>> {
  const served = new Set<CountingServer>();
  for (let n = 0; n < count; n++) served.add(servedBy(await ask(url, '/')));
  return served;
}

beforeEach(async () => {
  servers = await Promise.all(['a', 'b', 'c'].map((name) => countingServer(name)));
});

afterEach(async () => {
  for (const server of servers) server.release();
  await router.stop();
  await Promise.all(servers.map((server) => server.kill()));
});

describe.each([0, 2])('with %i workers', (workers) => {
  it('Drain keeps bound clients and running requests, and takes no new client', async () => {
    await start({}, workers);
    const first = await ask(url, '/');
    const server = servedBy(first);
    server.hold();
    const running = ask(url, '/', cookieOf(first));
    await server.reached(2);
    await setState(server, 'Drain');
    server.release();
    expect(servedBy(await running)).toBe(server);
    expect(await newClients(8)).not.toContain(server);
    for (let n = 0; n < 3; n++) expect(servedBy(await ask(url, '/', cookieOf(first)))).toBe(server);
    expect(statusOf(server)).toMatchObject({ state: 'Draining', override: { state: 'Drain' } });
    expect(statusOf(server).drain).toMatchObject({ endedBy: null, clients: 1 });
    await setState(server, 'Start');
    expect(await newClients(8)).toContain(server);
    expect(statusOf(server)).toMatchObject({ state: 'Active', drain: null });
  });

  it('GracefulStop finishes running requests, and bound clients go to another server', async () => {
    await start({}, workers);
    const first = await ask(url, '/');
    const server = servedBy(first);
    server.hold();
    const running = ask(url, '/', cookieOf(first));
    await server.reached(2);
    await setState(server, 'GracefulStop');
    const moved = await ask(url, '/', cookieOf(first));
    expect(servedBy(moved)).not.toBe(server);
    expect(servedBy(await ask(url, '/', cookieOf(moved)))).toBe(servedBy(moved));
    server.release();
    expect([(await running).status, servedBy(await running)]).toEqual([200, server]);
    expect(statusOf(server).state).toBe('Inactive');
  });

  it('GracefulStop ends the connections of users who are known by them', async () => {
    await start({ affinity: {} }, workers);
    const socket = await openTo(url);
    const reader = new AnswerReader(socket);
    const next = async () => {
      socket.write('GET / HTTP/1.1\r\nHost: shop.test\r\nAuthorization: NTLM TlRMTVNT\r\n\r\n');
      return servedBy((await reader.next()) as Answer);
    };
    const server = await next();
    for (let n = 0; n < 4; n++) expect(await next()).toBe(server);
    await setState(server, 'GracefulStop');
    const other = await next();
    expect(other).not.toBe(server);
    expect(await next()).toBe(other);
    socket.destroy();
  });

  it('ForcefulStop cuts running requests: 502.3, and it is nobody else that suffers', async () => {
    await start({}, workers);
    const first = await ask(url, '/');
    const server = servedBy(first);
    server.hold();
    const running = ask(url, '/', cookieOf(first));
    await server.reached(2);
    await setState(server, 'ForcefulStop');
    const cut = await running;
    expect(cut.status).toBe(502);
    expect(cut.head).toMatch(
      /^proxy-status: narrows; error=connection_terminated; details="502.3 .*stopped by an operator/im,
    );
    expect(await newClients(6)).not.toContain(server);
    expect(statusOf(server)).toMatchObject({ state: 'Inactive', counters: { currentRequests: 0 } });
  });
});

describe('ForcefulStop', () => {
  it('sends nothing more there that waited for a connection: it goes to another server', async () => {
    await start({ protocol: { maxConnections: 1 } });
    const first = await ask(url, '/');
    const server = servedBy(first);
    server.hold();
    const running = ask(url, '/', cookieOf(first));
    await server.reached(2);
    const waiting = ask(url, '/', cookieOf(first));
    await until(() => statusOf(server).counters.currentRequests === 2);
    await setState(server, 'ForcefulStop');
    expect((await running).status).toBe(502);
    expect(servedBy(await waiting)).not.toBe(server);
    expect([server.count, statusOf(server).counters.currentRequests]).toEqual([2, 0]);
  });

  it('sends nothing more there that waited for a place: it goes to another server, and its client with it', async () => {
    const limited = servers.map(({ address }) => ({ address, maxRequests: 1 }));
    await start({ servers: limited });
    const first = await ask(url, '/');
    const server = servedBy(first);
    server.hold();
    const running = ask(url, '/', cookieOf(first));
    await server.reached(2);
    const waiting = ask(url, '/', cookieOf(first));
    await until(() => router.status().farms[0]!.queuedRequests === 1);
    await setState(server, 'ForcefulStop');
    expect((await running).status).toBe(502);
    const moved = await waiting;
    expect(servedBy(moved)).not.toBe(server);
    expect(servedBy(await ask(url, '/', cookieOf(moved)))).toBe(servedBy(moved));
    expect(server.count).toBe(2);
  });
});

describe('a drain', () => {
  it('is done when the last bound client was not seen for the idle time; then the server is Inactive', async () => {
    await start({ affinity: { useCookie: true, timeout: '1s' } });
    const first = await ask(url, '/');
    const server = servedBy(first);
    await setState(server, 'Drain');
    const waiting = admin('GET', `${serverPath(server)}/drain?wait=60000`);
    for (let n = 0; n < 5; n++) expect(servedBy(await ask(url, '/', cookieOf(first)))).toBe(server);
    const { body } = await waiting;
    expect(body.drain).toMatchObject({ endedBy: 'noBindings' });
    expect(statusOf(server).state).toBe('Inactive');
    expect(servedBy(await ask(url, '/', cookieOf(first)))).not.toBe(server);
  });

  it('ends at its deadline', async () => {
    await start();
    const first = await ask(url, '/');
    const server = servedBy(first);
    await setState(server, 'Drain', { deadline: 10 });
    const { body } = await admin('GET', `${serverPath(server)}/drain?wait=60000`);
    expect(body.drain).toMatchObject({ endedBy: 'deadline', clients: 1 });
  });

  it('that is called off, or is none, is null for whoever waits', async () => {
    await start();
    const first = await ask(url, '/');
    const server = servedBy(first);
    await setState(server, 'Drain');
    const waiting = admin('GET', `${serverPath(server)}/drain?wait=60000`);
    await setState(server, 'Start');
    expect(await waiting).toMatchObject({ status: 200, body: { drain: null } });
    expect(await admin('GET', `${serverPath(server)}/drain?wait=60000`)).toMatchObject({
      status: 200,
      body: { drain: null },
    });
  });

  it('can be asked about beforehand, and nothing changes', async () => {
    await start();
    const first = await ask(url, '/');
    const server = servedBy(first);
    const { body } = await admin('GET', `${serverPath(server)}/bindings`);
    expect(body).toMatchObject({ clients: 1, hosts: 0, requests: 0, webSockets: 0 });
    expect(statusOf(server)).toMatchObject({ state: 'Active', drain: null });
  });
});

describe('serverAutoStart: false', () => {
  it('leaves servers Inactive until they are started', async () => {
    await start({ serverAutoStart: false });
    const refused = await ask(url, '/');
    expect(refused.head).toMatch(/502\.4 farm shop: 3 servers: 3 inactive/);
    await setState(servers[1]!, 'Start');
    expect(await newClients(3)).toEqual(new Set([servers[1]]));
  });
});

describe('a server that is warmed up', () => {
  it('gets no new work before its URLs were fetched', async () => {
    await start({ warmUp: { urls: ['/warm'] }, affinity: {} });
    const [a] = servers as [CountingServer];
    await setState(a, 'GracefulStop');
    a.hold();
    const before = a.count;
    await setState(a, 'Start');
    await a.reached(before + 1);
    expect(statusOf(a)).toMatchObject({ state: 'Active', warmingUp: true });
    expect(await newClients(6)).not.toContain(a);
    a.release();
    await until(() => !statusOf(a).warmingUp);
    expect(await newClients(6)).toContain(a);
  });
});

describe('a slow start', () => {
  it('gives a server that comes back few requests at first', async () => {
    await start({ slowStart: '1h', affinity: {} });
    const [a] = servers as [CountingServer];
    await setState(a, 'GracefulStop');
    await setState(a, 'Start');
    expect(statusOf(a).weightPercent).toBe(10);
    const before = a.count;
    await newClients(42);
    expect(a.count - before).toBe(2); // 10 of 210
  });
});

describe('what is to survive a restart', () => {
  /** Starts a router with a state directory. @returns what ends it and starts another one with the same */
  const startKeeping = async (farm: object = {}) => {
    const stateDirectory = mkdtempSync(join(tmpdir(), 'narrows-states-'));
    onTestFinished(() => rmSync(stateDirectory, { recursive: true }));
    const config = { ...configOf(farm), stateDirectory };
    const begin = async () => {
      router = createRouter(config, { workers: 0 });
      const { listeners } = await router.start();
      url = listeners.find(({ name }) => name === 'web')!.url;
      adminUrl = listeners.find(({ name }) => name === 'admin')!.url;
    };
    await begin();
    return async () => {
      await router.stop();
      await begin();
    };
  };

  it('is gone once it was taken back', async () => {
    const restart = await startKeeping();
    const [a] = servers as [CountingServer];
    await setState(a, 'Drain', { persist: true, deadline: 10 });
    await admin('GET', `${serverPath(a)}/drain?wait=60000`);
    await admin('PUT', `${serverPath(a)}/weight`, { weight: 7, persist: true });
    await admin('PUT', '/api/farms/shop/enabled', { enabled: false, persist: true });
    const { body } = await admin('GET', '/api/audit');
    expect((body.entries as { change: { kept: boolean } }[]).map(({ change }) => change.kept)).toEqual([
      true,
      true,
      true,
    ]);
    for (const id of [1, 2, 3]) expect((await admin('POST', `/api/audit/${id}/undo`)).status).toBe(200);
    expect([statusOf(a).state, statusOf(a).weight]).toEqual(['Active', 100]);
    await restart();
    expect([statusOf(a).state, statusOf(a).weight, router.status().farms[0]!.enabled]).toEqual(['Active', 100, true]);
  });

  it('of a drain is how it ended', async () => {
    const restart = await startKeeping();
    const [a, b] = servers as [CountingServer, CountingServer];
    await setState(a, 'Drain', { persist: true, deadline: 10 });
    await setState(b, 'Drain', { deadline: 10 });
    for (const server of [a, b]) await admin('GET', `${serverPath(server)}/drain?wait=60000`);
    expect([statusOf(a).state, statusOf(b).state]).toEqual(['Inactive', 'Inactive']);
    await restart();
    expect([statusOf(a), statusOf(b)]).toMatchObject([
      { state: 'Inactive', drain: null },
      { state: 'Active', drain: null },
    ]);
  });

  it('of a drain that is under way are its limits, and the deadline stays where it was', async () => {
    const restart = await startKeeping();
    const [a, b, c] = servers as [CountingServer, CountingServer, CountingServer];
    await setState(a, 'Drain', { persist: true, deadline: 3_600_000 });
    await setState(b, 'Drain', { persist: true, idleTimeout: 0 }); // its bound clients are not waited for
    await setState(c, 'Drain', { persist: true });
    const { deadline } = statusOf(a).drain!;
    await restart();
    expect([statusOf(a).drain?.deadline, statusOf(c).drain?.deadline]).toEqual([deadline, null]);
    expect(await admin('GET', `${serverPath(b)}/drain?wait=60000`)).toMatchObject({
      body: { drain: { endedBy: 'idle' } },
    });
    expect([statusOf(a).state, statusOf(c).state]).toEqual(['Draining', 'Draining']); // clients may have cookies
  });

  it('is refused where there is no stateDirectory', async () => {
    await start();
    const { status, body } = await admin('PUT', `${serverPath(servers[0]!)}/state`, { state: 'Drain', persist: true });
    expect([status, body.error]).toEqual([409, expect.stringContaining('no stateDirectory')]);
    expect(statusOf(servers[0]!).state).toBe('Active');
  });
});

describe('a farm', () => {
  it('is taken offline and brought online', async () => {
    await start();
    expect((await admin('PUT', '/api/farms/shop/enabled', { enabled: false })).status).toBe(200);
    expect((await ask(url, '/')).status).toBe(502);
    await router.reload();
    expect((await ask(url, '/')).status).toBe(502);
    await admin('PUT', '/api/farms/shop/enabled', { enabled: null });
    expect((await ask(url, '/')).status).toBe(200);
  });
});
