// Methods that go by requests under way, with real threads that pick at once on one table.
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { sampleFarm, sampleServer, sampleTable } from '../../../test/kit/sample-farm.ts';
import { ServerTable, serverId } from '../../model/server-table.ts';

const THREADS = 4;
const WEIGHTS = [100, 100, 200];
/** Requests that each thread leaves open. */
const OPEN = 100;

/** Each thread begins and ends many requests, and leaves OPEN of them under way. @returns requests of each server then */
async function loadsAfter(algorithm: string): Promise<number[]> {
  const servers = WEIGHTS.map((weight, index) => sampleServer(`s${index}:80`, { weight }));
  const config = sampleFarm('shop', servers);
  const { owner, slots } = sampleTable(config, THREADS);
  const source = `
    import { parentPort, workerData as given } from 'node:worker_threads';
    const { ServerTable } = await import(given.table);
    const { createBalancers } = await import(given.registry);
    const table = ServerTable.attach(given.blocks, given.row);
    const list = given.servers.map((server) => ({ ...server, state: table.state(server.slot) }));
    for (const { state } of list) state.countRequests();
    const { requests: policy } = createBalancers({
      config: { algorithm: given.algorithm, randomizeLBTies: true, leastResponseTimePeriod: 5000 },
      random: { next: Math.random },
      clock: { monotonic: () => performance.now() },
    });
    const open = [];
    for (let n = 0; n < 20000; n++) {
      const server = policy.pick(list, { client: {}, attempts: null });
      server.state.started();
      open.push(server);
      if (open.length > given.open) open.shift().state.ended(200, 10, 10, 1, false);
    }
    parentPort.postMessage('done');
    setInterval(() => {}, 1000);`;
  const given = {
    table: new URL('../../model/server-table.ts', import.meta.url).href,
    registry: new URL('./registry.ts', import.meta.url).href,
    ...{ blocks: owner.blocks, algorithm, open: OPEN },
    servers: servers.map((server, index) => ({
      ...{ id: `shop/s${index}:80`, index, config: server },
      slot: slots.get(serverId('shop', server.address)),
    })),
  };
  const script = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  const threads = Array.from({ length: THREADS }, (_, row) => new Worker(script, { workerData: { ...given, row } }));
  await Promise.all(
    threads.map((thread) => new Promise((resolve, reject) => thread.on('message', resolve).on('error', reject))),
  );
  const table = ServerTable.attach(owner.blocks, THREADS);
  const states = servers.map(({ address }) => table.state(slots.get(serverId('shop', address))!));
  const loads = states.map(({ requests }) => requests);
  await Promise.all(threads.map((thread) => thread.terminate()));
  for (let row = 0; row < THREADS; row++) owner.retireRow(row);
  expect(states.map(({ requests }) => requests)).toEqual([0, 0, 0]);
  return loads;
}

describe('with real threads', () => {
  it.each([
    ['LeastRequests', [1 / 3, 1 / 3, 1 / 3]],
    ['Fastest', [1 / 3, 1 / 3, 1 / 3]],
    ['LeastConnections', [1 / 4, 1 / 4, 1 / 2]],
  ] as const)(
    '%s keeps the requests of the process in their shares, and those of dead threads are given back',
    async (algorithm, shares) => {
      const loads = await loadsAfter(algorithm);
      expect(loads.reduce((sum, load) => sum + load, 0)).toBe(THREADS * OPEN);
      // Threads that pick at the same moment may pick the same server: each is off by no more than what they have in hand.
      for (const [index, share] of shares.entries()) {
        expect(Math.abs(loads[index]! - share * THREADS * OPEN)).toBeLessThanOrEqual(4 * THREADS);
      }
    },
  );
});
