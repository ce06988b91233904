// Servers are taken out and put back under load, and nobody notices: every request is counted, nothing is retried by a client.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NARROWS, RouterProcess } from '../kit/router-process.ts';
import { until } from '../kit/until.ts';
import { AnswerReader, ask, countingClient, openTo } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

let servers: CountingServer[];
let router: RouterProcess;

async function start(farm: object): Promise<void> {
  router = await RouterProcess.start({
    listeners: { web: { address: '127.0.0.1:0' } },
    farms: { shop: { servers: servers.map(({ address }) => address), ...farm } },
    admin: { address: '127.0.0.1:0' },
    workers: 2,
  });
}

/** Runs a command of the router's operator. @returns its exit code */
async function narrows(...args: string[]): Promise<number> {
  const command = spawn(NARROWS, [...args, '--admin', router.url('admin')], { stdio: 'ignore' });
  const [code] = (await once(command, 'exit')) as [number];
  return code;
}

async function stateOf({ address }: CountingServer): Promise<string> {
  const response = await fetch(`${router.url('admin')}/api/status`);
  const { farms } = (await response.json()) as { farms: { servers: { address: string; state: string }[] }[] };
  return farms[0]!.servers.find((server) => server.address === address)!.state;
}

const letterOf = (head: string) => /^x-server: (\w)/im.exec(head)?.[1];

beforeEach(async () => {
  servers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => countingServer(name)));
});

afterEach(async () => {
  await router.stop();
  await Promise.all(servers.map((server) => server.kill()));
});

it('restarts a farm of four, one server after the other, with zero failed requests', async () => {
  await start({ healthCheck: { url: '/health', interval: '200ms', retries: 0 } });
  const client = countingClient(router.url('web'), { connections: 12 });
  await client.answers(200);
  for (const server of servers) {
    const name = `shop/${server.address}`;
    server.hold(); // requests are open when the drain begins
    await server.reached(server.count + 1);
    const drain = narrows('drain', name, '--wait', '--why', 'restart');
    for (let state = 'Active'; state === 'Active'; ) state = await stateOf(server);
    expect(await stateOf(server)).toBe('Draining');
    server.release();
    expect(await drain).toBe(0);
    await server.kill();
    await client.answers(100);
    await server.revive();
    expect(await narrows('start', name)).toBe(0);
    const before = server.count;
    await server.reached(before + 20);
  }
  const { answered, answeredIds, ...faults } = await client.stop();
  expect(faults).toEqual({ mixedUp: 0, refused: 0, unansweredFirst: [], unansweredLater: [], brokenOff: [] });
  expect([...answered.keys()]).toEqual([200]);
  const reached = servers.flatMap((server) => [...server.seen]);
  expect(reached.length).toBe(answeredIds.size);
  expect(reached.every(([, times]) => times === 1)).toBe(true);
}, 60_000);

it('drains a server whose clients stay bound to it until they are done: nobody loses a session', async () => {
  await start({ affinity: { useCookie: true, timeout: '2s' } });
  const url = router.url('web');
  const bound = await Promise.all(
    Array.from({ length: 16 }, async () => {
      const { head } = await ask(url, '/');
      const cookie = /^set-cookie: ([^;\r]+)/im.exec(head)![1];
      return { letter: letterOf(head)!, headers: `Cookie: ${cookie}\r\n` };
    }),
  );
  const drained = servers[0]!;
  const counts = { kept: 0, moved: 0, failed: 0, newOnDrained: 0 };
  let done = false;
  let isDraining = false;

  /** Requests of one session, one after the other, until all are told to end. */
  const sessions = bound.map(async ({ letter, headers }) => {
    const socket = await openTo(url);
    const reader = new AnswerReader(socket);
    while (!done) {
      socket.write(`GET / HTTP/1.1\r\nHost: shop.test\r\n${headers}\r\n`);
      const answer = await reader.next();
      if (typeof answer === 'string' || answer.status !== 200) counts.failed++;
      else if (letterOf(answer.head) === letter) counts.kept++;
      else counts.moved++;
      if (typeof answer === 'string') break;
    }
    socket.destroy();
  });
  const newcomers = (async () => {
    while (!done) {
      const began = isDraining;
      const { head } = await ask(url, '/');
      if (began && letterOf(head) === 'a') counts.newOnDrained++;
    }
  })();

  const drain = narrows('drain', `shop/${drained.address}`, '--wait');
  for (let state = ''; state !== 'Draining'; ) state = await stateOf(drained);
  isDraining = true;
  const beginning = Date.now();
  // Longer than affinity.timeout: without the sessions it would have ended.
  await until(() => Date.now() - beginning > 3000);
  expect(router.log.all('drain-done')).toEqual([]);
  const over = router.log.next('drain-done');
  done = true;
  await Promise.all([...sessions, newcomers]);
  expect(await over).toMatchObject({ endedBy: 'noBindings', server: drained.address });
  expect(await drain).toBe(0);
  expect(counts).toMatchObject({ moved: 0, failed: 0, newOnDrained: 0 });
  expect(counts.kept).toBeGreaterThan(100);
  expect(bound.some(({ letter }) => letter === 'a')).toBe(true);
}, 60_000);
