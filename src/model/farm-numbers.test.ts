// Retries that are counted for the whole process.
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FarmNumbers } from './farm-numbers.ts';
import { farmSlotId, ServerTable } from './server-table.ts';
import { ServerTableOwner } from './server-table-owner.ts';

const SECOND = Date.UTC(2026, 0, 1) / 1000;

function workers(rows = 2) {
  const owner = ServerTableOwner.create(rows);
  const slot = owner.claim(farmSlotId('shop'));
  const numbers = Array.from({ length: rows }, (_, row) => ServerTable.attach(owner.blocks, row).farmNumbers(slot));
  return { owner, slot, numbers };
}

describe('retries of a farm', () => {
  it('keep within perSecond, or within the most of ten seconds', () => {
    const { numbers } = workers();
    const [a, b] = numbers as [FarmNumbers, FarmNumbers];
    const granted = (most: number, second: number) =>
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? a : b).tryRetry(second, 3, most)).filter(Boolean).length;
    expect(granted(0, SECOND)).toBe(3);
    expect(granted(10, SECOND + 1)).toBe(7); // with three of the second before
    expect(granted(10, SECOND + 2)).toBe(3);
    expect(a.retriesUntil(SECOND + 2)).toBe(13);
    expect([a.retriesUntil(SECOND + 10), b.retriesUntil(SECOND + 12)]).toEqual([10, 0]);
    expect(b.retries).toEqual({ made: 13, refused: 47 });
  });

  it('count no more where they are not made', () => {
    const { numbers } = workers(1);
    const [own] = numbers as [FarmNumbers];
    expect([own.tryRetry(SECOND, 1, 0), own.tryRetry(SECOND, 1, 0)]).toEqual([true, false]);
    own.returnRetry(SECOND);
    expect([own.retriesUntil(SECOND), own.retries]).toEqual([0, { made: 0, refused: 1 }]);
    expect(own.tryRetry(SECOND, 1, 0)).toBe(true);
  });

  it('are those of the latest ten seconds, whatever was before', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(6), fc.integer({ min: 1, max: 9 })), { maxLength: 30 }), (steps) => {
        const { numbers } = workers(1);
        const made: number[] = [];
        let second = SECOND;
        for (const [later, retries] of steps) {
          second += later;
          for (let i = 0; i < retries; i++) {
            expect(numbers[0]!.tryRetry(second, 100_000, 0)).toBe(true);
            made.push(second);
          }
          expect(numbers[0]!.retriesUntil(second)).toBe(made.filter((at) => at > second - 10).length);
        }
      }),
    );
  });

  it('are not exceeded by four threads at one time', async () => {
    const { owner, slot } = workers(4);
    const text = `
      import { parentPort, workerData } from 'node:worker_threads';
      const { ServerTable } = await import(workerData.module);
      const numbers = ServerTable.attach(workerData.blocks, workerData.row).farmNumbers(workerData.slot);
      let granted = 0;
      for (let i = 0; i < 20000; i++) if (numbers.tryRetry(workerData.second, 0, 1000)) granted++;
      parentPort.postMessage(granted);`;
    const module = new URL('./server-table.ts', import.meta.url).href;
    const granted = await Promise.all(
      [0, 1, 2, 3].map((row) => {
        const workerData = { module, blocks: owner.blocks, row, slot, second: SECOND };
        const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(text)}`), { workerData });
        return new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject));
      }),
    );
    const sum = granted.reduce((all, each) => all + each, 0);
    expect(sum).toBeLessThanOrEqual(1000);
    expect(sum).toBeGreaterThan(990);
  });
});

describe('places in the queue', () => {
  it('are given out in turn, at most so many, and back when a worker dies', () => {
    const { owner, numbers } = workers();
    const [a, b] = numbers as [FarmNumbers, FarmNumbers];
    const tickets = [a.tryQueue(3), b.tryQueue(3), a.tryQueue(3)];
    expect(tickets).toEqual([1, 2, 3]);
    expect([b.tryQueue(3), b.queued]).toEqual([0, 3]);
    a.noteOldest(1);
    expect([b.othersWaitLonger(2), a.othersWaitLonger(1)]).toEqual([true, false]);
    owner.retireRow(0);
    expect([b.queued, b.othersWaitLonger(2)]).toEqual([1, false]);
    b.leaveQueue();
    expect(b.queued).toBe(0);
  });
});
