// The live numbers: what one thread writes every thread reads, and limits hold for the whole process.
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { Availability } from './server-state.ts';
import { ServerTable } from './server-table.ts';
import { ServerTableOwner } from './server-table-owner.ts';

function tableOf(rows: number, id = 'shop/a:80') {
  const owner = ServerTableOwner.create(rows);
  const slot = owner.claim(id);
  const workers = Array.from({ length: rows }, (_, row) => ServerTable.attach(owner.blocks, row));
  return { owner, slot, states: workers.map((table) => table.state(slot)) };
}

describe('server state', () => {
  it('starts healthy and Active, with every number zero', () => {
    const { states } = tableOf(1);
    expect(states[0]!.takesNewWork).toBe(true);
    expect(states[0]!.totals()).toMatchObject({ totalRequests: 0, currentRequests: 0, statusCodes: new Map() });
  });

  it('adds up what the workers write', () => {
    const { owner, slot, states } = tableOf(2);
    states[0]!.started();
    states[0]!.ended(200, 10, 100, 4, false);
    states[1]!.started();
    states[1]!.ended(503, 20, 200, 30, true);
    states[1]!.started();
    expect(owner.state(slot).totals()).toMatchObject({
      totalRequests: 2,
      failedRequests: 1,
      currentRequests: 1,
      bytesSent: 30,
      bytesReceived: 300,
      responseTimeSum: 34,
      responseTimeCount: 2,
      statusCodes: new Map([
        ['200', 1],
        ['503', 1],
      ]),
    });
  });

  it('counts response times cumulatively, a bound belonging to its own bucket', () => {
    const { states } = tableOf(1);
    for (const ms of [5, 6, 10_000, 10_001]) {
      states[0]!.started();
      states[0]!.ended(200, 0, 0, ms, false);
    }
    const { responseTimeBuckets } = states[0]!.totals();
    const count = (le: number) => responseTimeBuckets.find((bucket) => bucket.le === le)?.count;
    expect([count(0.005), count(0.01), count(5), count(10), count(Infinity)]).toEqual([1, 2, 2, 3, 4]);
  });

  it('counts an attempt without a response as none and an unlisted code as other', () => {
    const { states } = tableOf(1);
    for (const status of [0, 299, 999, 1234]) {
      states[0]!.started();
      states[0]!.ended(status, 0, 0, -1, true);
    }
    const totals = states[0]!.totals();
    expect(totals.statusCodes).toEqual(
      new Map([
        ['none', 1],
        ['other', 3],
      ]),
    );
    expect(totals.responseTimeCount).toBe(0);
  });

  it('shows health and availability to every worker and advances the epoch only when they change', () => {
    const { owner, slot, states } = tableOf(2);
    const before = owner.epoch;
    owner.setHealthy(slot, true);
    expect(owner.epoch).toBe(before);
    owner.setHealthy(slot, false);
    owner.setAvailability(slot, Availability.Draining);
    expect(owner.epoch).toBe(before + 2);
    expect(states[1]!).toMatchObject({ healthy: false, availability: Availability.Draining, takesNewWork: false });
  });
});

describe('exact connection limit', () => {
  it('holds for all workers together, and a released place can be taken by another', () => {
    const { states } = tableOf(2);
    expect(states[0]!.tryAcquireConnection(2)).toBe(true);
    expect(states[1]!.tryAcquireConnection(2)).toBe(true);
    expect(states[0]!.tryAcquireConnection(2)).toBe(false);
    states[1]!.releaseConnection();
    expect(states[0]!.tryAcquireConnection(2)).toBe(true);
    expect(states[0]!.totals().currentConnections).toBe(2);
  });

  it('counts connections also while there is no limit', () => {
    const { states } = tableOf(1);
    for (let i = 0; i < 5; i++) expect(states[0]!.tryAcquireConnection(0)).toBe(true);
    expect(states[0]!.tryAcquireConnection(5)).toBe(false);
    expect(states[0]!.totals().currentConnections).toBe(5);
  });

  it('of requests is one for all workers', () => {
    const { states } = tableOf(2);
    for (const state of states) state.countRequests();
    const [a, b] = states as [(typeof states)[0], (typeof states)[0]];
    expect([a.tryStart(2), b.tryStart(2), a.tryStart(2), b.tryStart(2)]).toEqual([true, true, false, false]);
    b.ended(200, 0, 0, 1, false);
    expect([a.tryStart(2), b.tryStart(2), a.requests]).toEqual([true, false, 2]);
  });

  it('of requests never goes over either, and gives back what it took', async () => {
    const { owner, slot } = tableOf(3);
    const source = `
      import { parentPort, workerData } from 'node:worker_threads';
      const { ServerTable } = await import(workerData.module);
      const state = ServerTable.attach(workerData.blocks, workerData.row).state(workerData.slot);
      state.countRequests();
      let most = 0;
      for (let i = 0; i < 20000; i++) {
        if (!state.tryStart(2)) continue;
        const held = Atomics.add(workerData.held, 0, 1) + 1;
        if (held > most) most = held;
        Atomics.sub(workerData.held, 0, 1);
        state.ended(200, 0, 0, 1, false);
      }
      parentPort.postMessage(most);`;
    const held = new Int32Array(new SharedArrayBuffer(4));
    const module = new URL('./server-table.ts', import.meta.url).href;
    const most = await Promise.all(
      [0, 1, 2].map((row) => {
        const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
          workerData: { module, blocks: owner.blocks, row, slot, held },
        });
        return new Promise<number>((resolve, reject) => worker.on('message', resolve).on('error', reject));
      }),
    );
    expect(Math.max(...most)).toBeLessThanOrEqual(2);
    expect([owner.state(slot).requests, owner.state(slot).totals().currentRequests]).toEqual([0, 0]);
  });

  it('never goes over while real threads race for it', async () => {
    const { owner, slot } = tableOf(3);
    const source = `
      import { parentPort, workerData } from 'node:worker_threads';
      const { ServerTable } = await import(workerData.module);
      const state = ServerTable.attach(workerData.blocks, workerData.row).state(workerData.slot);
      let most = 0;
      for (let i = 0; i < 20000; i++) {
        if (!state.tryAcquireConnection(2)) continue;
        const held = Atomics.add(workerData.held, 0, 1) + 1;
        if (held > most) most = held;
        Atomics.sub(workerData.held, 0, 1);
        state.releaseConnection();
      }
      parentPort.postMessage(most);`;
    const held = new Int32Array(new SharedArrayBuffer(4));
    const module = new URL('./server-table.ts', import.meta.url).href;
    const most = await Promise.all(
      [0, 1, 2].map((row) => {
        const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
          workerData: { module, blocks: owner.blocks, row, slot, held },
        });
        return new Promise<number>((resolve, reject) => worker.on('message', resolve).on('error', reject));
      }),
    );
    expect(Math.max(...most)).toBeLessThanOrEqual(2);
    expect(owner.state(slot).totals().currentConnections).toBe(0);
  });
});

describe('a dead worker', () => {
  it('leaves its totals, not its gauges, and what it held of a limit is free again', () => {
    const { owner, states } = tableOf(2);
    states[0]!.started();
    states[0]!.ended(200, 1, 2, 3, false);
    states[0]!.started();
    states[0]!.tryAcquireConnection(1);
    expect(states[1]!.tryAcquireConnection(1)).toBe(false);
    owner.retireRow(0);
    expect(states[1]!.totals()).toMatchObject({ totalRequests: 1, currentRequests: 0, currentConnections: 0 });
    expect(states[1]!.tryAcquireConnection(1)).toBe(true);
  });

  it('leaves its row to another, whose numbers add to what was kept', () => {
    const { owner, slot, states } = tableOf(1);
    states[0]!.started();
    states[0]!.ended(200, 1, 1, 1, false);
    owner.retireRow(0);
    const next = ServerTable.attach(owner.blocks, 0).state(slot);
    next.started();
    next.ended(200, 1, 1, 1, false);
    expect(next.totals()).toMatchObject({ totalRequests: 2, bytesSent: 2, responseTimeCount: 2 });
  });
});

describe('slots', () => {
  it('are the same for the same id, and grow past one block', () => {
    const owner = ServerTableOwner.create(1);
    const slots = Array.from({ length: 200 }, (_, i) => owner.claim(`farm/${i}`));
    expect(new Set(slots).size).toBe(200);
    expect(owner.claim('farm/17')).toBe(slots[17]);
    const worker = ServerTable.attach(owner.blocks.slice(0, 1), 0);
    expect(() => worker.state(slots[199]!)).toThrow('no block');
    for (const block of owner.blocks) worker.addBlock(block);
    worker.state(slots[199]!).started();
    expect(owner.state(slots[199]!).totals().currentRequests).toBe(1);
    expect(owner.state(slots[198]!).totals().currentRequests).toBe(0);
  });

  it('keep their numbers when the server comes back before they are recycled', () => {
    const { owner, slot, states } = tableOf(1);
    states[0]!.started();
    owner.release(slot);
    expect(owner.claimed()).toEqual([]);
    expect(owner.claim('shop/a:80')).toBe(slot);
    owner.recycleReleased();
    expect(states[0]!.totals().currentRequests).toBe(1);
    expect(owner.claimed()).toEqual(['shop/a:80']);
  });

  it('are given to another server clean, and what still holds the old one writes nothing', () => {
    const { owner, slot, states } = tableOf(1);
    states[0]!.started();
    states[0]!.tryAcquireConnection(0);
    owner.setHealthy(slot, false);
    owner.release(slot);
    owner.recycleReleased();
    expect(owner.slotOf('shop/a:80')).toBeUndefined();
    expect(owner.claim('shop/b:80')).toBe(slot);
    states[0]!.releaseConnection();
    states[0]!.ended(200, 1, 1, 1, false);
    states[0]!.started();
    const fresh = owner.state(slot);
    expect(fresh.takesNewWork).toBe(true);
    expect(fresh.totals()).toMatchObject({ totalRequests: 0, currentRequests: 0, currentConnections: 0 });
  });
});
