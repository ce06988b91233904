// Ejection of servers that fail more than the others: who stands out, how many may, for how long.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testedFarm } from '../../../test/kit/tested-farm.ts';
import type { OutlierConfig } from '../../model/farm-config.ts';
import { findOutliers, type Sample } from './outlier-detection.ts';

const SECOND = 1000;
const config: OutlierConfig = {
  interval: 10 * SECOND,
  minRequests: 20,
  failureRate: 50,
  deviations: 1.9,
  ejectFor: 30 * SECOND,
  mostEjected: 50,
};
const sample = (address: string, requests: number, failures: number): Sample => ({ address, requests, failures });
const found = (samples: Sample[], changes: Partial<OutlierConfig> = {}, ejected = 0) =>
  findOutliers(samples, samples.length + ejected, ejected, { ...config, ...changes }).map(({ address }) => address);

describe('who stands out', () => {
  it('is a server that fails where the others do not, worst first', () => {
    const samples = [sample('a', 100, 60), sample('b', 100, 0), sample('c', 100, 1), sample('d', 100, 90)];
    expect(found(samples, { deviations: 0.1 })).toEqual(['d', 'a']);
    expect(found(samples)).toEqual(['d']); // a fails no more than could be with a d among the others
  });

  it('is nobody when all fail alike, as with a fault that they share', () => {
    expect(found([sample('a', 100, 90), sample('b', 100, 90), sample('c', 100, 90)])).toEqual([]);
  });

  it('is nobody below failureRate, below minRequests, or without others to compare with', () => {
    expect(found([sample('a', 100, 49), sample('b', 100, 0)])).toEqual([]);
    expect(found([sample('a', 100, 50), sample('b', 100, 0)])).toEqual(['a']);
    expect(found([sample('a', 19, 19), sample('b', 100, 0)])).toEqual([]);
    expect(found([sample('a', 100, 100)])).toEqual([]);
    expect(found([sample('a', 100, 100), sample('b', 3, 0)])).toEqual([]);
  });

  it('is never more than the cap, nor the last, but at least one', () => {
    const samples = fc.array(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 100 })), {
      minLength: 1,
      maxLength: 20,
    });
    const settings = fc.record({
      mostEjected: fc.integer({ min: 1, max: 100 }),
      failureRate: fc.integer({ min: 1, max: 100 }),
      deviations: fc.double({ min: 0.1, max: 10, noNaN: true }),
      minRequests: fc.integer({ min: 1, max: 50 }),
      ejected: fc.integer({ min: 0, max: 20 }),
    });
    let ejections = 0;
    fc.assert(
      fc.property(samples, settings, (given, { ejected, ...changes }) => {
        const list = given.map(([requests, percent], index) =>
          sample(`${index}`, requests, Math.floor((requests * percent) / 100)),
        );
        const members = list.length + ejected;
        const out = found(list, changes, ejected);
        ejections += out.length;
        const cap = Math.max(1, Math.floor((members * changes.mostEjected) / 100));
        if (out.length > 0) expect(out.length + ejected).toBeLessThanOrEqual(cap);
        expect(out.length).toBeLessThan(Math.max(1, list.length));
        for (const address of out) {
          const { requests, failures } = list.find((each) => each.address === address)!;
          expect(requests).toBeGreaterThanOrEqual(changes.minRequests);
          expect(failures * 100).toBeGreaterThanOrEqual(changes.failureRate * requests);
        }
      }),
    );
    expect(ejections).toBeGreaterThan(0);
  });
});

describe('an outlier', () => {
  const test = { url: '', outlier: config };
  /** One interval in which server 0 fails as said, and the others do not. */
  const interval = ({ served, clock }: Awaited<ReturnType<typeof testedFarm>>, failures: number) => {
    served(0, 100, failures);
    for (const other of [1, 2, 3]) served(other, 100);
    clock.advance(10 * SECOND);
  };

  it('is out for ejectFor, and longer each time that it follows at once', async () => {
    const given = await testedFarm(4, test);
    const { clock, healthy, prober, id } = given;
    for (const times of [1, 2, 3]) {
      interval(given, 90);
      expect([0, 1, 2, 3].map(healthy)).toEqual([false, true, true, true]);
      clock.advance(times * 30 * SECOND - 1);
      expect(healthy(0)).toBe(false);
      clock.advance(1);
      expect(healthy(0)).toBe(true);
    }
    interval(given, 10); // no outlier: forgiven
    interval(given, 90);
    clock.advance(30 * SECOND);
    expect(healthy(0)).toBe(true);
    expect(prober.history(id(0)).map(({ by, healthy }) => [by, healthy])).toEqual(
      Array.from({ length: 8 }, (_, change) => ['outlier', change % 2 === 1]),
    );
    expect(prober.history(id(0))[0]!.reason).toBe(
      '90 of 100 requests failed (90 %), far more than at the other servers',
    );
  });

  it('is not let in by a URL test that passes all the while, but by an operator', async () => {
    const given = await testedFarm(4, { ...test, url: '/health', interval: 5 * SECOND, retries: 0 });
    const { nextResults, clock, healthy, prober, id } = given;
    await nextResults();
    interval(given, 90);
    await nextResults();
    clock.advance(5 * SECOND);
    await nextResults();
    expect(healthy(0)).toBe(false);
    prober.setHealthy(id(0));
    expect(healthy(0)).toBe(true);
    prober.setUnhealthy(id(0));
    clock.advance(SECOND);
    expect(healthy(0)).toBe(false);
  });

  it('that an operator takes out stays out when its time is over', async () => {
    const given = await testedFarm(4, test);
    const { clock, healthy, prober, id, events } = given;
    interval(given, 90);
    prober.setUnhealthy(id(0));
    expect(events).toHaveLength(1);
    clock.advance(1000 * SECOND);
    expect(healthy(0)).toBe(false);
    expect(prober.evidence(id(0))).toMatchObject({ by: 'operator' });
  });

  it('stays in where minServers says so', async () => {
    const given = await testedFarm(4, { ...test, minServers: 4 });
    interval(given, 90);
    expect(given.healthy(0)).toBe(true);
    expect(given.events.map(({ kind }) => kind)).toEqual(['minServersReached']);
  });

  it('is let in when the comparison is switched off', async () => {
    const given = await testedFarm(4, test);
    interval(given, 90);
    given.apply(given.farmOf({ outlier: null }));
    expect(given.healthy(0)).toBe(true);
    expect(given.prober.history(given.id(0)).at(-1)).toMatchObject({ by: 'configuration', healthy: true });
    interval(given, 90);
    expect(given.healthy(0)).toBe(true);
  });

  it('is judged by what it did since the last look alone', async () => {
    const given = await testedFarm(4, test);
    given.served(0, 1000, 400);
    for (const other of [1, 2, 3]) given.served(other, 1000);
    given.clock.advance(10 * SECOND);
    interval(given, 90);
    expect(given.healthy(0)).toBe(false);
  });
});
