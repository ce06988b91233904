// A reload changes everything or nothing, and leaves alone what stays the same (CONTRACT 2, Reload).
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, createRouter, type Router, type RouterOptions, SimulatedClock } from '../../src/index.ts';
import { EventLog } from '../kit/event-log.ts';
import { pass, stopRouter } from '../kit/stop-router.ts';
import { AnswerReader, ask, openTo } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

let servers: CountingServer[];
let router: Router;
let log: EventLog;
let folder: string;
/** Null: real time. */
let clock: SimulatedClock | null;

function config(more: object = {}, farm: object = {}): Record<string, unknown> {
  return {
    listeners: { web: { address: '127.0.0.1:0' } },
    farms: { shop: { servers: servers.map(({ address }) => address), ...farm } },
    shutdownIdleGrace: '10ms',
    shutdownTimeout: '10ms',
    ...more,
  };
}

async function start(input: Record<string, unknown> = config(), options: RouterOptions = {}): Promise<void> {
  log = new EventLog();
  router = createRouter(input, { logger: log, workers: 0, ...options });
  await router.start();
}

function url(listener = 'web'): string {
  return router.status().listeners.find(({ name }) => name === listener)!.url;
}

async function freePort(): Promise<number> {
  const { port, close } = await occupied();
  await close();
  return port;
}

async function occupied(): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function keptConnection(to = url()): Promise<{ socket: Socket; reader: AnswerReader; ask(): Promise<unknown> }> {
  const socket = await openTo(to);
  const reader = new AnswerReader(socket);
  return {
    socket,
    reader,
    ask() {
      socket.write(REQUEST);
      return reader.next();
    },
  };
}

/** What a refused reload says. */
async function refusal(input: Record<string, unknown>): Promise<ConfigError> {
  const error: unknown = await router.reload(input).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigError);
  return error as ConfigError;
}

beforeEach(async () => {
  clock = null;
  folder = mkdtempSync(join(tmpdir(), 'narrows-'));
  servers = await Promise.all(['a', 'b'].map((name) => countingServer(name)));
});

afterEach(async () => {
  await stopRouter(router, clock);
  await Promise.all(servers.map((server) => server.kill()));
  rmSync(folder, { recursive: true, force: true });
});

describe('a reload that is refused', () => {
  it('for a fault in the configuration leaves what runs, and says why wherever one asks', async () => {
    await start(config({ admin: { address: '127.0.0.1:0' } }));
    const before = await ask(url(), '/');
    const { errors } = await refusal({ ...config(), lissteners: {}, farms: { shop: { servers: 7 } } });
    expect(errors.length).toBeGreaterThan(1);
    const [first] = errors;
    const { snapshot } = router.status();
    expect([snapshot.id, snapshot.lastError?.message]).toEqual([1, expect.stringContaining(first!.message)]);
    expect(log.all('reload-refused')).toMatchObject([{ level: 'error', errors }]);
    expect((await ask(url(), '/')).status).toBe(before.status);
    await router.reload(config());
    expect(router.status().snapshot).toMatchObject({ id: 2, lastError: null });
  });

  it('answers POST /api/reload with 422 and the faults, also where a listener cannot be opened', async () => {
    const file = join(folder, 'narrows.yaml');
    const good = config({ admin: { address: '127.0.0.1:0' } });
    writeFileSync(file, JSON.stringify(good));
    log = new EventLog();
    router = createRouter({ file }, { logger: log, workers: 0, watch: false });
    await router.start();
    const reload = () => fetch(`${url('admin')}/api/reload`, { method: 'POST' });
    writeFileSync(file, '{ farms: { shop: { servres: [] } } }');
    const misspelt = await reload();
    expect(misspelt.status).toBe(422);
    expect(await misspelt.json()).toMatchObject({
      errors: [{ file, line: 1, severity: 'error', message: expect.stringContaining('servres') }],
    });
    const other = await occupied();
    const listeners = { web: { address: '127.0.0.1:0' }, more: { address: `127.0.0.1:${other.port}` } };
    writeFileSync(file, JSON.stringify({ ...good, listeners }, null, 1));
    const taken = await reload();
    const { errors } = (await taken.json()) as ConfigError;
    expect([taken.status, errors]).toEqual([
      422,
      [
        {
          file,
          line: 7,
          column: expect.any(Number),
          severity: 'error',
          message: `listener more: 127.0.0.1:${other.port} is in use by another program`,
        },
      ],
    ]);
    await other.close();
    expect((await reload()).status).toBe(200);
    expect((await ask(url('more'), '/')).status).toBe(200);
  });

  it.each([
    ['another protocol', { address: '127.0.0.1', protocol: 'tcp', farm: 'shop' }],
    ['a wider address', { address: '0.0.0.0' }],
  ])('says that an address cannot be handed over to a listener with %s', async (_, { address, ...rest }) => {
    const port = await freePort();
    await start(config({ listeners: { web: { address: `127.0.0.1:${port}` } } }));
    const error = await refusal(config({ listeners: { other: { address: `${address}:${port}`, ...rest } } }));
    expect(error.message).toContain(
      `listener other: ${address}:${port} is in use by listener web of this router (http, 127.0.0.1:${port}): a reload cannot hand it over, a restart can`,
    );
    expect((await ask(url(), '/')).status).toBe(200);
  });

  it.each([0, 2])('because one listener cannot be opened changes nothing at all (%i workers)', async (workers) => {
    await start(config(), { workers });
    const kept = await keptConnection();
    expect(await kept.ask()).toMatchObject({ status: 200 });
    const other = await occupied();
    const free = await freePort();
    const listeners = {
      free: { address: `127.0.0.1:${free}` },
      taken: { address: `127.0.0.1:${other.port}` },
    };
    const rules = [{ name: 'no', match: { url: '.*' }, action: { type: 'CustomResponse', statusCode: 410 } }];
    await refusal({ ...config(), listeners, rules });
    await expect(openTo(`http://127.0.0.1:${free}`)).rejects.toThrow('ECONNREFUSED');
    expect(await kept.ask()).toMatchObject({ status: 200 });
    await other.close();
    await router.reload({ ...config(), listeners, rules });
    expect(await kept.ask()).toMatchObject({ status: 410, close: true });
    expect((await ask(`http://127.0.0.1:${free}`, '/')).status).toBe(410);
  });

  it('because the access log or the admin API cannot be opened changes nothing', async () => {
    await start();
    const other = await occupied();
    const noLog = await refusal(config({ accessLog: { path: folder } }));
    expect(noLog.errors[0]!.message).toContain('EISDIR');
    const noAdmin = await refusal(config({ admin: { address: `127.0.0.1:${other.port}` } }));
    expect(noAdmin.errors[0]!.message).toBe(`admin.address 127.0.0.1:${other.port} is in use by another program`);
    expect(router.status().snapshot.id).toBe(1);
    await other.close();
  });

  it('loses nothing of the servers that it would have removed', async () => {
    clock = new SimulatedClock();
    await start(config(), { clock });
    await ask(url(), '/');
    await ask(url(), '/');
    await refusal(config({ accessLog: { path: folder } }, { servers: [servers[0]!.address] }));
    await pass(clock, 5000); // what was released would be given to others now
    await ask(url(), '/');
    await ask(url(), '/');
    const counted = router.status().farms[0]!.servers.map(({ counters }) => counters.totalRequests);
    expect(counted).toEqual([2, 2]);
  });
});

describe('listeners', () => {
  it('that stay are never closed, whatever else changes; a new name is shown', async () => {
    const port = await freePort();
    await start(config({ listeners: { web: { address: `127.0.0.1:${port}` } } }), { workers: 2 });
    const kept = await keptConnection();
    await kept.ask();
    await router.reload(
      config({ listeners: { front: { address: `127.0.0.1:${port}` }, more: { address: '127.0.0.1:0' } } }),
    );
    expect(router.status().listeners.map(({ name }) => name)).toEqual(['front', 'more']);
    expect(await kept.ask()).toMatchObject({ status: 200, close: false });
    expect((await ask(url('more'), '/')).status).toBe(200);
  });

  it('that went take no connection; what they have is answered, then closed', async () => {
    const listeners = { web: { address: '127.0.0.1:0' }, old: { address: '127.0.0.1:0' } };
    await start(config({ listeners }), { workers: 2 });
    const old = url('old');
    const idle = await keptConnection(old);
    await idle.ask();
    for (const server of servers) server.hold();
    const busy = await keptConnection(old);
    busy.socket.write(REQUEST);
    await Promise.race(servers.map((server) => server.reached(server.count + 1)));
    await router.reload(config());
    await expect(openTo(old)).rejects.toThrow('ECONNREFUSED');
    expect(await idle.reader.next()).toBe('nothing');
    for (const server of servers) server.release();
    expect(await busy.reader.next()).toMatchObject({ status: 200, close: true });
  });
});

describe('servers that stay', () => {
  it('keep connections, counters, health and clients', async () => {
    const health = { healthCheck: { url: '/health', interval: '1h', timeout: '5s', retries: 0 } };
    const affinity = { affinity: { useCookie: true } };
    const [a, b] = servers;
    await b!.kill();
    log = new EventLog();
    router = createRouter(config({}, { ...health, ...affinity }), { logger: log, workers: 0 });
    await router.start();
    await log.nth('serverUnhealthy', 0);
    const first = await ask(url(), '/');
    const cookie = /^set-cookie: ([^;]+)/im.exec(first.head)![1];
    const { connections } = a!;
    await router.reload(config({ limits: { headerCount: 50 } }, { ...health, ...affinity, protocol: { timeout: 9 } }));
    const second = await ask(url(), '/', `Cookie: ${cookie}\r\n`);
    expect(second.head).not.toMatch(/set-cookie/i);
    expect(a!.connections).toBe(connections);
    const [statusOfA, statusOfB] = router.status().farms[0]!.servers;
    expect([statusOfA!.counters.totalRequests, statusOfB!.isHealthy]).toEqual([2, false]);
    await b!.revive();
  });

  it('go on in turn: the round-robin sequence does not start anew', async () => {
    await start();
    const order: string[] = [];
    for (let n = 0; n < 6; n++) {
      order.push(/x-server: (\w)/i.exec((await ask(url(), '/')).head)![1]!);
      await router.reload(config({ limits: { headerCount: 50 + n } }));
    }
    expect(order.join('')).toMatch(/^(ab){3}$|^(ba){3}$/);
  });
});

it('the slot of a server that went is given to another only when no request runs on the old configuration', async () => {
  clock = new SimulatedClock();
  const [a, b] = servers;
  await start(config({}, { servers: [a!.address] }), { clock });
  a!.hold();
  const slow = await keptConnection();
  slow.socket.write(REQUEST);
  await a!.reached(1);
  const time = clock;
  const servedBy = async (server: CountingServer): Promise<number> => {
    await router.reload(config({}, { servers: [server.address] }));
    await pass(time, 5000);
    return router.status().farms[0]!.servers[0]!.counters.currentRequests;
  };
  expect(await servedBy(b!)).toBe(0);
  expect(await servedBy(a!)).toBe(1); // it came back to the slot where its request still runs
  expect(await servedBy(b!)).toBe(0);
  a!.release();
  expect(await slow.reader.next()).toMatchObject({ status: 200 });
  await pass(clock, 5000);
  expect(await servedBy(a!)).toBe(0);
  expect(router.status().farms[0]!.servers[0]!.counters.totalRequests).toBe(0); // a slot of its own, from the start
});

describe('every key changes with a reload', () => {
  it('the token of the admin API, and whether there is one', async () => {
    const admin = { address: '127.0.0.1:0', token: 'one' };
    await start(config({ admin }));
    const at = url('admin');
    const status = async (token: string): Promise<number> =>
      (await fetch(`${at}/api/status`, { headers: { Authorization: `Bearer ${token}` } })).status;
    expect([await status('one'), await status('two')]).toEqual([200, 401]);
    await router.reload(config({ admin: { ...admin, token: 'two' } }));
    expect([await status('one'), await status('two')]).toEqual([401, 200]);
    await router.reload(config({ admin: { ...admin, enabled: false } }));
    await expect(status('two')).rejects.toThrow();
    await router.reload(config({ admin }));
    expect((await fetch(`${url('admin')}/api/live`)).status).toBe(200);
  });

  it('the access log: each line stands in the log that was in force, and none is lost', async () => {
    const log1 = join(folder, 'one.log');
    const log2 = join(folder, 'two.log');
    await start(config({ accessLog: { path: log1 } }), { workers: 2 });
    for (let n = 0; n < 5; n++) await ask(url(), `/one-${n}`);
    await router.reload(config({ accessLog: { path: log2, format: 'w3c' } }));
    for (let n = 0; n < 5; n++) await ask(url(), `/two-${n}`);
    await router.reload(config());
    await ask(url(), '/three');
    const pathsIn = (file: string): string[] =>
      (readFileSync(file, 'utf8').match(/\/(?:one|two|three)[-\d]*/g) ?? []).sort();
    expect(pathsIn(log1)).toEqual([0, 1, 2, 3, 4].map((n) => `/one-${n}`));
    expect(pathsIn(log2)).toEqual([0, 1, 2, 3, 4].map((n) => `/two-${n}`));
  });

  it('limits, rules and farms, for connections that are open too', async () => {
    await start();
    const kept = await keptConnection();
    expect(await kept.ask()).toMatchObject({ status: 200 });
    await router.reload(
      config({ rules: [{ name: 'r', match: { url: '.*' }, action: { type: 'Redirect', url: 'http://b/' } }] }),
    );
    expect(await kept.ask()).toMatchObject({ status: 301 });
    await router.reload(config({}, { enabled: false }));
    expect(await kept.ask()).toMatchObject({ status: 502 });
    await router.reload(config({ limits: { headerCount: 1 } }));
    kept.socket.write('GET / HTTP/1.1\r\nHost: a\r\nX-More: b\r\n\r\n');
    expect(await kept.reader.next()).toMatchObject({ status: 431 });
  });

  it('and a warning that was said of what runs is not said again', async () => {
    const warned = (more = {}) => config(more, { passConnectionCloseHeader: true });
    await start(warned());
    const said = () => log.all('config-warning').map(({ msg }) => msg);
    expect(said()).toEqual([expect.stringContaining('passConnectionCloseHeader is ignored')]);
    await router.reload(warned({ proxy: { cache: { enabled: true } } }));
    expect(said().slice(1)).toEqual([expect.stringContaining('cache is ignored')]);
  });

  it('but admin.address, workers and stateDirectory, and a warning names them', async () => {
    await start(config({ admin: { address: '127.0.0.1:0' }, workers: 1, stateDirectory: join(folder, 'one') }));
    const at = url('admin');
    await router.reload(config({ admin: { address: '127.0.0.1:1' }, workers: 2, stateDirectory: join(folder, 'two') }));
    expect(log.all('needs-restart').map(({ key }) => key)).toEqual(['admin.address', 'workers', 'stateDirectory']);
    expect(url('admin')).toBe(at);
    expect(router.status().snapshot.id).toBe(2);
    expect(router.status().needsRestart).toEqual(['admin.address', 'workers', 'stateDirectory']);
    await router.reload();
    expect(router.status().needsRestart).toEqual(['admin.address', 'workers', 'stateDirectory']);
  });
});

describe('through the watcher', () => {
  it('a farm that loses more than half of its servers is refused, and done when asked for', async () => {
    const more = await countingServer('c');
    servers.push(more);
    const file = join(folder, 'narrows.yaml');
    writeFileSync(file, JSON.stringify(config()));
    log = new EventLog();
    router = createRouter({ file }, { logger: log, workers: 0 });
    await router.start();
    writeFileSync(file, JSON.stringify(config({}, { servers: [servers[0]!.address] })));
    const refused = await log.nth('reload-refused', 0);
    expect(refused.msg).toContain('farm shop would lose more than half of its servers');
    expect(router.status().farms[0]!.servers).toHaveLength(3);
    await router.reload();
    expect(router.status().farms[0]!.servers).toHaveLength(1);
  });

  it('a farm whose servers come from a file from now on has lost none', async () => {
    const file = join(folder, 'narrows.yaml');
    const members = join(folder, 'members.yaml');
    writeFileSync(members, JSON.stringify(servers.map(({ address }) => address)));
    writeFileSync(file, JSON.stringify(config()));
    log = new EventLog();
    router = createRouter({ file }, { logger: log, workers: 0 });
    await router.start();
    const reloaded = log.nth('reloaded', 0);
    writeFileSync(file, JSON.stringify(config({}, { servers: [], serversFrom: [{ file: members }] })));
    await reloaded;
    expect(router.status().farms[0]!.servers.map(({ address }) => address)).toEqual(
      servers.map(({ address }) => address),
    );
  });

  it('a bad file is refused with its faults alone, and what would be right', async () => {
    const file = join(folder, 'narrows.yaml');
    writeFileSync(file, JSON.stringify(config()));
    log = new EventLog();
    router = createRouter({ file }, { logger: log, workers: 0 });
    await router.start();
    const cached = config({ proxy: { cache: { enabled: true } } });
    writeFileSync(file, JSON.stringify({ ...cached, lissteners: {} }));
    const refused = await log.nth('reload-refused', 0);
    expect(refused.msg).toContain('lissteners: unknown key, did you mean "listeners"?');
    expect(refused.errors).toMatchObject([{ severity: 'error', suggestion: 'did you mean "listeners"?' }]);
  });

  it('a bad file is refused, and the next good one is taken', async () => {
    const file = join(folder, 'narrows.yaml');
    writeFileSync(file, JSON.stringify(config()));
    log = new EventLog();
    router = createRouter({ file }, { logger: log, workers: 0 });
    await router.start();
    writeFileSync(file, 'farms: [');
    expect((await log.nth('reload-refused', 0)).msg).toContain(`${file}:1:`);
    expect((await ask(url(), '/')).status).toBe(200);
    writeFileSync(file, JSON.stringify(config({ shutdownTimeout: 7 })));
    await log.nth('reloaded', 0);
    expect(router.status().snapshot).toMatchObject({ id: 2, lastError: null });
  });

  it('nothing happens any more once the configuration says watch: false', async () => {
    const file = join(folder, 'narrows.yaml');
    writeFileSync(file, JSON.stringify(config()));
    clock = new SimulatedClock();
    log = new EventLog();
    router = createRouter({ file }, { logger: log, workers: 0, clock });
    await router.start();
    writeFileSync(file, JSON.stringify(config({ watch: false })));
    await router.reload();
    const ours = watch(folder);
    const noticed = once(ours, 'change');
    writeFileSync(file, JSON.stringify(config({ watch: false, shutdownTimeout: 7 })));
    await noticed; // a watcher of the router, being older, would have heard of it too
    ours.close();
    await pass(clock, 1000);
    await router.reload();
    expect(log.all('reloaded')).toHaveLength(2);
  });
});
