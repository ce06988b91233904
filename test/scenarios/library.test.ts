// The router as a library (CONTRACT 7): several in one process, nothing left open, names that do not resolve.
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRouter, type Router, type RouterOptions, SimulatedClock } from '../../src/index.ts';
import { EventLog } from '../kit/event-log.ts';
import { RouterProcess } from '../kit/router-process.ts';
import { pass, stopRouter } from '../kit/stop-router.ts';
import { AnswerReader, ask, openTo } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

const ANY = { address: '127.0.0.1:0' };

let server: CountingServer;
let routers: { router: Router; clock: SimulatedClock | null }[];

function make(more: object = {}, options: RouterOptions = {}): Router {
  const config = {
    listeners: { web: ANY },
    farms: { shop: { servers: [server.address] } },
    shutdownIdleGrace: 0,
    ...more,
  };
  const router = createRouter(config, { workers: 0, ...options });
  routers.push({ router, clock: options.clock instanceof SimulatedClock ? options.clock : null });
  return router;
}

async function occupied(): Promise<{ port: number; server: Server }> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  return { port: (other.address() as { port: number }).port, server: other };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const { port, server: other } = await occupied();
  await new Promise((resolve) => other.close(resolve));
  return port;
}

async function refuses(port: number): Promise<void> {
  await expect(openTo(`http://127.0.0.1:${port}`)).rejects.toThrow('ECONNREFUSED');
}

beforeEach(async () => {
  routers = [];
  server = await countingServer('a');
});

afterEach(async () => {
  for (const { router, clock } of routers) await stopRouter(router, clock);
  await server.kill();
});

describe('two routers in one process', () => {
  it.each([0, 2])('know nothing of each other (%i workers)', async (workers) => {
    const other = await countingServer('b');
    const first = make({ admin: ANY }, { workers });
    const second = make({ admin: ANY, farms: { shop: { servers: [other.address] } } }, { workers });
    const [one, two] = await Promise.all([first.start(), second.start()]);
    const at = ({ listeners }: typeof one, name: string): string =>
      listeners.find((listener) => listener.name === name)!.url;
    expect((await ask(at(one, 'web'), '/')).body).toBe('a');
    expect((await ask(at(two, 'web'), '/')).body).toBe('b');
    const metricsOf = async (started: typeof one): Promise<string> =>
      (await fetch(`${at(started, 'admin')}/metrics`)).text();
    expect(await metricsOf(one)).toContain(
      `narrows_server_requests_total{farm="shop",server="${server.address}",code="200"} 1`,
    );
    expect(await metricsOf(two)).not.toContain(server.address);
    await first.stop();
    expect((await ask(at(two, 'web'), '/')).body).toBe('b');
    await other.kill();
  });
});

describe('workers: 0', () => {
  it('takes all time from the clock that it is given', async () => {
    const clock = new SimulatedClock();
    const router = make({ limits: { headTimeout: '10s' } }, { clock });
    const { listeners } = await router.start();
    const slow = new AnswerReader(await openTo(listeners[0]!.url));
    slow.socket.write('GET / HTTP/1.1\r\n');
    await ask(listeners[0]!.url, '/'); // behind it: by then the first bytes were read
    await pass(clock, 9_000);
    expect(slow.ended).toBe(false);
    await pass(clock, 1_100);
    expect(await slow.next()).toMatchObject({ status: 408, close: true });
  });

  it('writes no file and asks for no port that nobody named', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'narrows-'));
    const before = process.cwd();
    process.chdir(folder);
    try {
      const router = make({ farms: { shop: { servers: [server.address], affinity: { useCookie: true } } } });
      const { listeners } = await router.start();
      expect(listeners.map(({ name }) => name)).toEqual(['web']);
      await ask(listeners[0]!.url, '/');
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      process.chdir(before);
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a start that fails leaves nothing open', () => {
  for (const workers of [0, 2]) {
    it(`where a port is taken (${workers} workers)`, async () => {
      const [free, taken] = [await freePort(), await occupied()];
      const listeners = { one: { address: `127.0.0.1:${free}` }, two: { address: `127.0.0.1:${taken.port}` } };
      await expect(make({ listeners }, { workers }).start()).rejects.toThrow(
        `listener two: 127.0.0.1:${taken.port} is in use by another program`,
      );
      await refuses(free);
      taken.server.close();
    });

    it(`where the port of the admin API is taken (${workers} workers)`, async () => {
      const [free, taken] = [await freePort(), await occupied()];
      const router = make(
        { listeners: { web: { address: `127.0.0.1:${free}` } }, admin: { address: `127.0.0.1:${taken.port}` } },
        { workers },
      );
      await expect(router.start()).rejects.toThrow(
        `admin.address 127.0.0.1:${taken.port} is in use by another program`,
      );
      await refuses(free);
      expect(() => router.status()).toThrow('the router does not run');
      taken.server.close();
    });

    it(`where the access log cannot be opened (${workers} workers)`, async () => {
      const [free, admin] = [await freePort(), await freePort()];
      const router = make(
        {
          listeners: { web: { address: `127.0.0.1:${free}` } },
          admin: { address: `127.0.0.1:${admin}` },
          accessLog: { path: tmpdir() },
        },
        { workers },
      );
      await expect(router.start()).rejects.toThrow('EISDIR');
      await refuses(free);
      await refuses(admin);
    });
  }

  it('where a listener cannot be opened beside another one', async () => {
    const port = await freePort();
    const listeners = { one: { address: `127.0.0.1:${port}` }, all: { address: `0.0.0.0:${port}` } };
    await expect(make({ listeners }).start()).rejects.toThrow('EADDRINUSE');
    await refuses(port);
  });

  it('and of the command line is one line on stderr and exit code 1', async () => {
    const taken = await occupied();
    const router = await RouterProcess.start({
      listeners: { web: { address: `127.0.0.1:${taken.port}` } },
      farms: { shop: { servers: [server.address] } },
    });
    expect(await router.exited).toBe(1);
    expect(router.plainLines).toEqual([`narrows: listener web: 127.0.0.1:${taken.port} is in use by another program`]);
    expect(router.log.lines).toEqual([]);
    await router.stop();
    taken.server.close();
  });
});

describe('start() and stop()', () => {
  it('a router starts once', async () => {
    const router = make();
    await router.start();
    await expect(router.start()).rejects.toThrow('a router starts once');
    await router.stop();
    await expect(router.start()).rejects.toThrow('a router starts once');
  });

  it('each call of stop() waits for the same end', async () => {
    const router = make({}, { workers: 2 });
    const { listeners } = await router.start();
    server.hold();
    const reader = new AnswerReader(await openTo(listeners[0]!.url));
    reader.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await server.reached(1);
    let ended = 0;
    const ends = [router.stop(), router.stop()].map((end) => end.then(() => ended++));
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toBe(0);
    server.release();
    expect(await reader.next()).toMatchObject({ status: 200 });
    reader.socket.end();
    await Promise.all(ends);
    await router.stop();
    expect(() => router.status()).toThrow('the router does not run');
  });

  it('before start(), stop() does nothing, and there is no start any more', async () => {
    const router = make();
    await router.stop();
    await expect(router.start()).rejects.toThrow('a router starts once');
  });

  it('stop() while the router starts waits for the start', async () => {
    const port = await freePort();
    const router = make({ listeners: { web: { address: `127.0.0.1:${port}` } } }, { workers: 2 });
    const started = router.start();
    await router.stop();
    await started;
    await refuses(port);
  });

  it('a reload under way is finished before the router stops; one that comes later is refused', async () => {
    const router = make();
    await router.start();
    const reloaded = router.reload();
    await Promise.resolve(); // it has its turn
    const stopped = router.stop();
    await expect(router.reload()).rejects.toThrow('the router is stopping');
    await reloaded;
    await stopped;
    await expect(router.reload()).rejects.toThrow('the router does not run');
  });
});

describe('a name that has no address', () => {
  it('keeps nothing from starting: it is said, and its server answers 502.3 until it has one', async () => {
    const logger = new EventLog();
    const router = make({ farms: { shop: { servers: ['no-such-name.invalid:80'] } } }, { logger });
    const { listeners } = await router.start();
    expect(logger.all('name-not-resolved')).toMatchObject([{ host: 'no-such-name.invalid', level: 'warn' }]);
    const answer = await ask(listeners[0]!.url, '/', 'Accept: application/json\r\n');
    expect(JSON.parse(answer.body)).toMatchObject({ status: 502, subStatus: 3 });
  });

  describe('because nobody answers', () => {
    let silent: UdpSocket;
    let resolvers: string[];

    beforeEach(async () => {
      silent = createSocket('udp4');
      await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve));
      resolvers = [`127.0.0.1:${silent.address().port}`];
    });

    afterEach(() => void silent.close());

    it('is waited for two seconds at the start, and at a reload', async () => {
      const [logger, clock] = [new EventLog(), new SimulatedClock()];
      const asked = new Promise((resolve) => silent.once('message', resolve));
      const farms = { shop: { servers: [server.address, 'silent.test:80'] } };
      const router = make({ resolvers, farms }, { logger, clock });
      const started = router.start();
      await asked;
      clock.advance(1999);
      expect(logger.all('name-not-answered')).toEqual([]);
      clock.advance(1);
      const { listeners } = await started;
      expect(logger.all('name-not-answered')).toMatchObject([{ hosts: ['silent.test'] }]);
      expect((await ask(listeners[0]!.url, '/')).status).toBe(200);
    });

    it('does not end the names that are known: a reload with it keeps them', async () => {
      const [logger, clock] = [new EventLog(), new SimulatedClock()];
      const { port } = new URL(`http://${server.address}`);
      const config = {
        listeners: { web: ANY },
        farms: { shop: { servers: [`localhost:${port}`] } },
        shutdownIdleGrace: 0,
      };
      const router = createRouter(config, { workers: 0, logger, clock });
      routers.push({ router, clock });
      const { listeners } = await router.start();
      const asked = new Promise((resolve) => silent.once('message', resolve));
      const farms = { shop: config.farms.shop, other: { servers: ['silent.test:80'] } };
      const rules = [{ name: 'r', match: { url: '(.*)' }, action: { type: 'Rewrite', url: 'http://shop/{R:1}' } }];
      const reloaded = router.reload({ ...config, farms, rules, resolvers }); // the new resolvers are asked
      await asked;
      clock.advance(2000);
      await reloaded;
      expect((await ask(listeners[0]!.url, '/')).status).toBe(200);
    });
  });
});
