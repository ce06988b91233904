// Servers whose circuit is open: they get no requests, until one of them shows that they answer again.
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../src/index.ts';
import { type Answer, type Backend, backend, ok } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { fieldOf } from '../kit/message.ts';
import { type RunningRouter, shop } from '../kit/router.ts';

const failing = () => ok('failed').replace('200 OK', '500 Failed');

/** A server that answers 500 until told otherwise. */
async function moody(): Promise<{ server: Backend; answer(next: Answer): void }> {
  let current: Answer = failing;
  const server = await backend((request) => current(request));
  return {
    server,
    answer: (next) => {
      current = next;
    },
  };
}

async function ask({ connect }: RunningRouter, fields = '') {
  const client = await connect();
  client.send(get('/', fields));
  const response = await client.response();
  client.socket.destroy();
  return response;
}

const circuits = ({ router }: RunningRouter) => router.status().farms[0]!.servers.map(({ circuit }) => circuit);

async function broken(farm: Record<string, unknown> = {}) {
  const clock = new SimulatedClock();
  const { server: bad, answer } = await moody();
  const good = await backend(() => ok('good'));
  const settings = { circuitBreaker: { failures: 2, openFor: '10s' }, ...farm };
  const running = await shop([bad, good], settings, {}, { clock });
  const untilOpen = async () => {
    while (circuits(running)[0] !== 'open') await ask(running);
  };
  return { bad, good, answer, clock, running, untilOpen };
}

describe('a circuit breaker', () => {
  it('keeps requests from a server that failed several times in a row', async () => {
    const { bad, running, untilOpen } = await broken();
    await untilOpen();
    expect(bad.requests).toHaveLength(2);
    for (let i = 0; i < 6; i++) expect((await ask(running)).body.toString()).toBe('good');
    expect([bad.requests.length, circuits(running)]).toEqual([2, ['open', 'closed']]);
    expect(running.router.status().farms[0]!.servers[0]!.isHealthy).toBe(true);
  });

  it('lets one request try after openFor, and the others only when that went well', async () => {
    const { bad, answer, clock, running, untilOpen } = await broken();
    await untilOpen();
    clock.advance(10_000);
    expect(circuits(running)[0]).toBe('halfOpen');
    answer(() => undefined);
    const trial = ask(running);
    const { connection } = await bad.request(2);
    for (let i = 0; i < 4; i++) expect((await ask(running)).body.toString()).toBe('good');
    expect(bad.requests).toHaveLength(3);
    answer(() => ok('bad is well'));
    connection.send(ok('bad is well'));
    await trial;
    expect(circuits(running)[0]).toBe('closed');
    const bodies = [await ask(running), await ask(running)].map(({ body }) => body.toString());
    expect(bodies.sort()).toEqual(['bad is well', 'good']);
  });

  it('stays open when the trial fails', async () => {
    const { bad, clock, running, untilOpen } = await broken();
    await untilOpen();
    clock.advance(10_000);
    expect((await ask(running)).status).toBe(500);
    expect(circuits(running)[0]).toBe('open');
    for (let i = 0; i < 4; i++) await ask(running);
    expect(bad.requests).toHaveLength(3);
  });

  it('counts connections that are lost', async () => {
    const { bad, answer, running, untilOpen } = await broken();
    answer(({ connection }) => void connection.reset());
    await untilOpen();
    expect([bad.requests.length, (await ask(running)).status]).toEqual([2, 200]);
  });

  it('gives clients that are bound to the server another one', async () => {
    const { bad, answer, running, untilOpen } = await broken({ affinity: { useCookie: true } });
    answer(() => ok('bad'));
    const cookie = fieldOf(await ask(running), 'set-cookie')!.split(';')[0];
    answer(failing);
    for (let i = 0; i < 2; i++) await ask(running, `Cookie: ${cookie}\r\n`);
    await untilOpen();
    const before = bad.requests.length;
    expect((await ask(running, `Cookie: ${cookie}\r\n`)).body.toString()).toBe('good');
    expect(bad.requests).toHaveLength(before);
  });

  it('leaves clients with it that nobody else can serve, and lets one of them try', async () => {
    const affinity = { useCookie: true, whenServerGone: 'refuse' };
    const { bad, answer, clock, running, untilOpen } = await broken({ affinity });
    answer(() => ok('bad'));
    const cookie = fieldOf(await ask(running), 'set-cookie')!.split(';')[0];
    answer(failing);
    for (let i = 0; i < 2; i++) await ask(running, `Cookie: ${cookie}\r\n`);
    await untilOpen();
    answer(() => ok('bad'));
    expect((await ask(running, `Cookie: ${cookie}\r\n`)).body.toString()).toBe('bad');
    expect(circuits(running)[0]).toBe('open');
    clock.advance(10_000);
    await ask(running, `Cookie: ${cookie}\r\n`);
    expect([circuits(running)[0], bad.requests.length]).toEqual(['closed', 5]);
  });

  it('is tried by requests of a host that has the server', async () => {
    const hosts = { affinity: { useHostName: true, hosts: [{ name: 'shop.example', servers: 2 }] } };
    const { answer, clock, running, untilOpen } = await broken(hosts);
    await untilOpen();
    for (let i = 0; i < 4; i++) expect((await ask(running)).body.toString()).toBe('good');
    answer(() => ok('bad'));
    clock.advance(10_000);
    for (let i = 0; i < 2; i++) await ask(running);
    expect(circuits(running)[0]).toBe('closed');
  });

  it('refuses nothing: where all circuits are open, all servers are tried', async () => {
    const [one, two] = [await moody(), await moody()];
    const running = await shop([one.server, two.server], { circuitBreaker: { failures: 1, openFor: '1h' } });
    for (let i = 0; i < 4; i++) expect((await ask(running)).status).toBe(500);
    expect(circuits(running)).toEqual(['open', 'open']);
    expect([one.server.requests.length, two.server.requests.length]).toEqual([2, 2]);
  });

  it('is explained', async () => {
    const { running, untilOpen, bad } = await broken();
    await untilOpen();
    const { steps } = await running.router.explain({ url: `${running.url}/` });
    const step = steps.find(({ stage }) => stage === 'candidates') as { servers: object[] };
    expect(step.servers[0]).toEqual({ address: bad.address, in: false, reason: 'circuit open' });
  });

  it('that a reload takes away is closed', async () => {
    const { running, untilOpen, bad, good } = await broken();
    await untilOpen();
    await running.router.reload({
      listeners: { web: { address: '127.0.0.1:0' } },
      farms: { shop: { servers: [bad.address, good.address] } },
    });
    expect(circuits(running)).toEqual(['closed', 'closed']);
  });
});
