// Health, through a real router: what a test decides is what requests see, in every worker (arr.md 8).
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRouter, type Router } from '../../src/index.ts';
import { EventLog } from '../kit/event-log.ts';
import { type Answer, ask } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

const QUICK = { url: '/health', interval: '50ms', timeout: '1s', retries: 0 };

let servers: CountingServer[];
let router: Router;
let log: EventLog;
let url: string;
/** What the servers answer, but to the health test. */
let status: number;

async function start(healthCheck: object, workers = 2, farm: object = {}): Promise<void> {
  log = new EventLog();
  const shop = { servers: servers.map(({ address }) => address), healthCheck, ...farm };
  router = createRouter(
    { listeners: { web: { address: '127.0.0.1:0' } }, farms: { shop }, shutdownIdleGrace: 0 },
    { workers, logger: log },
  );
  url = (await router.start()).listeners[0]!.url;
}

/** Enough answers that each worker gave some, and each server would have had some. */
function answers(count = 24): Promise<Answer[]> {
  return Promise.all(Array.from({ length: count }, () => ask(url, '/', 'Accept: application/json\r\n')));
}

function healthy(): boolean[] {
  return router.status().farms[0]!.servers.map(({ isHealthy }) => isHealthy);
}

beforeEach(async () => {
  status = 200;
  servers = await Promise.all(
    ['a', 'b'].map((name) =>
      countingServer(name, (_request, response) => {
        response.statusCode = status;
      }),
    ),
  );
});

afterEach(async () => {
  await router.stop();
  await Promise.all(servers.map((server) => server.kill()));
});

describe('the URL test', () => {
  it('takes a server out for every worker, and brings it back', async () => {
    await start(QUICK);
    const [a, b] = servers;
    await a!.kill();
    const down = await log.nth('serverUnhealthy', 0);
    expect(down).toMatchObject({ eventId: 1000, server: a!.address, evidence: { healthy: false } });
    expect(down.reason).toContain('ECONNREFUSED');
    const before = b!.count;
    expect((await answers()).map((answer) => answer.status)).toEqual(Array(24).fill(200));
    expect(b!.count).toBe(before + 24);
    expect(router.status().farms[0]!.servers[0]).toMatchObject({
      isHealthy: false,
      evidence: { reason: expect.stringContaining('ECONNREFUSED') },
    });
    await a!.revive();
    await log.nth('serverHealthy', 0);
    const back = a!.count;
    await answers();
    expect(a!.count).toBe(back + 12);
  });

  it('leaves 502.4 with the reason, for people and for programs, when no server is left', async () => {
    await start(QUICK);
    await Promise.all(servers.map((server) => server.kill()));
    await log.nth('serverUnhealthy', 1);
    const reason = 'farm shop: 2 servers: 2 unhealthy';
    const [json] = await answers(1);
    expect(JSON.parse(json!.body)).toMatchObject({ status: 502, subStatus: 4, reason, id: expect.any(String) });
    expect(json!.head).toMatch(
      /^proxy-status: narrows; error=[a-z_]+; details="502\.4 farm shop: 2 servers: 2 unhealthy"\r$/im,
    );
    const html = await ask(url, '/');
    expect(html.head).toMatch(/^content-type: text\/html/im);
    expect(html.body).toContain('502.4');
    expect(html.body).toContain(reason);
    await Promise.all(servers.map((server) => server.revive()));
    await log.nth('serverHealthy', 1);
    expect((await answers()).map((answer) => answer.status)).toEqual(Array(24).fill(200));
  });

  it('takes no server out where fewer than minServers would be left, and says so once', async () => {
    await start({ ...QUICK, minServers: 1 });
    await Promise.all(servers.map((server) => server.kill()));
    expect(await log.nth('minServersReached', 0)).toMatchObject({ eventId: 1002 });
    expect(healthy().filter(Boolean)).toHaveLength(1);
    const [answer] = await answers(1);
    expect(JSON.parse(answer!.body)).toMatchObject({ status: 502, subStatus: 3 });
    await Promise.all(servers.map((server) => server.revive()));
    await log.nth('serverHealthy', 0);
    expect(log.all('minServersReached')).toHaveLength(1);
  });
});

describe('the live-traffic test', () => {
  const live = { liveTrafficFailureCodes: '500-', maxLiveTrafficFailures: 6, liveTrafficFailurePeriod: '10m' };

  it('adds up the failures that all workers saw, and no others', async () => {
    await start(live);
    status = 404;
    await answers();
    expect(healthy()).toEqual([true, true]);
    status = 500;
    await answers(10); // five for each server, spread over the workers
    status = 200;
    await answers(2);
    expect(healthy()).toEqual([true, true]);
    status = 500;
    await answers(2);
    const lines = [await log.nth('serverUnhealthy', 0), await log.nth('serverUnhealthy', 1)];
    for (const line of lines) expect(line.reason).toContain('6 failures within 600 s, the last: status 500');
    status = 200;
    const [answer] = await answers(1);
    expect(JSON.parse(answer!.body)).toMatchObject({ status: 502, subStatus: 4 });
  });

  it('counts servers that cannot be reached, though another one answered', async () => {
    await start(live);
    await servers[0]!.kill();
    const all = await answers(12);
    expect(all.map((answer) => answer.status)).toEqual(Array(12).fill(200));
    expect(await log.nth('serverUnhealthy', 0)).toMatchObject({ server: servers[0]!.address });
    expect(healthy()).toEqual([false, true]);
  });
});
