// A worker that dies or hangs is replaced and said so; the others go on, and no number stays wrong (DESIGN 2).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRouter, type Router } from '../../src/index.ts';
import { EventLog } from '../kit/event-log.ts';
import { until } from '../kit/until.ts';
import { runInWorker } from '../kit/worker-inspector.ts';
import { type Answer, AnswerReader, ask, openTo } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

let server: CountingServer;
let router: Router;
let log: EventLog;
let url: string;

function config(more: object = {}): Record<string, unknown> {
  return {
    listeners: { web: { address: '127.0.0.1:0' } },
    farms: { shop: { servers: [server.address] } },
    shutdownTimeout: '10ms',
    workerStallTimeout: '500ms',
    workers: 2,
    ...more,
  };
}

async function start(more: object = {}): Promise<void> {
  log = new EventLog();
  router = createRouter(config(more), { logger: log });
  const { listeners } = await router.start();
  url = listeners[0]!.url;
}

/** Opens connections that each have a request at the server, until every worker has some of them. */
async function holdRequests(atLeast: number): Promise<{ reader: AnswerReader; id: string }[]> {
  server.hold();
  const held: { reader: AnswerReader; id: string }[] = [];
  while (held.length < atLeast || router.status().workers.some(({ connections }) => connections === 0)) {
    const id = `held-${held.length}`;
    const reader = new AnswerReader(await openTo(url));
    reader.socket.write(`POST / HTTP/1.1\r\nHost: a\r\nX-Id: ${id}\r\nContent-Length: 0\r\n\r\n`);
    held.push({ reader, id });
    await server.reached(held.length);
  }
  return held;
}

function numbers(): object {
  const { farms, workers } = router.status();
  const { currentRequests, totalRequests, failedRequests } = farms[0]!.servers[0]!.counters;
  const connections = workers.map((worker) => worker.connections);
  return { currentRequests, totalRequests, failedRequests, connections };
}

beforeEach(async () => {
  server = await countingServer('a');
});

afterEach(async () => {
  await router.stop();
  await server.kill();
});

/** What happens inside a worker, and what the log says of it. */
const deaths = {
  'throws outside of any request': ['setImmediate(() => { throw new Error("boom") })', /boom/],
  exits: ['setImmediate(() => process.exit(7))', /ended/],
  'runs out of memory': [
    'setImmediate(() => { const kept = []; for (;;) kept.push(new Array(1e6).fill(0)); })',
    /memory/,
  ],
  hangs: ['setImmediate(() => { for (;;); })', /ended/],
} as const satisfies Record<string, readonly [expression: string, reason: RegExp]>;

const EXITS = deaths.exits[0];
const HANGS = deaths.hangs[0];

describe('a worker that', () => {
  for (const [death, [expression, reason]] of Object.entries(deaths)) {
    it(`${death} is replaced; the requests of the others are answered, and the numbers are right`, async () => {
      await start({ workerStallTimeout: death === 'hangs' ? '500ms' : '30s' });
      const held = await holdRequests(8);
      const [inFirst, inSecond] = router.status().workers.map(({ connections }) => connections);
      expect(inFirst! + inSecond!).toBe(held.length);

      await runInWorker('narrows-0', expression);
      const line = await log.nth('worker-died', 0);
      expect(line).toMatchObject({
        level: 'error',
        worker: 0,
        connections: inFirst,
        reason: expect.stringMatching(reason),
      });
      expect(log.all('worker-hangs')).toHaveLength(death === 'hangs' ? 1 : 0);
      expect(numbers()).toEqual({
        currentRequests: inSecond,
        totalRequests: 0,
        failedRequests: 0,
        connections: [0, inSecond],
      });
      await log.nth('worker-replaced', 0);
      server.release();
      const answers = await Promise.all(held.map(({ reader }) => reader.next()));
      expect(answers.filter((answer) => answer === 'nothing')).toHaveLength(inFirst!);
      for (const [at, answer] of answers.entries()) {
        if (answer !== 'nothing') expect(answer).toMatchObject({ status: 200, body: held[at]!.id });
      }
      await until(() => router.status().farms[0]!.servers[0]!.counters.currentRequests === 0);
      expect(numbers()).toEqual({
        currentRequests: 0,
        totalRequests: inSecond,
        failedRequests: 0,
        connections: [0, inSecond],
      });
      expect(router.status().workers.map(({ restarts }) => restarts)).toEqual([1, 0]);
      await holdRequests(1); // until the new worker has some, too
    }, 60_000);
  }

  it('died gives back what it held of limits.connections and of maxConnections', async () => {
    const limit = 12;
    await start({
      limits: { connections: limit },
      farms: { shop: { servers: [server.address], protocol: { maxConnections: limit } } },
    });
    await holdRequests(8);
    const [inFirst] = router.status().workers.map(({ connections }) => connections);
    const before = server.count;
    await runInWorker('narrows-0', EXITS);
    await log.nth('worker-replaced', 0);
    const free = limit - (before - inFirst!);
    for (let more = 1; more <= free; more++) {
      (await openTo(url)).write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
      await server.reached(before + more);
    }
    expect(await ask(url, '/')).toMatchObject({ status: 503 });
  });

  it('dies again and again is replaced later and later, by itself', async () => {
    await start();
    for (const wait of [200, 400, 800]) {
      const died = log.next('worker-died');
      const replaced = log.next('worker-replaced');
      await runInWorker('narrows-1', EXITS);
      expect(await died).toMatchObject({ worker: 1, replacedIn: wait });
      await replaced;
    }
    expect(router.status().workers.map(({ restarts }) => restarts)).toEqual([0, 3]);
    expect((await ask(url, '/')).status).toBe(200);
  });
});

describe('while a worker is dead', () => {
  it('a reload comes into force, in its replacement too', async () => {
    await start({ workers: 1 });
    const died = log.next('worker-died');
    await runInWorker('narrows-0', EXITS);
    expect(await died).toMatchObject({ replacedIn: 200 });
    const refusal = { name: 'no', match: { url: '.*' }, action: { type: 'CustomResponse', statusCode: 410 } };
    await expect(router.reload(config({ workers: 1, rules: [refusal] }))).rejects.toThrow('no worker is alive');
    await log.nth('worker-replaced', 0);
    await router.reload(config({ workers: 1, rules: [refusal] }));
    expect((await ask(url, '/')).status).toBe(410);
  });

  it('a reload is carried out by the others, and its replacement has it', async () => {
    await start();
    const died = log.next('worker-died');
    await runInWorker('narrows-0', EXITS);
    await died;
    const refusal = { name: 'no', match: { url: '.*' }, action: { type: 'CustomResponse', statusCode: 410 } };
    await router.reload(config({ rules: [refusal] }));
    await log.nth('worker-replaced', 0);
    const answers: Answer[] = [];
    for (let n = 0; n < 16; n++) answers.push(await ask(url, '/'));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([410]));
  });

  it('the router stops', async () => {
    await start();
    const died = log.next('worker-died');
    await runInWorker('narrows-0', EXITS);
    await died;
    await router.stop();
    await expect(openTo(url)).rejects.toThrow('ECONNREFUSED');
  });
});

it('a worker that hangs does not keep the router from stopping', async () => {
  await start();
  await runInWorker('narrows-0', HANGS);
  await router.stop();
  expect(log.all('worker-hangs')).toHaveLength(1);
  await expect(openTo(url)).rejects.toThrow('ECONNREFUSED');
});

it('a Unix listener is open again after the worker that had it died', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'narrows-'));
  try {
    await start({ listeners: { web: { address: `unix:${folder}/web.sock` } } });
    await runInWorker('narrows-0', EXITS);
    await log.nth('worker-replaced', 0);
    const reader = new AnswerReader(await openTo(url));
    reader.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await reader.next()).toMatchObject({ status: 200 });
  } finally {
    await router.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
