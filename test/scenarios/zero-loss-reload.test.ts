// Nothing is lost in a reload: every request is counted by a client that retries nothing (CONTRACT 6).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NARROWS, RouterProcess } from '../kit/router-process.ts';
import { ask, countingClient, countOf } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

const WEB = { address: '127.0.0.1:0' };
const RELOADS = 5;

let servers: CountingServer[];
let router: RouterProcess;

function config(farm: object = {}, more: object = {}): object {
  return {
    listeners: { web: WEB },
    farms: { shop: { servers: servers.map((server) => server.address), ...farm } },
    admin: { address: '127.0.0.1:0' },
    workers: 2,
    ...more,
  };
}

beforeEach(async () => {
  servers = await Promise.all(['a', 'b', 'c'].map((name) => countingServer(name)));
});

afterEach(async () => {
  await router.stop();
  await Promise.all(servers.map((server) => server.kill()));
});

/** Each way of asking for a reload; resolves when the router says that it is done. */
const ways: Record<string, (version: number) => Promise<unknown>> = {
  async SIGHUP(version) {
    router.write(config({ protocol: { timeout: 20 + version } }));
    const done = router.log.next('reloaded');
    router.signal('SIGHUP');
    await done;
  },
  async 'narrows reload'(version) {
    router.write(config({ servers: servers.slice(version % 2).map((server) => server.address) }));
    const command = spawn(NARROWS, ['reload', '--admin', router.url('admin')], { stdio: 'ignore' });
    expect(await once(command, 'exit')).toEqual([0, null]);
  },
  async 'a changed file'(version) {
    const done = router.log.next('reloaded');
    router.write(config({ affinity: { useCookie: version % 2 === 0 } }, { watch: true }));
    await done;
  },
};

describe('under load with 2 workers a reload loses no request, and refuses and resets no connection', () => {
  for (const [way, reload] of Object.entries(ways)) {
    for (const perConnection of [undefined, 1]) {
      const kind = perConnection === undefined ? 'connections that stay' : 'a connection for each request';
      it(`${way}, ${kind}`, async () => {
        router = await RouterProcess.start(config({}, { watch: way === 'a changed file' }));
        const client = countingClient(router.url('web'), {
          connections: 16,
          ...(perConnection === undefined ? {} : { perConnection }),
        });
        await client.answers(100);
        for (let version = 1; version <= RELOADS; version++) {
          await reload(version);
          await client.answers(100);
        }
        const { answered, answeredIds, ...faults } = await client.stop();
        expect(faults).toEqual({
          mixedUp: 0,
          refused: 0,
          unansweredFirst: [],
          unansweredLater: [],
          brokenOff: [],
        });
        expect([...answered.keys()]).toEqual([200]);
        const reached = servers.flatMap((server) => [...server.seen]);
        expect(reached.length).toBe(answeredIds.size);
        expect(reached.every(([, times]) => times === 1)).toBe(true);
      });
    }
  }
});

describe('a server that dies and comes back under load', () => {
  it('costs only requests that were on their way to it, and serves again', async () => {
    router = await RouterProcess.start(
      config({ healthCheck: { url: '/health', interval: '200ms', timeout: '1s', retries: 0 } }),
    );
    const [dying] = servers;
    const client = countingClient(router.url('web'), { connections: 16 });
    await client.answers(300);
    const unhealthy = router.log.next('serverUnhealthy');
    await dying!.kill();
    const inFlight = [...dying!.seen.keys()];
    await unhealthy;
    const failedBefore = countOf(client.counts, 502);
    await client.answers(300);
    expect(countOf(client.counts, 502)).toBe(failedBefore);
    const healthy = router.log.next('serverHealthy');
    await dying!.revive();
    await healthy;
    const before = dying!.count;
    await client.answers(300);
    expect(dying!.count).toBeGreaterThan(before);
    const { answered, answeredIds, ...faults } = await client.stop();
    expect(faults).toEqual({ mixedUp: 0, refused: 0, unansweredFirst: [], unansweredLater: [], brokenOff: [] });
    expect([...answered.keys()].every((status) => status === 200 || status === 502)).toBe(true);
    // At most one request of each client connection was at the server when it died.
    expect(failedBefore).toBeLessThanOrEqual(16);
    expect(answeredIds.size).toBe([...answered.values()].reduce((sum, count) => sum + count, 0));
    expect(inFlight.length).toBeGreaterThan(0);
  });

  it('answers 502.4 with a reason while none is left, and 200 afterwards', async () => {
    const [only] = servers;
    router = await RouterProcess.start(
      config({
        servers: [only!.address],
        healthCheck: { url: '/health', interval: '200ms', timeout: '1s', retries: 0 },
      }),
    );
    const unhealthy = router.log.next('serverUnhealthy');
    await only!.kill();
    const line = await unhealthy;
    expect(line).toMatchObject({ eventId: 1000, farm: 'shop', server: only!.address });
    const answer = await ask(router.url('web'), '/', 'Accept: application/json\r\n');
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.body)).toMatchObject({
      status: 502,
      subStatus: 4,
      reason: 'farm shop: 1 server: 1 unhealthy',
    });
    expect(answer.head).toContain('Proxy-Status: narrows; error=');
    const healthy = router.log.next('serverHealthy');
    await only!.revive();
    await healthy;
    expect((await ask(router.url('web'), '/')).status).toBe(200);
  });
});
