// What becomes of states, drains and slow starts when the configuration changes under them. The clock stands still until told.
import { afterEach, describe, expect, it } from 'vitest';
import { RecordingLogger } from '../../test/kit/sample-admin.ts';
import { sampleFarm, sampleServer } from '../../test/kit/sample-farm.ts';
import { SimulatedClock } from '../base/simulated-clock.ts';
import type { LiveBindings } from '../control/lifecycle/drains.ts';
import { claimSlots, releaseOtherSlots } from '../control/state/server-slots.ts';
import type { Config } from '../model/config.ts';
import type { FarmConfig, ServerConfig } from '../model/farm-config.ts';
import { Availability } from '../model/server-state.ts';
import { ServerTableOwner } from '../model/server-table-owner.ts';
import { FarmControl } from './farm-control.ts';

const MINUTE = 60_000;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** @param changes of the farm */
function setUp(changes: Partial<FarmConfig> = {}) {
  const clock = new SimulatedClock();
  const table = ServerTableOwner.create(1);
  const bindings: LiveBindings = { clients: 0, hosts: 0, requests: 0, webSockets: 0, lastUse: 0 };
  const logger = new RecordingLogger();
  const control = new FarmControl({
    ...{ clock, logger, table, stateDirectory: null },
    bindingsOf: () => ({ ...bindings }),
    fetch: () => Promise.resolve(null),
    settled: () => Promise.resolve(),
    onApplied: () => {},
    reapply: () => Promise.resolve(),
  });
  closing.push(() => control.close());
  /** As a reload does it, and once no request runs on what was before. */
  const run = (...servers: (string | ServerConfig)[]) => {
    const farms = [sampleFarm('shop', servers, changes)];
    const config = { farms, webhooks: [] } as unknown as Config;
    claimSlots(table, farms);
    releaseOtherSlots(table, farms);
    control.applied(config, config);
    return farms[0]!;
  };
  const stateOf = (address: string) => table.state(table.slotOf(`shop/${address}`)!);
  const drain = (farm: FarmConfig, address: string) => {
    const server = farm.servers.find((each) => each.address === address)!;
    table.setAvailability(table.slotOf(`shop/${address}`)!, Availability.Draining);
    control.drain(farm, server, {});
  };
  return { clock, table, bindings, logger, control, run, stateOf, drain };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a server that the configuration names no more', () => {
  it('drains no more: who has its place in the table afterwards is not stopped', async () => {
    const { clock, table, bindings, logger, run, stateOf, drain } = setUp();
    bindings.requests = 1;
    drain(run('a:1', 'b:1'), 'b:1');
    run('a:1');
    table.recycleReleased();
    run('a:1', 'c:1');
    bindings.requests = 0;
    clock.advance(MINUTE);
    await turn();
    expect([stateOf('a:1').availability, stateOf('c:1').availability]).toEqual([0, 0]);
    expect(logger.lines).toEqual([]);
  });

  it('starts slowly no more', () => {
    const { clock, table, run, stateOf } = setUp({ slowStart: MINUTE });
    run('a:1');
    run('a:1', 'b:1');
    const slot = table.slotOf('shop/b:1')!;
    expect(stateOf('b:1').rampMissing).toBe(90);
    run('a:1');
    clock.advance(1000);
    table.recycleReleased();
    clock.advance(10_000);
    expect(table.state(slot).rampMissing).toBe(0);
  });

  it('is a new one when it comes again', async () => {
    const { clock, control, bindings, run, stateOf, drain } = setUp();
    bindings.requests = 1;
    drain(run('a:1', 'b:1'), 'b:1');
    run('a:1');
    run('a:1', 'b:1');
    bindings.requests = 0;
    clock.advance(MINUTE);
    await turn();
    expect([stateOf('b:1').availability, control.drains.status('shop/b:1')]).toEqual([Availability.Active, null]);
  });
});

describe('a server that leaves', () => {
  const leaving = (address: string) => sampleServer(address, { leaving: true });

  it('drains, and comes back Active', () => {
    const { bindings, run, stateOf } = setUp();
    bindings.requests = 1;
    run('a:1', 'b:1');
    run('a:1', leaving('b:1'));
    expect(stateOf('b:1').availability).toBe(Availability.Draining);
    run('a:1', 'b:1');
    expect(stateOf('b:1').availability).toBe(Availability.Active);
  });

  it('after it was stopped gets no clients back: only its open requests are waited for', async () => {
    const { clock, table, bindings, control, run, stateOf } = setUp();
    run('a:1', 'b:1');
    table.setAvailability(table.slotOf('shop/b:1')!, Availability.Inactive);
    Object.assign(bindings, { requests: 1, clients: 3, lastUse: Math.floor(clock.wall() / 1000) });
    run('a:1', leaving('b:1'));
    await turn();
    expect([stateOf('b:1').availability, control.drains.isUnderWay('shop/b:1')]).toEqual([Availability.Inactive, true]);
    bindings.requests = 0;
    clock.advance(2000);
    expect(control.drains.isUnderWay('shop/b:1')).toBe(false);
  });
});

describe('a server that is enabled by a reload', () => {
  it('starts slowly, as one that joins', () => {
    const { run, stateOf } = setUp({ slowStart: MINUTE });
    run('a:1', sampleServer('b:1', { enabled: false }));
    run('a:1', 'b:1');
    expect([stateOf('a:1').rampMissing, stateOf('b:1').rampMissing]).toEqual([0, 90]);
  });
});

describe('clients with a cookie of a router that ran before', () => {
  it('may still come: a drain does not pass them over', async () => {
    const cookie = { ...sampleFarm('', []).affinity, useCookie: true, secret: 'kept from before' };
    const { clock, table, run } = setUp({ affinity: cookie });
    run('a:1');
    const at = () => table.state(table.slotOf('shop/a:1')!).lastBinding;
    expect(at()).toBe(Math.floor(clock.wall() / 1000));
    clock.advance(MINUTE);
    run('a:1', 'b:1');
    // One that joins meanwhile was known to nobody.
    expect(table.state(table.slotOf('shop/b:1')!).lastBinding).toBe(0);
  });
});
