// Half of a farm fails while its clients go on: the retry budget is one for all workers of a real router, and holds.
import { expect, it, onTestFinished } from 'vitest';
import { RouterProcess } from '../kit/router-process.ts';
import { ask } from '../kit/zero-loss-client.ts';
import { countingServer } from '../kit/zero-loss-server.ts';

const CLIENTS = 4;
const REQUESTS = 500; // of each client
const PERCENT = 20;
const PER_SECOND = 5;
const WINDOW = 10; // seconds that the budget looks back

it('is answered to the last request, and what retries add stays within the budget', async () => {
  const busy = (name: string) => countingServer(name, (_, response) => void (response.statusCode = 503));
  const servers = await Promise.all([busy('a'), busy('b'), countingServer('c'), countingServer('d')]);
  onTestFinished(async () => void (await Promise.all(servers.map((server) => server.kill()))));
  const retry = { attempts: 3, on: ['503'], budget: { percent: PERCENT, minPerSecond: PER_SECOND } };
  const router = await RouterProcess.start({
    listeners: { web: { address: '127.0.0.1:0' } },
    farms: { shop: { servers: servers.map(({ address }) => address), retry } },
    admin: { address: '127.0.0.1:0' },
    workers: 2,
  });
  onTestFinished(() => router.stop());

  const started = performance.now();
  const statuses: (string | undefined)[] = [];
  const client = async () => {
    for (let n = 0; n < REQUESTS; n++) {
      const { head } = await ask(router.url('web'), '/');
      statuses.push(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const windows = Math.ceil((performance.now() - started) / 1000 / WINDOW);

  const asked = CLIENTS * REQUESTS;
  const retries = servers.reduce((sum, { count }) => sum + count, 0) - asked;
  expect(statuses.filter((status) => status === '200' || status === '503')).toHaveLength(asked);
  expect(retries).toBeLessThanOrEqual((asked * PERCENT) / 100 + PER_SECOND * WINDOW * windows);
  expect(retries).toBeGreaterThanOrEqual(PER_SECOND); // the share comes with seconds that are over, this at once
});
