// maxRequests of servers, and the queue of the farm in front of them.
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../src/index.ts';
import { askAdmin } from '../kit/ask-admin.ts';
import { type Backend, backend, ok } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { fieldOf } from '../kit/message.ts';
import { type RouterSetup, type RunningRouter, router } from '../kit/router.ts';
import { silentServer } from '../kit/silent-server.ts';
import { until } from '../kit/until.ts';
import type { WirePeer } from '../kit/wire-peer.ts';
import { runInWorker } from '../kit/worker-inspector.ts';

/** A farm of these servers with `maxRequests` each. */
function limited(
  servers: readonly { address: string }[],
  maxRequests: number,
  farm: Record<string, unknown> = {},
  setup: RouterSetup = {},
): Promise<RunningRouter> {
  const written = servers.map(({ address }) => ({ address, maxRequests }));
  const listeners = { web: { address: '127.0.0.1:0' } };
  return router({ listeners, farms: { shop: { servers: written, ...farm } }, workerStallTimeout: '500ms' }, setup);
}

/** A server that answers when it is told. */
const patient = () => backend(() => undefined);

async function answer(server: Backend, index: number, fields = ''): Promise<void> {
  const { connection, startLine } = await server.request(index);
  connection.send(ok(startLine.split(' ')[1], fields));
}

async function send({ connect }: RunningRouter, path = '/', fields = ''): Promise<WirePeer> {
  const client = await connect();
  return client.send(get(path, fields));
}

const farmStatus = ({ router: running }: RunningRouter) => running.status().farms[0]!;
const current = (running: RunningRouter) => farmStatus(running).servers.map(({ counters }) => counters.currentRequests);

/** Sends requests to these paths, each when the one before waits. */
async function sendInTurn(running: RunningRouter, paths: readonly string[]): Promise<WirePeer[]> {
  const clients: WirePeer[] = [];
  for (const path of paths) {
    const before = farmStatus(running).queuedRequests;
    clients.push(await send(running, path));
    await until(() => farmStatus(running).queuedRequests > before);
  }
  return clients;
}

describe('a server with maxRequests', () => {
  it('has no more at one time, and the others wait: first come, first served', async () => {
    const server = await patient();
    const running = await limited([server], 1);
    const first = await send(running, '/0');
    await server.request(0);
    const clients = [first, ...(await sendInTurn(running, ['/1', '/2', '/3']))];
    for (let i = 0; i < 4; i++) {
      await server.request(i);
      expect([server.requests.length, current(running)]).toEqual([i + 1, [1]]);
      await answer(server, i);
      expect((await clients[i]!.response()).body.toString()).toBe(`/${i}`);
    }
    await until(() => current(running)[0] === 0);
    expect(farmStatus(running).queuedRequests).toBe(0);
  });

  it('that is full is passed over while another has room', async () => {
    const [full, free] = [await patient(), await backend(() => ok('free'))];
    const running = await limited([full, free], 1);
    await send(running);
    await full.request(0);
    for (let i = 0; i < 3; i++) {
      expect((await (await send(running)).response()).body.toString()).toBe('free');
    }
    expect(full.requests).toHaveLength(1);
  });

  it('is waited for by a client that is bound to it, although another has room', async () => {
    const [bound, free] = [await patient(), await backend(() => ok('free'))];
    const running = await limited([bound, free], 1, { affinity: { useCookie: true } });
    const client = await send(running, '/first');
    await answer(bound, 0);
    const cookie = fieldOf(await client.response(), 'set-cookie')!.split(';')[0];
    const held = await send(running, '/held', `Cookie: ${cookie}\r\n`);
    await bound.request(1);
    const [waiting] = await Promise.all([send(running, '/waiting', `Cookie: ${cookie}\r\n`)]);
    await until(() => farmStatus(running).queuedRequests === 1);
    expect((await (await send(running)).response()).body.toString()).toBe('free'); // who is bound to nobody is not held up
    await answer(bound, 1);
    await held.response();
    await answer(bound, 2);
    expect((await waiting!.response()).body.toString()).toBe('/waiting');
  });

  it('is not waited for any more by a client that is bound to it once it is unhealthy', async () => {
    const [bound, free] = [await patient(), await backend(() => ok('free'))];
    const settings = { affinity: { useCookie: true }, healthCheck: { minServers: 0 } };
    const servers = [bound, free].map(({ address }) => ({ address, maxRequests: 1 }));
    const listeners = { web: { address: '127.0.0.1:0' } };
    const running = await router({
      listeners,
      farms: { shop: { servers, ...settings } },
      admin: { address: '127.0.0.1:0' },
    });
    const client = await send(running, '/first');
    await answer(bound, 0);
    const cookie = fieldOf(await client.response(), 'set-cookie')!.split(';')[0];
    await send(running, '/held', `Cookie: ${cookie}\r\n`);
    await bound.request(1);
    const waiting = await send(running, '/waiting', `Cookie: ${cookie}\r\n`);
    await until(() => farmStatus(running).queuedRequests === 1);
    const path = `/api/farms/shop/servers/${encodeURIComponent(bound.address)}/health`;
    expect((await askAdmin('PUT', running.urlOf('admin') + path, { healthy: false })).status).toBe(200);
    const response = await waiting.response();
    expect(response.body.toString()).toBe('free');
    expect(fieldOf(response, 'set-cookie')).toBeDefined(); // it is bound anew
    expect(bound.requests).toHaveLength(2);
  });

  it('is never given more by 2 workers together', async () => {
    const waiting: (() => void)[] = [];
    const server = await backend(({ connection }) => void waiting.push(() => connection.send(ok())));
    const running = await limited([server], 3, {}, { workers: 2 });
    const clients = await Promise.all(Array.from({ length: 24 }, () => send(running)));
    await until(() => running.router.status().workers.every(({ connections }) => connections > 0));
    await until(() => farmStatus(running).queuedRequests === 21);
    let most = 0;
    for (let answered = 0; answered < 24; answered++) {
      await server.request(Math.min(answered + 2, 23));
      most = Math.max(most, waiting.length);
      waiting.shift()!();
    }
    for (const client of clients) expect((await client.response()).status).toBe(200);
    expect(most).toBe(3);
  });
});

describe('a request in the queue', () => {
  it('is answered with 503 when the queue is full, at once', async () => {
    const server = await patient();
    const running = await limited([server], 1, { queue: { length: 2, timeout: '7s' } });
    await send(running);
    await server.request(0);
    await sendInTurn(running, ['/1', '/2']);
    const response = await (await send(running)).response();
    expect([response.status, fieldOf(response, 'retry-after')]).toEqual([503, '7']);
    expect(response.body.toString()).toContain('503.3');
    expect(fieldOf(response, 'proxy-status')).toContain(
      '2 requests wait already for a place at a server (queue.length, maxRequests)',
    );
  });

  it('is answered with 503 after queue.timeout', async () => {
    const clock = new SimulatedClock();
    const server = await patient();
    const running = await limited([server], 1, { queue: { timeout: '4s' } }, { clock });
    await send(running);
    await server.request(0);
    const [waiting] = await sendInTurn(running, ['/1']);
    clock.advance(3900);
    expect(waiting!.bytes).toHaveLength(0);
    clock.advance(200);
    const response = await waiting!.response();
    expect([response.status, fieldOf(response, 'retry-after')]).toEqual([503, '4']);
    expect(response.body.toString()).toContain('503.2');
    expect(fieldOf(response, 'proxy-status')).toContain(
      'farm shop: the request got no place at a server (maxRequests) within 4000 ms (queue.timeout)',
    );
    expect(farmStatus(running).queuedRequests).toBe(0);
  });

  it('is not told that no server has a place where one has: others may wait for another server', async () => {
    const [bound, free] = [await patient(), await backend(() => ok('free'))];
    const running = await limited([bound, free], 1, { affinity: { useCookie: true }, queue: { length: 1 } });
    const client = await send(running, '/first');
    await answer(bound, 0);
    const cookie = fieldOf(await client.response(), 'set-cookie')!.split(';')[0];
    await send(running, '/held', `Cookie: ${cookie}\r\n`);
    await bound.request(1);
    await send(running, '/waiting', `Cookie: ${cookie}\r\n`);
    await until(() => farmStatus(running).queuedRequests === 1);
    const response = await (await send(running)).response();
    expect([response.status, fieldOf(response, 'proxy-status')]).toEqual([
      503,
      expect.stringContaining('farm shop: 1 request waits already for a place at a server (queue.length, maxRequests)'),
    ]);
  });

  it('is told where none may wait', async () => {
    const server = await patient();
    const running = await limited([server], 1, { queue: { length: 0 } });
    await send(running);
    await server.request(0);
    expect(fieldOf(await (await send(running)).response(), 'proxy-status')).toContain(
      'no server that the request may go to has a place (maxRequests), and none may wait (queue.length is 0)',
    );
  });

  it('has all of protocol.timeout for its server afterwards', async () => {
    const clock = new SimulatedClock();
    const settings = { queue: { timeout: '60s' }, protocol: { timeout: '3s', retries: 0 } };
    const running = await limited([{ address: await silentServer() }], 1, settings, { clock });
    const first = await send(running);
    await until(() => current(running)[0] === 1);
    const [waiting] = await sendInTurn(running, ['/1']);
    clock.advance(3100);
    expect((await first.response()).status).toBe(502);
    await until(() => farmStatus(running).queuedRequests === 0);
    clock.advance(2000);
    expect(current(running)).toEqual([1]);
    clock.advance(1100);
    expect((await waiting!.response()).status).toBe(502);
  });

  it('leaves it with its client', async () => {
    const server = await patient();
    const running = await limited([server], 1);
    await send(running);
    await server.request(0);
    const [leaving, staying] = await sendInTurn(running, ['/1', '/2']);
    leaving!.reset();
    await until(() => farmStatus(running).queuedRequests === 1);
    await answer(server, 0);
    await answer(server, 1);
    expect((await staying!.response()).body.toString()).toBe('/2');
    expect(server.requests).toHaveLength(2);
  });

  it('keeps its body until it is its turn', async () => {
    const server = await patient();
    const running = await limited([server], 1);
    await send(running);
    await server.request(0);
    const client = await running.connect();
    client.send('POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nits ');
    await until(() => farmStatus(running).queuedRequests === 1);
    client.send('body.');
    await answer(server, 0);
    expect((await server.request(1)).body.toString()).toBe('its body.');
    await answer(server, 1);
    expect((await client.response()).status).toBe(200);
  });
});

describe('a worker that dies', () => {
  it('gives back what it held of maxRequests, and its places in the queue', async () => {
    const server = await patient();
    const running = await limited([server], 2, {}, { workers: 2 });
    const states = () => running.router.status().workers;
    await Promise.all([send(running), send(running)]);
    await server.request(1);
    do await sendInTurn(running, ['/waits']);
    while (states().some(({ connections }) => connections === 0));
    for (const worker of [0, 1]) {
      await runInWorker(`narrows-${worker}`, 'setImmediate(() => process.exit(7))');
      await until(() => states()[worker]!.restarts === 1);
    }
    await until(() => farmStatus(running).queuedRequests === 0 && current(running)[0] === 0);
    const before = server.requests.length;
    const after = [await send(running, '/x'), await send(running, '/x')];
    await answer(server, before);
    await answer(server, before + 1);
    for (const client of after) expect((await client.response()).status).toBe(200);
  });
});
