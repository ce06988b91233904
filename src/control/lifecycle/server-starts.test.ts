// How a server comes to its share, over time.
import { describe, expect, it } from 'vitest';
import { sampleFarm } from '../../../test/kit/sample-farm.ts';
import { SimulatedClock } from '../../base/simulated-clock.ts';
import type { FarmConfig } from '../../model/farm-config.ts';
import { ServerTableOwner } from '../../model/server-table-owner.ts';
import { claimSlots } from '../state/server-slots.ts';
import { ServerStarts } from './server-starts.ts';

function setUp(changes: Partial<FarmConfig>) {
  const farm = sampleFarm('shop', ['a:1'], changes);
  const clock = new SimulatedClock();
  const table = ServerTableOwner.create(1);
  claimSlots(table, [farm]);
  const state = table.state(table.slotOf('shop/a:1')!);
  const fetched: { path: string; answer: (fault: string | null) => void; signal: AbortSignal }[] = [];
  const failures: string[] = [];
  const starts = new ServerStarts({
    ...{ clock, table },
    fetch: (_farm, _server, path, signal) =>
      new Promise((resolve) => {
        fetched.push({ path, answer: resolve, signal });
        signal.addEventListener('abort', () => resolve(String(signal.reason)));
      }),
    onWarmUpFailed: (_id, reason) => void failures.push(reason),
  });
  const begin = () => starts.begin(farm, farm.servers[0]!);
  return { clock, state, fetched, failures, starts, begin };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a slow start', () => {
  it('begins with a tenth of the weight and has all of it at its end', () => {
    const { clock, state, begin } = setUp({ slowStart: 20_000 });
    begin();
    const missing = [state.rampMissing];
    for (let second = 0; second < 20; second++) {
      clock.advance(1000);
      missing.push(state.rampMissing);
    }
    expect(missing[0]).toBe(90);
    expect(missing[10]).toBe(45);
    expect(missing[20]).toBe(0);
    expect([...missing].sort((a, b) => b - a)).toEqual(missing);
  });

  it('is over at once when the server stops', () => {
    const { clock, state, starts, begin } = setUp({ slowStart: 20_000 });
    begin();
    starts.cancel('shop/a:1');
    expect(state.rampMissing).toBe(0);
    clock.advance(20_000);
    expect(state.rampMissing).toBe(0);
  });

  it('does not happen where it is not asked for', () => {
    const { state, begin } = setUp({});
    begin();
    expect([state.rampMissing, state.warming]).toEqual([0, false]);
  });
});

describe('warming up', () => {
  const warmUp = { urls: ['/one', '/two'], timeout: 60_000 };

  it('fetches one URL after the other, then lets traffic in', async () => {
    const { state, fetched, failures, begin } = setUp({ warmUp });
    begin();
    expect([state.warming, fetched.map(({ path }) => path)]).toEqual([true, ['/one']]);
    fetched[0]!.answer(null);
    await turn();
    expect([state.warming, fetched.map(({ path }) => path)]).toEqual([true, ['/one', '/two']]);
    fetched[1]!.answer(null);
    await turn();
    expect([state.warming, failures]).toEqual([false, []]);
  });

  it('is followed by the slow start', async () => {
    const { state, fetched, begin } = setUp({ warmUp: { ...warmUp, urls: ['/one'] }, slowStart: 10_000 });
    begin();
    fetched[0]!.answer(null);
    await turn();
    expect([state.warming, state.rampMissing]).toEqual([false, 90]);
  });

  it('lets traffic in all the same where a URL fails, and says so', async () => {
    const { state, fetched, failures, begin } = setUp({ warmUp });
    begin();
    fetched[0]!.answer('status 500, expected 200-399');
    await turn();
    fetched[1]!.answer(null);
    await turn();
    expect([state.warming, failures]).toEqual([false, ['/one: status 500, expected 200-399']]);
  });

  it('takes no longer than its timeout', async () => {
    const { clock, state, fetched, failures, begin } = setUp({ warmUp });
    begin();
    clock.advance(60_000);
    await turn();
    expect(failures).toEqual(['/one: not warm within 60 s (warmUp.timeout)']);
    expect([state.warming, fetched.length, fetched[0]!.signal.aborted]).toEqual([false, 1, true]);
  });

  it('ends when the server stops meanwhile, and says nothing of that', async () => {
    const { state, fetched, failures, starts, begin } = setUp({ warmUp });
    begin();
    starts.cancel('shop/a:1');
    await turn();
    expect([state.warming, fetched.length, failures]).toEqual([false, 1, []]);
  });

  it('that begins anew says nothing of the one before, which was not to end', async () => {
    const { fetched, failures, begin } = setUp({ warmUp });
    begin();
    begin();
    await turn();
    expect([fetched.length, failures]).toEqual([2, []]);
  });
});
