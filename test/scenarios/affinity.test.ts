// Client affinity by cookie, through real requests (arr.md 7.2, CONTRACT 2).
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRouter, type Router } from '../../src/index.ts';
import { EventLog } from '../kit/event-log.ts';
import { type Answer, ask } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

let servers: CountingServer[];
let router: Router;
let log: EventLog;
let url: string;
let folder: string;

function config(farm: object = {}, more: object = {}): Record<string, unknown> {
  return {
    listeners: { web: { address: '127.0.0.1:0' } },
    farms: { shop: { servers: servers.map(({ address }) => address), affinity: { useCookie: true }, ...farm } },
    shutdownIdleGrace: 0,
    ...more,
  };
}

async function start(input: Record<string, unknown> = config(), workers = 0): Promise<void> {
  log = new EventLog();
  router = createRouter(input, { workers, logger: log });
  url = (await router.start()).listeners[0]!.url;
}

function servedBy({ head }: Answer): string {
  return /^x-server: (\w)/im.exec(head)![1]!;
}

/** `name=value`, as a client sends it back; null where none was set. */
function cookieOf({ head }: Answer): string | null {
  return /^set-cookie: ([^;\r]+)/im.exec(head)?.[1] ?? null;
}

function withCookie(cookie: string): string {
  return `Cookie: other=1; ${cookie}; last=2\r\n`;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'narrows-'));
  servers = await Promise.all(['a', 'b', 'c'].map((name) => countingServer(name)));
});

afterEach(async () => {
  await router.stop();
  await Promise.all(servers.map((server) => server.kill()));
  rmSync(folder, { recursive: true, force: true });
});

describe('the affinity cookie', () => {
  it.each([0, 2])('is set once and then keeps its client on one server (%i workers)', async (workers) => {
    await start(config(), workers);
    const first = await ask(url, '/');
    expect(first.head).toMatch(/^set-cookie: ARRAffinity=[\w-]+; Path=\/; HttpOnly\r$/im);
    for (let n = 0; n < 9; n++) {
      const next = await ask(url, '/', withCookie(cookieOf(first)!));
      expect([servedBy(next), cookieOf(next)]).toEqual([servedBy(first), null]);
    }
  });

  it('is the same for all clients of a server, another for each server, and tells nothing of it', async () => {
    await start();
    const values = new Map<string, Set<string>>();
    for (let n = 0; n < 9; n++) {
      const answer = await ask(url, '/');
      values.set(servedBy(answer), (values.get(servedBy(answer)) ?? new Set()).add(cookieOf(answer)!));
    }
    const all = [...values.values()].map((each) => [...each]);
    expect(all.map(({ length }) => length)).toEqual([1, 1, 1]);
    expect(new Set(all.flat()).size).toBe(3);
    for (const value of all.flat()) expect(value).not.toContain('127');
  });

  it('that no server of the farm has is replaced', async () => {
    await start();
    const answer = await ask(url, '/', withCookie('ARRAffinity=nonsense'));
    expect(cookieOf(answer)).toMatch(/^ARRAffinity=[\w-]+$/);
  });

  it('binds its client to another server when its own cannot be reached, and does so at once', async () => {
    await start();
    const first = await ask(url, '/');
    const dead = servers['abc'.indexOf(servedBy(first))]!;
    await dead.kill();
    const moved = await ask(url, '/', withCookie(cookieOf(first)!));
    expect(moved.status).toBe(200);
    expect(servedBy(moved)).not.toBe(servedBy(first));
    const after = await ask(url, '/', withCookie(cookieOf(moved)!));
    expect([servedBy(after), cookieOf(after)]).toEqual([servedBy(moved), null]);
    await dead.revive();
  });

  it('binds its client to another server when its own is gone from the configuration', async () => {
    await start();
    const first = await ask(url, '/');
    const gone = 'abc'.indexOf(servedBy(first));
    const rest = servers.filter((_server, index) => index !== gone).map(({ address }) => address);
    await router.reload(config({ servers: rest }));
    const moved = await ask(url, '/', withCookie(cookieOf(first)!));
    expect(cookieOf(moved)).not.toBeNull();
    expect(servedBy(moved)).not.toBe(servedBy(first));
  });
});

describe('a restart', () => {
  it('logs nobody out: with the same stateDirectory the same cookies hold', async () => {
    const stateDirectory = join(folder, 'state');
    await start(config({}, { stateDirectory }), 2);
    const first = await ask(url, '/');
    await router.stop();
    const files = readdirSync(stateDirectory).map((name) => statSync(join(stateDirectory, name)));
    expect(files.map(({ mode }) => mode & 0o777)).toEqual([0o600]);
    await start(config({}, { stateDirectory }), 0);
    for (let n = 0; n < 6; n++) {
      const next = await ask(url, '/', withCookie(cookieOf(first)!));
      expect([servedBy(next), cookieOf(next)]).toEqual([servedBy(first), null]);
    }
  });

  it('without a stateDirectory makes another secret, with affinity.secret it does not', async () => {
    await start();
    const first = await ask(url, '/');
    await router.stop();
    await start();
    expect(cookieOf(await ask(url, '/', withCookie(cookieOf(first)!)))).not.toBeNull();
    await router.stop();
    const affinity = { useCookie: true, secret: 'of all routers of this tier, and long enough' };
    await start(config({ affinity }));
    const third = await ask(url, '/');
    await router.stop();
    await start(config({ affinity }));
    expect(cookieOf(await ask(url, '/', withCookie(cookieOf(third)!)))).toBeNull();
  });

  it('with a stateDirectory that cannot be written runs, and says what follows from that', async () => {
    await start(config({}, { stateDirectory: '/dev/null/state' }));
    expect((await ask(url, '/')).status).toBe(200);
    expect(log.all('affinity-secret')).toMatchObject([
      { level: 'warn', msg: expect.stringContaining('affinity.secret') },
    ]);
  });
});

it('two farms with one cookieName do not overwrite each other', async () => {
  const [a, b, c] = servers.map(({ address }) => address);
  const affinity = { useCookie: true, cookieName: 'Stick' };
  const rule = (farm: string): object => ({
    name: farm,
    match: { url: `^${farm}/(.*)` },
    action: { type: 'Rewrite', url: `http://${farm}/{R:1}` },
  });
  const farms = { shop: { servers: [a, b], affinity }, img: { servers: [c, b], affinity } };
  await start(config({}, { farms, rules: [rule('shop'), rule('img')] }));
  const [shop, img] = [await ask(url, '/shop/'), await ask(url, '/img/')];
  expect([cookieOf(shop)!.split('=')[0], cookieOf(img)!.split('=')[0]]).toEqual(['Stick', 'Stick_img']);
  const both = `${cookieOf(shop)}; ${cookieOf(img)}`;
  for (let n = 0; n < 4; n++) {
    expect(servedBy(await ask(url, '/shop/', withCookie(both)))).toBe(servedBy(shop));
    expect(servedBy(await ask(url, '/img/', withCookie(both)))).toBe(servedBy(img));
  }
  expect(log.all('config-warning').some(({ msg }) => msg.includes('Stick_img'))).toBe(true);
});

it('Arr-Disable-Session-Affinity: True binds nobody, and the client never sees it', async () => {
  const free = await countingServer('d', (request, response) => {
    response.setHeader('Arr-Disable-Session-Affinity', request.url === '/free' ? 'True' : 'False');
  });
  servers.push(free);
  await start(config({ servers: [free.address] }));
  const [bound, unbound] = [await ask(url, '/'), await ask(url, '/free')];
  expect([cookieOf(bound) === null, cookieOf(unbound) === null]).toEqual([false, true]);
  expect(bound.head + unbound.head).not.toMatch(/disable-session/i);
});
