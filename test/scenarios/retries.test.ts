// Retries by policy: what is tried again and what is not, bodies that are sent again, and the budget (CONTRACT 3).
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SimulatedClock } from '../../src/index.ts';
import { askAdmin } from '../kit/ask-admin.ts';
import { type Answer, type Backend, backend, ok } from '../kit/backend.ts';
import { chunk, get, withBody } from '../kit/client.ts';
import { fieldOf } from '../kit/message.ts';
import { type RunningRouter, shop } from '../kit/router.ts';
import { silentServer } from '../kit/silent-server.ts';
import { until } from '../kit/until.ts';

const EVERYTHING = ['connect', 'lost', 'timeout', 'invalid', '502', '503', '504'];
const UNBOUND = { percent: 0, minPerSecond: 100_000 };

const retry = (changes: Record<string, unknown> = {}) => ({
  retry: { attempts: 2, on: EVERYTHING, budget: UNBOUND, ...changes },
});

const failed = (status: number, body = 'busy') => ok(body).replace('200 OK', `${status} Failed`);

/** One request on a connection of its own. */
async function ask({ connect }: RunningRouter, request: string | Buffer = get(), method = 'GET') {
  const client = await connect();
  client.send(request);
  const response = await client.response(method);
  client.socket.destroy();
  return response;
}

/** The first of these servers is asked first: equal ones take turns from the first on. */
async function pair(first: Answer, second: Answer = () => ok('second')): Promise<[Backend, Backend]> {
  return [await backend(first), await backend(second)];
}

const resets: Answer = ({ connection }) => void connection.reset();
const closes: Answer = ({ connection }) => void connection.end();

describe('a failed attempt', () => {
  it.each<[string, string, Answer]>([
    ['lost', 'a reset before the response', resets],
    ['lost', 'an end before the response', closes],
    ['lost', 'a reset within the head', ({ connection }) => void connection.send('HTTP/1.1 200 OK\r\nConte').end()],
    ['invalid', 'garbage', () => 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
    ['502', '502', () => failed(502)],
    ['503', '503', () => failed(503)],
    ['504', '504', () => failed(504)],
  ])('is tried again on another server where retry.on has %s: %s', async (condition, _, answer) => {
    const [first, second] = await pair(answer);
    const router = await shop([first, second], retry({ on: [condition] }));
    const { status, body } = await ask(router);
    expect([status, body.toString(), first.requests.length, second.requests.length]).toEqual([200, 'second', 1, 1]);
  });

  it('is tried again where retry.on has a status as a number', async () => {
    const [first, second] = await pair(() => failed(503));
    const { status, body } = await ask(await shop([first, second], retry({ on: [503] })));
    expect([status, body.toString()]).toEqual([200, 'second']);
  });

  it.each<[string, Answer, number]>([
    ['lost', resets, 502],
    ['invalid', () => 'garbage\r\n\r\n', 502],
    ['503', () => failed(503), 503],
  ])('is not tried again where retry.on has everything but %s', async (condition, answer, status) => {
    const [first, second] = await pair(answer);
    const router = await shop([first, second], retry({ on: EVERYTHING.filter((each) => each !== condition) }));
    expect((await ask(router)).status).toBe(status);
    expect(second.requests).toHaveLength(0);
  });

  it.each<[string, Answer]>([
    ['lost', resets],
    ['503', () => failed(503)],
  ])('is not tried again for a POST, with a body or without: %s', async (_, answer) => {
    for (const body of ['order', '']) {
      const [first, second] = await pair(answer);
      const router = await shop([first, second], retry());
      expect((await ask(router, withBody('POST', body))).status).toBeGreaterThan(501);
      expect(second.requests).toHaveLength(0);
    }
  });

  it('is not tried again once a byte of the response has gone to the client', async () => {
    const [first, second] = await pair(({ connection }) => void connection.send(ok('whole').slice(0, -2)).end());
    const router = await shop([first, second], retry());
    const client = await router.connect();
    client.send(get());
    await client.closed();
    expect(client.text).toMatch(/200 OK[\s\S]*who$/);
    expect(second.requests).toHaveLength(0);
  });

  it('that took longer than perTryTimeout is tried again, and time for the response is shared by all', async () => {
    const clock = new SimulatedClock();
    const [first, second] = await pair(
      () => undefined,
      () => undefined,
    );
    const settings = { ...retry({ perTryTimeout: '2s' }), protocol: { timeout: '3s' } };
    const router = await shop([first, second], settings, {}, { clock });
    const asked = ask(router);
    await first.request(0);
    clock.advance(1900);
    expect(second.connections).toHaveLength(0);
    clock.advance(200);
    await second.request(0);
    clock.advance(800);
    clock.advance(200); // together more than three seconds, although the second had only one
    const { status, body } = await asked;
    expect([status, body.toString()]).toEqual([
      502,
      expect.stringContaining('did not answer in time (protocol.timeout)'),
    ]);
  });

  it('with a byte now and then is still over after perTryTimeout', async () => {
    const clock = new SimulatedClock();
    const [first, second] = await pair(() => 'HTTP/1.1 200 OK\r\n');
    const router = await shop([first, second], retry({ perTryTimeout: '1s' }), {}, { clock });
    const asked = ask(router);
    const { connection } = await first.request(0);
    for (let i = 0; i < 6; i++) {
      clock.advance(250);
      connection.send('X: y\r\n');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await asked).body.toString()).toBe('second');
  });

  it('that has used up protocol.timeout is the last one, also in a farm without retry policy', async () => {
    const clock = new SimulatedClock();
    const second = await backend(() => ok('second'));
    const servers = [
      { address: await silentServer(), priorityGroup: 2 },
      { address: second.address, priorityGroup: 1 },
    ];
    const settings = { loadBalancing: { priorityGroupActivation: 1 }, protocol: { timeout: '5s', retries: 1 } };
    const running = await shop([], { servers, ...settings }, {}, { clock });
    const answer = ask(running);
    await until(() => running.router.status().farms[0]!.servers[0]!.counters.currentRequests === 1);
    clock.advance(5100);
    const { status, body } = await answer;
    expect([status, body.toString()]).toEqual([502, expect.stringContaining('in time (protocol.timeout)')]);
    expect(second.connections).toHaveLength(0);
    expect(running.router.status().farms[0]!.servers[1]!.counters.totalRequests).toBe(0);
  });

  it('has all of protocol.timeout, however long the request has waited for the server of its client', async () => {
    const clock = new SimulatedClock();
    const [bound, refuses, last] = await Promise.all([backend(), backend(), backend(() => ok('last'))]);
    await refuses!.close();
    const servers = [
      { address: bound!.address, priorityGroup: 2 },
      { address: refuses!.address, priorityGroup: 1 },
      { address: last!.address, priorityGroup: 0 },
    ];
    const affinity = { by: 'header', name: 'X-Tenant', whenServerGone: 'wait', waitTimeout: '20s' };
    const settings = {
      loadBalancing: { priorityGroupActivation: 1 },
      affinity,
      protocol: { timeout: '5s', retries: 2 },
    };
    const admin = { address: '127.0.0.1:0' };
    const running = await shop([], { servers, ...settings }, { admin }, { clock });
    const asked = () => ask(running, get('/', 'X-Tenant: acme\r\n'));
    expect((await asked()).status).toBe(200);
    const state = `${running.urlOf('admin')}/api/farms/shop/servers/${encodeURIComponent(bound!.address)}/state`;
    expect((await askAdmin('PUT', state, { state: 'ForcefulStop' })).status).toBe(200);
    const answer = asked();
    await until(() => running.router.status().workers.some(({ connections }) => connections === 1));
    await until(() => {
      clock.advance(1000);
      return last!.requests.length === 1;
    });
    const { status, body } = await answer;
    expect([status, body.toString()]).toEqual([200, 'last']);
  });

  it('whose status is not tried again any more is passed on as it is: the last one', async () => {
    const [first, second] = await pair(
      () => failed(503, 'from the first'),
      () => failed(503, 'from the second'),
    );
    const router = await shop([first, second], retry({ attempts: 5 }));
    const { status, body } = await ask(router);
    expect([status, body.toString()]).toEqual([503, 'from the second']);
    expect(first.requests.length + second.requests.length).toBe(2);
  });

  it('keeps the connection of a response that had come whole', async () => {
    const [first, second] = await pair(() => failed(503));
    const router = await shop([first, second], retry());
    for (let i = 0; i < 4; i++) expect((await ask(router)).body.toString()).toBe('second');
    expect(first.requests.length).toBeGreaterThan(1);
    expect(first.connections).toHaveLength(1);
  });

  it('stands in the access log with all attempts, and with why there was no other one', async () => {
    const directory = stateDirectory();
    const path = join(directory, 'access.log');
    const servers = [await backend(() => failed(503)), await backend(() => failed(503)), await backend(resets)];
    const budget = { percent: 0, minPerSecond: 1 };
    const clock = new SimulatedClock();
    const running = await shop(servers, retry({ attempts: 3, budget }), { accessLog: { path } }, { clock });
    await ask(running);
    clock.advance(1000);
    await until(() => existsSync(path) && readFileSync(path, 'utf8').includes('\n'));
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      ...{ status: 503, attempts: 2 },
      reason: 'not tried again: the retry budget is spent',
    });
  });

  it('is counted by the server that failed, with its status', async () => {
    const [first, second] = await pair(() => failed(503));
    const { router, ...running } = await shop([first, second], retry());
    await ask({ router, ...running });
    await until(() => router.status().farms[0]!.servers[1]!.counters.totalRequests === 1);
    const counters = router.status().farms[0]!.servers.map((server) => server.counters);
    expect(counters.map(({ totalRequests, failedRequests }) => [totalRequests, failedRequests])).toEqual([
      [1, 1],
      [1, 0],
    ]);
    expect(counters.map(({ currentRequests }) => currentRequests)).toEqual([0, 0]);
  });
});

const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

function patterned(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >> 8) * 17) & 0xff;
  return bytes;
}

function stateDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'narrows-retry-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const put = (body: Buffer, fields = '') =>
  Buffer.concat([
    Buffer.from(`PUT / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: ${body.length}\r\n${fields}\r\n`),
    body,
  ]);

function chunked(body: Buffer, size: number, trailers = ''): Buffer {
  const pieces = [Buffer.from('PUT / HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: chunked\r\n\r\n')];
  for (let at = 0; at < body.length; at += size) {
    pieces.push(Buffer.from(chunk(body.subarray(at, at + size).toString('latin1')), 'latin1'));
  }
  pieces.push(Buffer.from(`0\r\n${trailers}\r\n`));
  return Buffer.concat(pieces);
}

describe('a body that may have to be sent again', () => {
  const KB = 1024;
  it.each<[string, number, Record<string, unknown>]>([
    ['in memory', 60 * KB, {}],
    ['in memory and a file', 3000 * KB, { bodyMemory: '16KB', bodyFile: '4MB' }],
    ['in a file alone', 900 * KB, { bodyMemory: 0, bodyFile: '4MB' }],
  ])(
    'is kept %s, byte for byte, with 0 and 2 workers',
    async (_, length, limits) => {
      const body = patterned(length);
      for (const workers of [0, 2]) {
        for (const request of [put(body), chunked(body, 7777)]) {
          const [first, second] = await pair(() => failed(503));
          const router = await shop([first, second], retry(limits), { stateDirectory: stateDirectory() }, { workers });
          expect((await ask(router, request, 'PUT')).body.toString()).toBe('second');
          expect(hashOf(second.requests[0]!.body)).toBe(hashOf(body));
          await router.router.stop();
        }
      }
    },
    60_000,
  );

  it('longer than what may be kept is sent once', async () => {
    const body = patterned(200 * KB);
    for (const request of [put(body), chunked(body, 5000)]) {
      const [first, second] = await pair(() => failed(503));
      const router = await shop([first, second], retry({ bodyFile: '64KB' }), { stateDirectory: stateDirectory() });
      expect((await ask(router, request, 'PUT')).status).toBe(503);
      expect(hashOf(first.requests[0]!.body)).toBe(hashOf(body));
      expect(second.requests).toHaveLength(0);
    }
  });

  it('costs only the retry where the disk does not take it', async () => {
    const body = patterned(2000 * KB); // more than what waits for the disk
    const [first, second] = await pair(() => failed(503));
    const stateDirectory = '/dev/null/nowhere';
    const router = await shop([first, second], retry({ bodyFile: '4MB' }), { stateDirectory });
    expect((await ask(router, put(body), 'PUT')).status).toBe(503);
    expect(hashOf(first.requests[0]!.body)).toBe(hashOf(body));
    expect(second.requests).toHaveLength(0);
  });

  it('leaves no file with a name', async () => {
    const directory = stateDirectory();
    const [first, second] = await pair(() => undefined);
    const router = await shop([first, second], retry({ bodyMemory: 0, bodyFile: '1MB' }), {
      stateDirectory: directory,
    });
    const asked = ask(router, put(patterned(500 * KB)), 'PUT');
    const { connection } = await first.request(0);
    expect(readdirSync(directory).filter((name) => name.startsWith('body-'))).toEqual([]);
    connection.reset();
    expect((await asked).body.toString()).toBe('second');
  });

  it('keeps its trailers', async () => {
    const [first, second] = await pair(() => failed(503));
    const router = await shop([first, second], retry());
    await ask(router, chunked(patterned(300), 100, 'X-Sum: 12\r\n'), 'PUT');
    expect(second.connections[0]!.text).toMatch(/\r\n0\r\nX-Sum: 12\r\n\r\n$/);
  });

  it('that is still coming goes on to the next server', async () => {
    const early = await backend(undefined, {
      onConnection: (connection) => void connection.receives('begin').then(() => connection.send(failed(503))),
    });
    const second = await backend(() => ok('second'));
    const router = await shop([early, second], retry());
    const client = await router.connect();
    client.send('PUT / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 8\r\n\r\nbegin');
    const connection = await second.connection(0);
    await connection.receives('begin');
    client.send('end');
    expect((await client.response('PUT')).body.toString()).toBe('second');
    expect(second.requests[0]!.body.toString()).toBe('beginend');
  });

  it('that waits for a 100 is asked for by the server that takes it', async () => {
    const refusing = await backend(undefined, {
      onConnection: (connection) => void connection.receives('\r\n\r\n').then(() => connection.send(failed(503))),
    });
    const second = await backend(() => ok('second'));
    const router = await shop([refusing, second], retry());
    const client = await router.connect();
    client.send('PUT / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n');
    const connection = await second.connection(0);
    await connection.receives('\r\n\r\n');
    connection.send('HTTP/1.1 100 Continue\r\n\r\n');
    expect((await client.response('PUT')).status).toBe(100);
    client.send('body');
    expect((await client.response('PUT')).body.toString()).toBe('second');
    expect(fieldOf(second.requests[0]!, 'expect')).toBe('100-continue');
  });
});

describe('the retry budget', () => {
  it('bounds what an outage of half the farm adds, and every request is answered', async () => {
    const bad = await Promise.all([backend(() => failed(503)), backend(() => failed(503))]);
    const good = await Promise.all([backend(), backend()]);
    const budget = { percent: 20, minPerSecond: 5 };
    const clock = new SimulatedClock();
    const router = await shop([...bad, ...good], retry({ attempts: 3, budget }), {}, { clock });
    const REQUESTS = 60;
    const SECONDS = 12;
    let answered = 0;
    for (let second = 0; second < SECONDS; second++) {
      const client = await router.connect();
      for (let i = 0; i < REQUESTS; i++) {
        client.send(get());
        const { status } = await client.response();
        if (status === 200 || status === 503) answered++;
      }
      client.socket.destroy();
      clock.advance(1000);
    }
    const attempts = [...bad, ...good].reduce((sum, { requests }) => sum + requests.length, 0);
    expect(answered).toBe(REQUESTS * SECONDS);
    const retries = attempts - REQUESTS * SECONDS;
    expect(retries).toBeLessThanOrEqual(REQUESTS * SECONDS * 0.2 + 5 * SECONDS);
    expect(retries).toBeGreaterThan(REQUESTS * SECONDS * 0.1);
  });
});
