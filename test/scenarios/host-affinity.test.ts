// Host-name affinity through real requests: shared hosting, where every host name has servers of its own (arr.md 7.3).
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRouter, type Router } from '../../src/index.ts';
import { until } from '../kit/until.ts';
import { type Answer, ask } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

let servers: CountingServer[];
let router: Router;
let url: string;
let folder: string;
let admin: string;

const config = (affinity: object, farm: object = {}) => ({
  listeners: { web: { address: '127.0.0.1:0' } },
  farms: {
    shop: { servers: servers.map(({ address }) => address), affinity: { useHostName: true, ...affinity }, ...farm },
  },
  stateDirectory: folder,
  admin: { address: '127.0.0.1:0' },
  shutdownIdleGrace: 0,
});

async function start(affinity: object = {}, farm: object = {}, workers = 0): Promise<void> {
  router = createRouter(config(affinity, farm), { workers });
  const { listeners } = await router.start();
  url = listeners.find(({ name }) => name === 'web')!.url;
  admin = listeners.find(({ name }) => name === 'admin')!.url;
}

const visit = (host: string, fields = '') => ask(url, '/', fields, host);
const servedBy = ({ head }: Answer) => /^x-server: (\w)/im.exec(head)?.[1] ?? '';
const serverOf = async (host: string) => servedBy(await visit(host));

/** Workers hear of changes a little later; the test's own time limit ends a vain wait. */
async function comesTrue(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()));
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'narrows-hosts-'));
  servers = await Promise.all(['a', 'b', 'c'].map((name) => countingServer(name)));
});

afterEach(async () => {
  await router.stop();
  await Promise.all(servers.map((server) => server.kill()));
  rmSync(folder, { recursive: true, force: true });
});

describe('a host name', () => {
  it.each([0, 2])('keeps its server, whoever the client is and however it is written (%i workers)', async (workers) => {
    await start({}, {}, workers);
    const first = new Map<string, string>();
    for (let n = 0; n < 9; n++) first.set(`h${n}.example`, await serverOf(`h${n}.example`));
    for (const server of 'abc') expect([...first.values()].filter((each) => each === server)).toHaveLength(3);
    for (let again = 0; again < 5; again++) {
      for (const [host, server] of first) {
        expect(await serverOf(again % 2 === 0 ? `${host.toUpperCase()}.:8080` : host)).toBe(server);
      }
    }
  });

  it('shares its servers with its equivalent names, and with its sub-domains where these do not count', async () => {
    const hosts = [{ name: 'shop.example', equivalentHosts: ['Laden.example.'] }];
    await start({ hosts, ignoreSubDomain: true }, {}, 2);
    const shop = await serverOf('shop.example');
    await serverOf('other.example');
    for (const host of ['laden.example', 'www.shop.example', 'www.LADEN.example:81'])
      expect(await serverOf(host)).toBe(shop);
    const other = await serverOf('a.other.example');
    expect(other).not.toBe(shop);
    expect(await serverOf('b.other.example')).toBe(other);
  });

  it('with more than one server is balanced among these', async () => {
    await start({ hosts: [{ name: 'big.example', servers: 2 }] }, {}, 2);
    const served = new Set<string>();
    for (let n = 0; n < 12; n++) served.add(await serverOf('big.example'));
    expect(served.size).toBe(2);
  });

  it('with more than one server binds its clients inside these, and not to a server of another host', async () => {
    await start({ hosts: [{ name: 'big.example', servers: 2 }], useCookie: true });
    const cookieOf = ({ head }: Answer) => /^set-cookie: (ARRAffinity=[^;]+)/im.exec(head)?.[1];
    const big = await visit('big.example');
    for (let n = 0; n < 4; n++) {
      expect(servedBy(await visit('big.example', `Cookie: ${cookieOf(big)}\r\n`))).toBe(servedBy(big));
    }
    const small = await visit('small.example');
    const moved = await visit('small.example', `Cookie: ${cookieOf(big)}\r\n`);
    expect(servedBy(moved)).toBe(servedBy(small));
    expect(servedBy(moved)).not.toBe(servedBy(big));
    expect(cookieOf(moved)).toBe(cookieOf(small));
  });

  it('keeps its servers over a restart, in a file that nobody else may read', async () => {
    await start({}, {}, 2);
    const first = new Map<string, string>();
    for (let n = 0; n < 7; n++) first.set(`h${n}.example`, await serverOf(`h${n}.example`));
    await router.stop();
    const file = join(folder, 'hosts.jsonl');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(8);
    await start();
    for (const [host, server] of [...first].reverse()) expect(await serverOf(host)).toBe(server);
  });

  it.each([
    ['half a line', '{"narrows":"hosts","version":1}\n["shop","a.exa'],
    ['another file', '[1,2,3]'],
    ['rows of another shape', '{"narrows":"hosts","version":1}\n["shop","a.example",[],1,2,3,4,5]\n'],
  ])('gets servers anew where the file has %s, which is kept aside', async (_what, text) => {
    writeFileSync(join(folder, 'hosts.jsonl'), text);
    await start();
    expect((await visit('a.example')).status).toBe(200);
    expect(readFileSync(join(folder, 'hosts.jsonl.broken'), 'utf8')).toBe(text);
  });
});

describe('the server of a host', () => {
  const health = { healthCheck: { url: '/health', interval: '50ms', timeout: '1s', retries: 0 } };
  const named = (name: string) => servers['abc'.indexOf(name)]!;
  const isHealthy = (server: CountingServer) =>
    router.status().farms[0]!.servers.find(({ address }) => address === server.address)!.isHealthy;

  it.each([0, 2])('is replaced where it fails, and the host stays with the new one (%i workers)', async (workers) => {
    await start({}, health, workers);
    const first = await serverOf('a.example');
    await named(first).kill();
    await until(() => !isHealthy(named(first)));
    const second = await serverOf('a.example');
    expect(second).not.toBe(first);
    await named(first).revive();
    await until(() => isHealthy(named(first)));
    for (let n = 0; n < 6; n++) expect(await serverOf('a.example')).toBe(second);
  });

  it('stays one of two where the other fails, and they are two again', async () => {
    await start({ hosts: [{ name: 'big.example', servers: 2 }] }, health);
    const seen = async () => {
      const served = new Set<string>();
      for (let n = 0; n < 8; n++) served.add(await serverOf('big.example'));
      return served;
    };
    const [lost, kept] = await seen();
    await named(lost!).kill();
    await until(() => !isHealthy(named(lost!)));
    const now = await seen();
    expect([now.size, now.has(kept!), now.has(lost!)]).toEqual([2, true, false]);
    await named(lost!).revive();
  });

  it('is not made up for by others where it fails for a moment: a retry answers, and the host comes back', async () => {
    await start();
    const first = await serverOf('a.example');
    await named(first).kill();
    expect((await visit('a.example')).status).toBe(200);
    await named(first).revive();
    expect(await serverOf('a.example')).toBe(first);
  });

  it('is another of the same host in a retry, while there is one', async () => {
    const byUrl = { loadBalancing: { algorithm: 'RequestHash' } };
    await start({ hosts: [{ name: 'big.example', servers: 2 }] }, byUrl);
    const serve = async (n: number) => servedBy(await ask(url, `/${n}`, '', 'big.example'));
    const served = new Set<string>();
    for (let n = 0; n < 40; n++) served.add(await serve(n));
    const [lost, kept] = served;
    await named(lost!).kill();
    for (let n = 0; n < 40; n++) expect(await serve(n)).toBe(kept);
    await named(lost!).revive();
  });

  it('is chosen where the farm disregards health, too: below panicThreshold', async () => {
    await Promise.all(servers.map((server) => server.kill()));
    servers = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        countingServer(name, (request, response) => {
          if (request.url === '/sick') response.statusCode = 500;
        }),
      ),
    );
    await start({}, { healthCheck: { ...health.healthCheck, url: '/sick', panicThreshold: 50 } });
    await until(() => servers.every((server) => !isHealthy(server)));
    const first = await serverOf('a.example');
    for (let n = 0; n < 5; n++) expect(await serverOf('a.example')).toBe(first);
    expect(await serverOf('b.example')).not.toBe(first);
  });

  it('that leaves the farm is replaced at the next request', async () => {
    await start({}, {}, 2);
    const first = await serverOf('a.example');
    const rest = servers.filter((server) => server !== named(first));
    const next = config({});
    next.farms.shop.servers = rest.map(({ address }) => address);
    await router.reload(next);
    const second = await serverOf('a.example');
    expect(second).not.toBe(first);
    for (let n = 0; n < 6; n++) expect(await serverOf('a.example')).toBe(second);
  });
});

describe('explain', () => {
  const stepOf = async (host: string) => {
    const asked = { url: `http://${host}/`, method: 'GET', headers: [], client: '192.0.2.1' } as const;
    const { steps } = await router.explain(asked as never);
    return steps.find(({ stage }) => stage === 'hostAffinity') as { servers: string[]; reason: string };
  };

  it('tells the servers of a host, and of a new one those that it would get, without giving them', async () => {
    await start();
    const first = await serverOf('a.example');
    const a = servers['abc'.indexOf(first)]!.address;
    expect(await stepOf('A.example')).toMatchObject({
      servers: [a],
      reason: 'the servers of this host, for all its clients',
    });
    const b = await stepOf('b.example');
    expect((await stepOf('c.example')).servers).toEqual(b.servers);
    expect(b.reason).toMatch(/^the host has no servers yet: it would be given these$/);
    expect(servers['abc'.indexOf(await serverOf('b.example'))]!.address).toBe(b.servers[0]);
  });
});

describe('operators', () => {
  async function api(method: string, path: string, body?: object) {
    const headers = { 'Content-Type': 'application/json' };
    const text = method === 'GET' ? undefined : JSON.stringify(body ?? {});
    const response = await fetch(`${admin}/api/${path}`, { method, headers, body: text });
    const answer = await response.json();
    expect(`${response.status} ${JSON.stringify(answer)}`).toMatch(/^200 /);
    // biome-ignore lint/suspicious/noExplicitAny: what the API answers, looked at below
    return answer as any;
  }
  const addressOf = (name: string) => servers['abc'.indexOf(name)]!.address;
  const listed = async (path = '') => (await api('GET', `farms/shop/hosts${path}`)).hosts as Record<string, unknown>[];

  it.each([0, 2])('see which servers a host has, and how much it is used (%i workers)', async (workers) => {
    await start({ hosts: [{ name: 'a.example', equivalentHosts: ['also.example'] }] }, {}, workers);
    const first = await serverOf('a.example');
    await serverOf('b.example');
    for (let n = 0; n < 4; n++) await visit('also.example');
    const requests = async (host: string) => (await listed(`/${host}`))[0]?.requests;
    await comesTrue(async () => (await requests('ALSO.example')) === 5 && (await requests('b.example')) === 1);
    const [a] = await listed('/also.example');
    expect(a).toMatchObject({ host: 'a.example', servers: [addressOf(first)] });
    expect(a!.bytesSent).toBeGreaterThan(5 * 50);
    expect(a!.bytesReceived).toBeGreaterThan(5 * 50);
    expect((await listed(`?server=${addressOf(first)}`)).map(({ host }) => host)).toEqual(['a.example']);
    expect((await api('GET', `farms/shop/servers/${addressOf(first)}/bindings`)).hosts).toBe(1);
  });

  it('assign, remove and undo, and every worker obeys', async () => {
    await start({}, {}, 2);
    const first = await serverOf('a.example');
    const other = first === 'c' ? 'b' : 'c';
    const { audit } = await api('PUT', 'farms/shop/hosts/A.example', { servers: [addressOf(other)] });
    await comesTrue(async () => (await serverOf('a.example')) === other);
    for (let n = 0; n < 8; n++) expect(await serverOf('a.example')).toBe(other);
    await api('POST', `audit/${audit}/undo`);
    await comesTrue(async () => (await serverOf('a.example')) === first);
    for (let n = 0; n < 8; n++) expect(await serverOf('a.example')).toBe(first);
    await api('DELETE', 'farms/shop/hosts/a.example');
    expect(await listed('/a.example')).toEqual([]);
  });

  it('rebalance: what a server has too many of moves to the others', async () => {
    await start({}, {}, 2);
    const hosts = Array.from({ length: 9 }, (_, n) => `h${n}.example`);
    for (const host of hosts) await api('PUT', `farms/shop/hosts/${host}`, { servers: [addressOf('a')] });
    const { moves } = await api('GET', 'farms/shop/rebalance');
    expect(moves).toHaveLength(6);
    expect(moves[0]).toMatchObject({ from: [addressOf('a')], reason: expect.stringContaining('9 host names') });
    expect((await api('POST', 'farms/shop/rebalance')).changes).toHaveLength(6);
    const served = await Promise.all(hosts.map(serverOf));
    for (const server of 'abc') expect(served.filter((each) => each === server)).toHaveLength(3);
  });

  it('drain a server: it keeps its hosts and gets no new ones', async () => {
    await start({}, {}, 2);
    const first = await serverOf('a.example');
    await api('PUT', `farms/shop/servers/${addressOf(first)}/state`, { state: 'Drain' });
    for (let n = 0; n < 6; n++) {
      expect(await serverOf('a.example')).toBe(first);
      expect(await serverOf(`new${n}.example`)).not.toBe(first);
    }
    for (const server of 'abc'.replace(first, '')) {
      await api('PUT', `farms/shop/servers/${addressOf(server)}/state`, { state: 'Drain' });
    }
    expect(await serverOf('a.example')).toBe(first);
    expect((await visit('never-seen.example')).status).toBe(502);
  });
});

describe('memory', () => {
  it('that servers say they have free decides where new hosts go', async () => {
    const free: Record<string, number> = { a: 1, b: 8, c: 3 };
    await Promise.all(servers.map((server) => server.kill()));
    servers = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        countingServer(name, (_, response) =>
          response.setHeader('X-Narrows-Memory-Available', `${free[name]! * 2 ** 30}`),
        ),
      ),
    );
    const health = { healthCheck: { url: '/memory', interval: '1h', timeout: '5s', retries: 0 } };
    await start({ hostAffinityProvider: 'Microsoft.Web.Arr.HostNameMemory' }, health, 2);
    await until(() => router.status().farms[0]!.servers.every(({ evidence }) => evidence?.lastResults.length === 1));
    const served: string[] = [];
    for (let n = 0; n < 12; n++) served.push(await serverOf(`h${n}.example`));
    expect(['a', 'b', 'c'].map((name) => served.filter((each) => each === name).length)).toEqual([1, 8, 3]);
  });
});

describe('made-up host names', () => {
  it('that come by the thousand are all answered, and hosts that were there keep their servers', async () => {
    await start({}, {}, 2);
    const first = await serverOf('mine.example');
    const flood = Array.from({ length: 12 }, async (_, client) => {
      for (let n = 0; n < 150; n++) expect((await visit(`x${client}-${n}.example`)).status).toBe(200);
    });
    await Promise.all(flood);
    for (let n = 0; n < 4; n++) expect(await serverOf('mine.example')).toBe(first);
  });
});
