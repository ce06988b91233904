// What operators do about the health of a server: marks, a test now, what happened (arr.md 5.2, 8.2).
import { describe, expect, it } from 'vitest';
import { testedFarm } from '../../../test/kit/tested-farm.ts';
import { until } from '../../../test/kit/until.ts';

const SECOND = 1000;

describe('a mark by hand', () => {
  const test = { interval: 10 * SECOND, retries: 0 };

  it('holds until the next test that disagrees, either way', async () => {
    const { backends, clock, nextResults, prober, id, healthy } = await testedFarm(1, test);
    await nextResults();
    prober.setUnhealthy(id(0));
    backends[0]!.status = 500;
    clock.advance(10 * SECOND);
    await nextResults();
    expect([healthy(0), prober.evidence(id(0))!.by]).toEqual([false, 'operator']);
    backends[0]!.status = 200;
    clock.advance(10 * SECOND);
    await nextResults();
    expect(healthy(0)).toBe(true);
    backends[0]!.status = 500;
    clock.advance(10 * SECOND);
    await nextResults();
    prober.setHealthy(id(0));
    expect(healthy(0)).toBe(true);
    clock.advance(10 * SECOND);
    await nextResults();
    expect(healthy(0)).toBe(false);
    expect(prober.history(id(0)).map(({ by, healthy }) => [by, healthy])).toEqual([
      ['operator', false],
      ['urlTest', true],
      ['urlTest', false],
      ['operator', true],
      ['urlTest', false],
    ]);
  });

  it('is not lifted by a test that was under way already', async () => {
    const { backends, clock, nextResults, prober, id, healthy } = await testedFarm(1, test);
    await nextResults();
    backends[0]!.isSilent = true;
    clock.advance(10 * SECOND);
    await until(() => backends[0]!.waiting.length === 1);
    clock.advance(1);
    prober.setUnhealthy(id(0));
    backends[0]!.waiting[0]!.end();
    await nextResults();
    expect(healthy(0)).toBe(false);
    backends[0]!.isSilent = false;
    clock.advance(10 * SECOND);
    await nextResults();
    expect(healthy(0)).toBe(true);
  });

  it('is remembered with the latest fifty changes', async () => {
    const { prober, id, clock } = await testedFarm(1, { url: '' });
    for (let turn = 0; turn < 40; turn++) {
      prober.setUnhealthy(id(0));
      clock.advance(SECOND);
      prober.setHealthy(id(0));
    }
    const history = prober.history(id(0));
    expect(history).toHaveLength(50);
    expect(history.at(-1)!.at).toBe(new Date(clock.wall()).toISOString());
    expect(prober.history('shop/gone:80')).toEqual([]);
  });
});

describe('a test now', () => {
  it('says as TestHealth of ARR what it saw, and changes nothing', async () => {
    const { backends, prober, farmOf, healthy, events } = await testedFarm(1, { url: '', retries: 0 });
    const farm = farmOf();
    const now = (changes: Parameters<typeof prober.testNow>[2]) => prober.testNow(farm, farm.servers[0]!, changes);
    expect(await now({})).toBeNull();
    expect(await now({ url: '/' })).toMatchObject({ result: 'Success', httpStatus: 200 });
    expect(await now({ url: 'tcp:' })).toMatchObject({ result: 'Success', httpStatus: null, reason: 'connected' });
    expect(await now({ url: '/', responseMatch: 'ok' })).toMatchObject({
      result: 'ResponseEntityFailure',
      httpStatus: 200,
    });
    backends[0]!.status = 503;
    expect(await now({ url: '/' })).toMatchObject({ result: 'StatusCodeFailure', httpStatus: 503 });
    expect(await now({ url: '/', statusCodeMatch: [[503, 503]] })).toMatchObject({ result: 'Success' });
    farm.servers[0]!.healthCheckAlternatePort = 1;
    expect(await now({ url: '/' })).toMatchObject({ result: 'ConnectionFailure', httpStatus: null });
    expect([healthy(0), events]).toEqual([true, []]);
  });
});
