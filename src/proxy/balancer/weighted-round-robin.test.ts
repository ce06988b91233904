// Weighted round robin as requests see it: exact shares for the process, with one worker and with several.
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balancedFarm, balancedRequest, tally } from '../../../test/kit/balanced-farm.ts';
import { sampleFarm, sampleTable } from '../../../test/kit/sample-farm.ts';
import type { Server } from '../../model/farm.ts';
import type { Attempt } from '../../model/request-context.ts';
import { farmSlotId } from '../../model/server-table.ts';
import { turnsPerCycle } from './smooth-order.ts';

const request = balancedRequest;
const balanced = (weights: readonly number[], rows = 1, randomizeLBTies = false, seed = 1) =>
  balancedFarm(weights, { rows, seed, config: { randomizeLBTies } });

const failed = (server: Server): Attempt => ({
  server,
  reused: false,
  error: 'connectFailed',
  status: 0,
  isTrial: false,
});
describe('weighted round robin', () => {
  it('gives exact shares over a full cycle for any weights, with 1 and with 4 workers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 9 }),
        fc.constantFrom(1, 4),
        fc.infiniteStream(fc.nat(3)),
        (weights, rows, whichWorker) => {
          const workers = balanced(weights, rows);
          const turns = turnsPerCycle(weights);
          const cycle = turns.reduce((total, count) => total + count, 0);
          const picks = [];
          for (const worker of whichWorker) {
            const { policy, list } = workers[worker % rows]!;
            picks.push(policy.pick(list, request()));
            if (picks.length === 2 * cycle) break;
          }
          expect(tally(picks, weights.length)).toEqual(turns.map((count) => 2 * count));
        },
      ),
    );
  });

  it('gives exact shares when real threads pick at once', async () => {
    const weights = [5, 3, 1];
    const servers = weights.map((weight, index) => ({
      id: `shop/s${index}`,
      index,
      config: { weight },
      state: { rampMissing: 0 },
    }));
    const config = sampleFarm('shop', ['a:80']);
    const { owner, slots } = sampleTable(config, 4);
    const source = `
      import { parentPort, workerData as given } from 'node:worker_threads';
      const { ServerTable } = await import(given.table);
      const { createBalancers } = await import(given.registry);
      const cursors = ServerTable.attach(given.blocks, given.row).cursors(given.slot);
      const { requests: policy } = createBalancers({ config: { algorithm: 'WeightedRoundRobin' }, cursors, tieSeed: 7 });
      const counts = given.servers.map(() => 0);
      const ctx = { attempts: null, client: {} };
      for (let i = 0; i < 9 * 500; i++) counts[policy.pick(given.servers, ctx).index] += 1;
      parentPort.postMessage(counts);`;
    const given = {
      table: new URL('../../model/server-table.ts', import.meta.url).href,
      registry: new URL('./registry.ts', import.meta.url).href,
      blocks: owner.blocks,
      slot: slots.get(farmSlotId('shop')),
      servers,
    };
    const counts = await Promise.all(
      [0, 1, 2, 3].map((row) => {
        const script = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
        const worker = new Worker(script, { workerData: { ...given, row } });
        return new Promise<number[]>((resolve, reject) => worker.on('message', resolve).on('error', reject));
      }),
    );
    const total = counts.reduce((sum, worker) => sum.map((count, index) => count + worker[index]!));
    expect(total).toEqual([10_000, 6_000, 2_000]);
  });

  it('goes round the servers that are left when the list changes, and round all when it is whole again', () => {
    const [{ policy, list }] = balanced([1, 1, 1]) as [ReturnType<typeof balanced>[0]];
    const two = [list[0]!, list[2]!];
    const picks = Array.from({ length: 10 }, () => policy.pick(two, request()));
    expect(tally(picks, 3)).toEqual([5, 0, 5]);
    expect(
      tally(
        Array.from({ length: 9 }, () => policy.pick(list, request())),
        3,
      ),
    ).toEqual([3, 3, 3]);
  });

  it('shares fairly where some servers are full, and others with each request, and compiles nothing for it', () => {
    const weights = Array.from({ length: 400 }, (_, index) => 101 + (index % 7));
    const [{ policy, list: servers }] = balanced(weights) as [ReturnType<typeof balanced>[0]];
    let looks = 0; // at weights: an order is made of them
    const state = {
      get rampMissing() {
        looks++;
        return 0;
      },
    } as Server['state'];
    const list = servers.map((server) => ({ ...server, state }));
    policy.pick(list, request());
    const counts = new Array<number>(400).fill(0);
    for (let n = 0; n < 8000; n++) {
      const withPlace = list.filter(({ index }) => index % 10 !== n % 10);
      const { index } = policy.pick(withPlace, request());
      expect(index % 10).not.toBe(n % 10);
      counts[index]! += 1;
    }
    for (const count of counts) expect(Math.abs(count - 20)).toBeLessThanOrEqual(12);
    expect(looks).toBe(400);
  });

  it('takes no turn for a list of one: an affine client does not disturb the others', () => {
    const [{ policy, list }] = balanced([1, 1, 1]) as [ReturnType<typeof balanced>[0]];
    const bound = [list[2]!];
    const picks = Array.from({ length: 6 }, () => {
      expect(policy.pick(bound, request())).toBe(list[2]);
      return policy.pick(list, request()).index;
    });
    expect(picks).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it('spreads the retries of a dead server over all others and keeps the turns of first picks', () => {
    const [{ policy, list }] = balanced([1, 1, 1]) as [ReturnType<typeof balanced>[0]];
    const first: Server[] = [];
    const again: Server[] = [];
    for (let i = 0; i < 12; i++) {
      const server = policy.pick(list, request());
      first.push(server);
      if (server.index !== 0) continue;
      again.push(policy.pick([list[1]!, list[2]!], request({ attempts: [failed(server)] })));
    }
    expect(tally(first, 3)).toEqual([4, 4, 4]);
    expect(tally(again, 3)).toEqual([0, 2, 2]);
  });

  it('picks again also in a worker that has compiled no list yet', () => {
    const [{ policy, list }] = balanced([1, 1, 1]) as [ReturnType<typeof balanced>[0]];
    const rest = [list[1]!, list[2]!];
    expect(rest).toContain(policy.pick(rest, request({ attempts: [failed(list[0]!)] })));
  });

  it('takes no turn in a dry run', () => {
    const [{ policy, list }] = balanced([1, 1]) as [ReturnType<typeof balanced>[0]];
    const dry = () => policy.pick(list, request({ dryRun: true })).index;
    expect([dry(), dry()]).toEqual([0, 0]);
    policy.pick(list, request());
    expect([dry(), dry()]).toEqual([1, 1]);
    const rest = [list[0]!];
    expect(policy.pick(rest, request({ dryRun: true, attempts: [failed(list[1]!)] }))).toBe(list[0]);
  });

  it('orders ties by the seed where randomizeLBTies asks for it, alike in all workers', () => {
    const orderOf = (seed: number) => {
      const [a, b] = balanced([1, 1, 1, 1, 1, 1], 2, true, seed);
      const picks = [];
      for (let i = 0; i < 3; i++) picks.push(a!.policy.pick(a!.list, request()), b!.policy.pick(b!.list, request()));
      expect(new Set(picks.map((server) => server.index)).size).toBe(6);
      return picks.map((server) => server.index).join();
    };
    const orders = new Set(Array.from({ length: 10 }, (_, seed) => orderOf(seed)));
    expect(orders.size).toBeGreaterThan(1);
    expect(orderOf(3)).toBe(orderOf(3));
  });
});
