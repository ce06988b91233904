// Health of farms over time: real servers, a clock that stands still until told.
import { describe, expect, it } from 'vitest';
import { testedFarm } from '../../../test/kit/tested-farm.ts';
import { until } from '../../../test/kit/until.ts';
import { Availability } from '../../model/server-state.ts';
import type { HealthEvent } from './health-event.ts';

const SECOND = 1000;

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const kinds = (events: readonly HealthEvent[]) => events.map((event) => event.kind);

describe('URL test', () => {
  it('tests at once and then at each interval, and says what it saw', async () => {
    const { backends, clock, nextResults, prober, id, events } = await testedFarm(1, { interval: 30 * SECOND });
    await nextResults();
    expect(prober.evidence(id(0))).toMatchObject({ healthy: true, reason: 'URL test: status 200' });
    clock.advance(30 * SECOND - 1);
    expect(backends[0]!.asked).toBe(1);
    clock.advance(1);
    await nextResults();
    expect(backends[0]!.asked).toBe(2);
    expect(events).toEqual([]);
  });

  it('marks a server unhealthy after 1 + retries failures in a row, the retries closer together, with its evidence', async () => {
    const given = await testedFarm(2, { interval: 30 * SECOND, timeout: 5 * SECOND, retries: 2 });
    const { backends, clock, nextResults, events, healthy, id } = given;
    backends[0]!.status = 500;
    await nextResults();
    for (const retry of [1, 2]) {
      expect(healthy(0)).toBe(true);
      expect(backends[0]!.asked).toBe(retry);
      clock.advance(5 * SECOND);
      await nextResults([0]);
    }
    expect([healthy(0), healthy(1)]).toEqual([false, true]);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      kind: 'serverUnhealthy',
      eventId: 1000,
      farm: 'shop',
      id: id(0),
      reason: 'URL test: status 500, expected 200-399, 3 failures in a row',
      evidence: { healthy: false, lastResults: [{ status: 500 }, { status: 500 }, { status: 500 }] },
    });
    expect(events[0]!.at).toBe(clock.wall());
    clock.advance(29 * SECOND);
    expect(backends[0]!.asked).toBe(3);
  });

  it('does not mark a server whose failures are not in a row', async () => {
    const { backends, clock, nextResults, events, healthy } = await testedFarm(1, { interval: 5 * SECOND, retries: 1 });
    for (const status of [200, 500, 200, 500, 200]) {
      backends[0]!.status = status;
      await nextResults();
      expect(healthy(0)).toBe(true);
      backends[0]!.status = status === 200 ? 500 : 200;
      clock.advance(5 * SECOND);
    }
    expect(events).toEqual([]);
  });

  it('marks a server healthy again at its next success', async () => {
    const { backends, clock, nextResults, events, healthy } = await testedFarm(1, { interval: 5 * SECOND, retries: 0 });
    await nextResults();
    backends[0]!.status = 503;
    clock.advance(5 * SECOND);
    await nextResults();
    expect(healthy(0)).toBe(false);
    backends[0]!.status = 204;
    clock.advance(5 * SECOND);
    await nextResults();
    expect(healthy(0)).toBe(true);
    expect(events.map(({ kind, eventId, reason }) => [kind, eventId, reason])).toEqual([
      ['serverUnhealthy', 1000, 'URL test: status 503, expected 200-399'],
      ['serverHealthy', null, 'URL test: status 204'],
    ]);
  });

  it('never runs twice at once on a server that does not answer, and fails by its timeout', async () => {
    const given = await testedFarm(1, { interval: 10 * SECOND, timeout: 30 * SECOND, retries: 0 });
    const { backends, clock, nextResults, prober, id, healthy } = given;
    await nextResults();
    backends[0]!.isSilent = true;
    clock.advance(10 * SECOND);
    await until(() => backends[0]!.asked === 2);
    clock.advance(30 * SECOND - 1);
    expect(backends[0]!.asked).toBe(2);
    expect(healthy(0)).toBe(true);
    clock.advance(1);
    await nextResults();
    expect(healthy(0)).toBe(false);
    expect(prober.evidence(id(0))!.reason).toBe('URL test: no complete response in 30000 ms (healthCheck.timeout)');
    clock.advance(0);
    await until(() => backends[0]!.asked === 3);
  });

  it('does not run at an interval of 0, nor after close', async () => {
    const off = await testedFarm(1, { interval: 0 });
    off.clock.advance(1000 * SECOND);
    expect(off.prober.evidence(off.id(0))).toMatchObject({ healthy: true, reason: 'not tested yet', lastResults: [] });
    const on = await testedFarm(1, { interval: SECOND });
    await on.nextResults();
    on.prober.close();
    on.clock.advance(100 * SECOND);
    expect(on.backends[0]!.asked).toBe(1);
    expect(off.backends[0]!.asked).toBe(0);
  });

  it('reports nothing of a run that was under way when it was closed', async () => {
    const given = await testedFarm(1, { interval: SECOND, retries: 0 });
    const { backends, clock, nextResults, prober, events } = given;
    await nextResults();
    backends[0]!.isSilent = true;
    clock.advance(SECOND);
    await until(() => backends[0]!.waiting.length === 1);
    const cut = new Promise((resolve) => backends[0]!.waiting[0]!.on('close', resolve));
    prober.close();
    await cut;
    // The cut is seen on our side within a few turns of the loop, and must lead to nothing, nor to a next run.
    await turns(20);
    clock.advance(SECOND);
    await turns(20);
    expect(events).toEqual([]);
    expect(backends[0]!.asked).toBe(2);
  });
});

describe('live-traffic test', () => {
  const test = { url: '', maxLiveTrafficFailures: 3, liveTrafficFailurePeriod: 10 * SECOND };

  it('marks a server after so many failures within the period, and leaves it out until an operator acts', async () => {
    const { prober, clock, healthy, id, events } = await testedFarm(2, test);
    prober.liveFailure(id(0), 'connection refused');
    prober.liveFailure(id(0), 'connection refused');
    clock.advance(10 * SECOND);
    prober.liveFailure(id(0), 'connection refused');
    prober.liveFailure(id(0), 'connection refused');
    expect(healthy(0)).toBe(true);
    prober.liveFailure(id(0), 'status 503');
    expect([healthy(0), healthy(1)]).toEqual([false, true]);
    clock.advance(10_000 * SECOND);
    expect(healthy(0)).toBe(false);
    expect(prober.setHealthy(id(0))).toBe(true);
    expect(healthy(0)).toBe(true);
    expect(events.map((event) => event.reason)).toEqual([
      'live traffic: 3 failures within 10 s, the last: status 503',
      'set healthy by an operator',
    ]);
  });

  it('starts counting anew when the server was marked healthy', async () => {
    const { prober, healthy, id } = await testedFarm(1, test);
    for (let i = 0; i < 3; i++) prober.liveFailure(id(0), 'status 500');
    prober.setHealthy(id(0));
    prober.liveFailure(id(0), 'status 500');
    expect(healthy(0)).toBe(true);
  });

  it('is off at a period of 0, and ignores servers that are gone', async () => {
    const { prober, healthy, id } = await testedFarm(1, { url: '', maxLiveTrafficFailures: 1 });
    prober.liveFailure(id(0), 'status 500');
    prober.liveFailure('shop/gone:80', 'status 500');
    prober.liveFailure('other/a:80', 'status 500');
    expect(healthy(0)).toBe(true);
  });

  it('leaves recovery to the URL test where there is one', async () => {
    const { prober, clock, healthy, id, nextResults } = await testedFarm(1, {
      ...test,
      url: '/health',
      interval: SECOND,
    });
    await nextResults();
    for (let i = 0; i < 3; i++) prober.liveFailure(id(0), 'status 500');
    expect(healthy(0)).toBe(false);
    clock.advance(SECOND);
    await nextResults();
    expect(healthy(0)).toBe(true);
  });
});

describe('minServers', () => {
  const test = { url: '', maxLiveTrafficFailures: 1, liveTrafficFailurePeriod: SECOND, minServers: 2 };

  it('holds back the mark that would leave fewer, says so once, and lets marks through again after a recovery', async () => {
    const { prober, healthy, id, events } = await testedFarm(3, test);
    for (const index of [0, 1, 2, 1]) prober.liveFailure(id(index), 'status 500');
    expect([healthy(0), healthy(1), healthy(2)]).toEqual([false, true, true]);
    expect(kinds(events)).toEqual(['serverUnhealthy', 'minServersReached']);
    expect(events[1]).toMatchObject({ eventId: 1002, id: id(1) });
    expect(events[1]!.reason).toContain('minServers is 2');
    prober.setHealthy(id(0));
    prober.liveFailure(id(2), 'status 500');
    prober.liveFailure(id(1), 'status 500');
    expect([healthy(0), healthy(1), healthy(2)]).toEqual([true, true, false]);
    expect(kinds(events.slice(2))).toEqual(['serverHealthy', 'serverUnhealthy', 'minServersReached']);
  });

  it('counts only servers that take new work', async () => {
    const { prober, table, slot, healthy, id } = await testedFarm(3, test);
    table.setAvailability(slot(2), Availability.Draining);
    prober.liveFailure(id(0), 'status 500');
    expect(healthy(0)).toBe(true);
    prober.liveFailure(id(2), 'status 500');
    expect(healthy(2)).toBe(false);
  });

  it('is not what panicThreshold does: that holds no mark back', async () => {
    const { prober, healthy, id } = await testedFarm(2, { ...test, minServers: 0, panicThreshold: 100 });
    prober.liveFailure(id(0), 'status 500');
    prober.liveFailure(id(1), 'status 500');
    expect([healthy(0), healthy(1)]).toEqual([false, false]);
  });

  it('does not bind an operator', async () => {
    const { prober, healthy, id } = await testedFarm(1, test);
    expect(prober.setUnhealthy(id(0))).toBe(true);
    expect(healthy(0)).toBe(false);
    expect(prober.setUnhealthy('shop/gone:80')).toBe(false);
  });
});

describe('a reload', () => {
  it('leaves alone what stays: timers, evidence and marks', async () => {
    const given = await testedFarm(2, { interval: 10 * SECOND, retries: 0 });
    const { backends, clock, nextResults, apply, farmOf, healthy, prober, id, addresses } = given;
    backends[0]!.status = 500;
    await nextResults();
    clock.advance(9 * SECOND);
    const heavier = farmOf();
    heavier.servers[0]!.weight = 7;
    apply(heavier);
    expect(backends.map((backend) => backend.asked)).toEqual([1, 1]);
    expect(healthy(0)).toBe(false);
    expect(prober.evidence(id(0))!.lastResults).toHaveLength(1);
    clock.advance(SECOND);
    await nextResults();
    expect(backends.map((backend) => backend.asked)).toEqual([2, 2]);
    expect(prober.evidence(id(0))!.lastResults.at(-1)!.at).toBe(clock.wall());
    apply(farmOf({}, [addresses[1]!]));
    expect(prober.evidence(id(0))).toBeNull();
    clock.advance(10 * SECOND);
    await nextResults([1]);
    expect(backends[0]!.asked).toBe(2);
  });

  it('tests anew, keeping the evidence, when the test changed', async () => {
    const { backends, nextResults, apply, farmOf, clock, prober, id, healthy } = await testedFarm(1, { retries: 0 });
    backends[0]!.status = 404;
    await nextResults();
    expect(healthy(0)).toBe(false);
    clock.advance(1);
    apply(farmOf({ statusCodeMatch: [[404, 404]] }));
    expect(healthy(0)).toBe(false);
    await nextResults();
    expect(healthy(0)).toBe(true);
    expect(prober.evidence(id(0))!.lastResults.map((result) => result.passed)).toEqual([false, true]);
  });

  it('makes a server healthy when the test that marked it is switched off', async () => {
    const { backends, nextResults, apply, farmOf, healthy, events } = await testedFarm(1, { retries: 0 });
    backends[0]!.status = 500;
    await nextResults();
    apply(farmOf({ url: '' }));
    expect(healthy(0)).toBe(true);
    expect(kinds(events)).toEqual(['serverUnhealthy', 'serverHealthy']);
  });

  it('starts a server that comes back healthy', async () => {
    const { apply, farmOf, healthy, prober, id, addresses } = await testedFarm(2, { url: '' });
    prober.setUnhealthy(id(0));
    apply(farmOf({}, [addresses[1]!]));
    apply(farmOf());
    expect(healthy(0)).toBe(true);
    expect(prober.evidence(id(0))!.healthy).toBe(true);
  });
});
