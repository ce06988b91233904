// Servers that go wrong in their own ways, behind a real router process: what health and live traffic say of each
// (arr.md 8.2), and that an outlier among good servers is found.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { RouterProcess } from '../kit/router-process.ts';
import { ask } from '../kit/zero-loss-client.ts';
import { countingServer } from '../kit/zero-loss-server.ts';

const JSON_WANTED = 'Accept: application/json\r\n';
let router: RouterProcess;
afterEach(() => router.stop());

/** A server that does `behave` with each connection as soon as a request has come. */
async function badServer(behave: (socket: Socket) => void): Promise<string> {
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
    socket.once('data', () => behave(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** The head at once, then a byte now and then, without end. */
function drip(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
  const timer = setInterval(() => socket.write('.'), 20);
  socket.on('close', () => clearInterval(timer));
}

async function start(servers: string[], healthCheck: object, farm: object = {}): Promise<string> {
  router = await RouterProcess.start({
    listeners: { web: { address: '127.0.0.1:0' } },
    admin: { address: '127.0.0.1:0' },
    workers: 2,
    farms: { shop: { servers, healthCheck, ...farm } },
  });
  return router.url('web');
}

const KINDS: [string, (socket: Socket) => void, urlTest: RegExp, liveTraffic: RegExp][] = [
  ['accepts and never answers', () => {}, /no complete response in 200 ms/, /http_response_timeout$/],
  ['resets', (socket) => void socket.resetAndDestroy(), /ECONNRESET|socket hang up/, /connection_terminated$/],
  [
    'sends garbage',
    (socket) => void socket.end('\x00\x01 no HTTP at all\r\n\r\n'),
    /Parse Error/,
    /http_protocol_error$/,
  ],
];

describe.each(KINDS)('a server that %s', (_, behave, urlTest, liveTraffic) => {
  it('fails its URL test', async () => {
    const address = await badServer(behave);
    const url = await start([address], { url: '/health', interval: '50ms', timeout: '200ms', retries: 1 });
    const line = await router.log.nth('serverUnhealthy', 0);
    expect(line).toMatchObject({ server: address, evidence: { by: 'urlTest', healthy: false } });
    expect(line.reason).toMatch(urlTest);
    expect(line.reason).toContain('2 failures in a row');
    const { body } = await ask(url, '/', JSON_WANTED);
    expect(JSON.parse(body)).toMatchObject({ status: 502, subStatus: 4 });
  });

  it('fails requests, and live traffic takes it out', async () => {
    const address = await badServer(behave);
    const live = { maxLiveTrafficFailures: 3, liveTrafficFailurePeriod: '10m' };
    const url = await start([address], live, { protocol: { timeout: '300ms' } });
    for (let request = 0; request < 3; request++) {
      const { body } = await ask(url, '/', JSON_WANTED);
      expect(JSON.parse(body)).toMatchObject({ status: 502, subStatus: 3 });
    }
    const line = await router.log.nth('serverUnhealthy', 0);
    expect(line).toMatchObject({ server: address, evidence: { by: 'liveTraffic', healthy: false } });
    expect(line.reason).toMatch(/^live traffic: 3 failures within 600 s/);
    expect(line.reason).toMatch(liveTraffic);
    const { body } = await ask(url, '/', JSON_WANTED);
    expect(JSON.parse(body)).toMatchObject({ status: 502, subStatus: 4 });
  });
});

describe('a server that answers slowly', () => {
  it('fails its URL test, whose response must be complete in time', async () => {
    const address = await badServer(drip);
    await start([address], { url: '/health', interval: '50ms', timeout: '200ms', retries: 0 });
    expect((await router.log.nth('serverUnhealthy', 0)).reason).toBe(
      'URL test: no complete response in 200 ms (healthCheck.timeout)',
    );
  });

  it('fails no request while bytes come, however long it takes', async () => {
    const address = await badServer(drip);
    const live = { maxLiveTrafficFailures: 1, liveTrafficFailurePeriod: '10m' };
    const url = await start([address], live, { protocol: { timeout: '300ms' } });
    const client = connect(Number(new URL(url).port), '127.0.0.1');
    onTestFinished(() => void client.destroy());
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const received = await new Promise<string>((resolve) => {
      let text = '';
      client.on('data', (piece) => {
        text += piece;
        if (/\.{30}$/.test(text)) resolve(text); // 30 bytes take twice as long as protocol.timeout
      });
      client.on('close', () => resolve(text));
    });
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(router.log.all('serverUnhealthy')).toEqual([]);
  });
});

describe('one server of four that fails where the others do not', () => {
  it('is ejected, comes back by itself, and its history says so', async () => {
    const good = await Promise.all(['b', 'c', 'd'].map((name) => countingServer(name)));
    onTestFinished(() => void Promise.all(good.map((server) => server.kill())));
    let asked = 0;
    const bad = await badServer((socket) => {
      asked++;
      socket.end('HTTP/1.1 500 Broken\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
    const outlier = { interval: '200ms', minRequests: 5, ejectFor: '400ms', mostEjected: 50 };
    const url = await start([bad, ...good.map(({ address }) => address)], { outlier });
    let ejected = false;
    void router.log.nth('serverUnhealthy', 0).then(() => {
      ejected = true;
    });
    while (!ejected) await Promise.all(Array.from({ length: 40 }, () => ask(url, '/')));
    expect(router.log.all('serverUnhealthy')[0]).toMatchObject({ server: bad, evidence: { by: 'outlier' } });
    await router.log.nth('serverHealthy', 0);
    const before = asked;
    await Promise.all(Array.from({ length: 8 }, () => ask(url, '/')));
    expect(asked).toBeGreaterThan(before);
    const health = await fetch(`${router.url('admin')}/api/farms/shop/servers/${encodeURIComponent(bad)}/health`);
    const { history } = (await health.json()) as { history: { by: string; healthy: boolean }[] };
    expect(history.slice(0, 2).map(({ by, healthy }) => [by, healthy])).toEqual([
      ['outlier', false],
      ['outlier', true],
    ]);
  });
});
