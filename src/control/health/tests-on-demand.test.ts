// When tests run and what they take to bring a server back: rise, jitter, tests on demand, what is otherwise for a server.
import { describe, expect, it } from 'vitest';
import { testedFarm } from '../../../test/kit/tested-farm.ts';
import { until } from '../../../test/kit/until.ts';

const SECOND = 1000;

describe('rise', () => {
  const test = { interval: SECOND, retries: 0, rise: 3 };

  it('is how many tests in a row must pass before a server is back', async () => {
    const { backends, clock, nextResults, healthy, prober, id } = await testedFarm(1, test);
    backends[0]!.status = 500;
    await nextResults();
    for (const status of [200, 200, 500, 200, 200]) {
      backends[0]!.status = status;
      clock.advance(SECOND);
      await nextResults();
      expect(healthy(0)).toBe(false);
    }
    clock.advance(SECOND);
    await nextResults();
    expect(healthy(0)).toBe(true);
    expect(prober.evidence(id(0))).toMatchObject({ by: 'urlTest', reason: 'URL test: status 200, 3 times in a row' });
  });

  it('counts from the mark on: what passed before live traffic took it out is not counted', async () => {
    const live = { maxLiveTrafficFailures: 1, liveTrafficFailurePeriod: 10 * SECOND };
    const { clock, nextResults, healthy, prober, id } = await testedFarm(1, { ...test, ...live });
    for (let pass = 0; pass < 5; pass++) {
      await nextResults();
      clock.advance(SECOND);
    }
    await nextResults();
    prober.liveFailure(id(0), 'status 500');
    for (const back of [false, false, true]) {
      clock.advance(SECOND);
      await nextResults();
      expect(healthy(0)).toBe(back);
    }
  });
});

describe('jitter', () => {
  it.each([
    [0, 8],
    [0.5, 10],
    [0.999999, 12],
  ])('of 20 percent with chance at %d makes an interval of 10 s one of %d s', async (chance, seconds) => {
    const test = { interval: 10 * SECOND, jitter: 20 };
    const { backends, clock, nextResults } = await testedFarm(1, test, () => chance);
    await nextResults();
    clock.advance(seconds * SECOND - 2);
    expect(backends[0]!.asked).toBe(1);
    clock.advance(2);
    await nextResults();
    expect(backends[0]!.asked).toBe(2);
  });
});

describe('tests on demand', () => {
  const test = { interval: 10 * SECOND, retries: 0, onDemand: true };
  /** So many intervals, in steps in which what was begun can end. */
  const pass = async ({ clock }: Awaited<ReturnType<typeof testedFarm>>, seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      clock.advance(SECOND);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  it('rest while no request comes, and start within a second of the next', async () => {
    const given = await testedFarm(1, test);
    const { backends, nextResults, served } = given;
    await nextResults();
    await pass(given, 10);
    await nextResults(); // nothing is known of requests before the first look
    expect(backends[0]!.asked).toBe(2);
    await pass(given, 100);
    expect(backends[0]!.asked).toBe(2);
    served(0, 1);
    await pass(given, 1);
    await nextResults();
    expect(backends[0]!.asked).toBe(3);
  });

  it('go on while requests come', async () => {
    const given = await testedFarm(1, test);
    const { backends, nextResults, served } = given;
    for (let asked = 1; asked < 6; asked++) {
      await nextResults();
      expect(backends[0]!.asked).toBe(asked);
      served(0, 1);
      await pass(given, 10);
    }
  });

  it('go on for a server that is out: it gets no request that would start them', async () => {
    const live = { maxLiveTrafficFailures: 1, liveTrafficFailurePeriod: 10 * SECOND };
    const given = await testedFarm(1, { ...test, ...live });
    const { nextResults, prober, id, healthy } = given;
    await nextResults();
    await pass(given, 30);
    prober.liveFailure(id(0), 'status 500');
    expect(healthy(0)).toBe(false);
    await pass(given, 1);
    await until(() => healthy(0));
  });
});

describe('what is otherwise for one server', () => {
  it('holds for it alone', async () => {
    const given = await testedFarm(3, { interval: 10 * SECOND, retries: 1 });
    const { backends, clock, nextResults, apply, farmOf, healthy, prober, id } = given;
    await nextResults();
    const farm = farmOf();
    farm.servers[0]!.healthCheck = { interval: 2 * SECOND, retries: 0, statusCodeMatch: [[404, 404]] };
    farm.servers[1]!.healthCheck = { url: '' };
    backends[0]!.status = 404;
    backends[2]!.status = 404;
    clock.advance(1);
    apply(farm);
    await nextResults([0]);
    expect(prober.evidence(id(0))!.lastResults.at(-1)).toMatchObject({ passed: true, status: 404 });
    backends[0]!.status = 200;
    clock.advance(2 * SECOND);
    await nextResults([0]);
    expect([healthy(0), healthy(1), healthy(2)]).toEqual([false, true, true]);
    clock.advance(10 * SECOND);
    await nextResults([0, 2]);
    expect(backends[1]!.asked).toBe(1);
    expect(backends[2]!.asked).toBe(2);
    expect(healthy(2)).toBe(true);
  });

  it('can be a test by TCP where the farm has none', async () => {
    const { apply, farmOf, nextResults, prober, id, clock } = await testedFarm(2, { url: '' });
    const farm = farmOf();
    farm.servers[0]!.healthCheck = { url: 'tcp:' };
    apply(farm);
    await nextResults([0]);
    expect(prober.evidence(id(0))).toMatchObject({ healthy: true, reason: 'URL test: connected' });
    clock.advance(60 * SECOND);
    expect(prober.evidence(id(1))!.lastResults).toEqual([]);
  });
});
