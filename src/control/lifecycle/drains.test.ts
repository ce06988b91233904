// When a drain is done: a clock that stands still until told, and bindings that the test makes up.
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../base/simulated-clock.ts';
import { Drains, type LiveBindings } from './drains.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

function setUp(
  { deadline = 0, ...more }: { affinityTimeout?: number; idleTimeout?: number; deadline?: number } = {},
  settled: Promise<unknown> = Promise.resolve(),
) {
  const clock = new SimulatedClock();
  const now = () => Math.floor(clock.wall() / SECOND);
  const bindings: LiveBindings = { clients: 0, hosts: 0, requests: 0, webSockets: 0, lastUse: 0 };
  const drains = new Drains(
    clock,
    () => ({ ...bindings }),
    () => settled,
  );
  const ends: string[] = [];
  const start = async () => {
    drains.start(
      'shop/a',
      {
        affinityTimeout: 20 * MINUTE,
        idleTimeout: 20 * MINUTE,
        until: deadline === 0 ? 0 : clock.wall() + deadline,
        ...more,
      },
      (endedBy) => void ends.push(endedBy),
    );
    await Promise.resolve();
  };
  return { clock, now, bindings, drains, ends, start };
}

describe('a drain', () => {
  it('is done at once where nobody is bound', async () => {
    const { drains, ends, start } = setUp();
    await start();
    expect(ends).toEqual(['noBindings']);
    expect(drains.status('shop/a')).toMatchObject({ endedBy: 'noBindings', clients: 0, lastUse: null });
    expect(drains.isUnderWay('shop/a')).toBe(false);
  });

  it('waits until every worker knows of it: one may have sent a request there just before', async () => {
    const settled = Promise.withResolvers<void>();
    const { clock, bindings, ends, start } = setUp({}, settled.promise);
    await start();
    clock.advance(2 * SECOND);
    expect(ends).toEqual([]);
    bindings.requests = 1;
    settled.reject(new Error('the worker died'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(ends).toEqual([]);
    bindings.requests = 0;
    clock.advance(SECOND);
    expect(ends).toEqual(['noBindings']);
  });

  it('waits for open requests, however long they take', async () => {
    const { clock, bindings, ends, start } = setUp();
    bindings.requests = 1;
    await start();
    clock.advance(60 * MINUTE);
    expect(ends).toEqual([]);
    bindings.requests = 0;
    clock.advance(SECOND);
    expect(ends).toEqual(['noBindings']);
  });

  it('waits until no bound client was seen for affinity.timeout, and each that is seen keeps it', async () => {
    const { clock, now, bindings, ends, start } = setUp();
    bindings.lastUse = now();
    await start();
    clock.advance(19 * MINUTE);
    bindings.lastUse = now();
    clock.advance(19 * MINUTE);
    expect(ends).toEqual([]);
    clock.advance(2 * MINUTE);
    expect(ends).toEqual(['noBindings']);
  });

  it('ends sooner where an idle time is given', async () => {
    const { clock, now, bindings, ends, start } = setUp({ idleTimeout: 30 * SECOND });
    bindings.lastUse = now();
    await start();
    clock.advance(30 * SECOND);
    expect(ends).toEqual([]);
    clock.advance(2 * SECOND);
    expect(ends).toEqual(['idle']);
  });

  it('counts its clients when somebody asks, not each time that it is looked at', async () => {
    const clock = new SimulatedClock();
    let counted = 0;
    const bindings: LiveBindings = {
      ...{ hosts: 0, requests: 1, webSockets: 0, lastUse: 0 },
      get clients() {
        return ++counted;
      },
    };
    const drains = new Drains(
      clock,
      () => bindings,
      () => Promise.resolve(),
    );
    drains.start('shop/a', { affinityTimeout: MINUTE, idleTimeout: MINUTE, until: 0 }, () => {});
    await Promise.resolve();
    clock.advance(MINUTE);
    expect([counted, drains.status('shop/a')?.clients, counted]).toEqual([0, 1, 1]);
  });

  it('ends at its deadline, whoever is bound', async () => {
    const { clock, bindings, drains, ends, start } = setUp({ deadline: 5 * MINUTE });
    bindings.requests = 3;
    await start();
    const waiting = drains.whenDone('shop/a');
    clock.advance(5 * MINUTE - 1);
    expect(ends).toEqual([]);
    clock.advance(SECOND);
    expect(ends).toEqual(['deadline']);
    expect(await waiting).toMatchObject({ endedBy: 'deadline', requests: 3 });
  });

  it('waits for host names that were used within affinity.timeout', async () => {
    const { clock, now, bindings, ends, start } = setUp({ affinityTimeout: MINUTE });
    Object.assign(bindings, { hosts: 2, lastUse: now() });
    await start();
    clock.advance(2 * MINUTE);
    expect(ends).toEqual([]);
    bindings.hosts = 0;
    clock.advance(SECOND);
    expect(ends).toEqual(['noBindings']);
  });

  it('says who is bound and since when it goes on', async () => {
    const { clock, now, bindings, drains, start } = setUp({ deadline: MINUTE });
    Object.assign(bindings, { clients: 4, requests: 2, lastUse: now() });
    await start();
    expect(drains.status('shop/a')).toEqual({
      ...{ clients: 4, hosts: 0, requests: 2, webSockets: 0 },
      lastUse: new Date(now() * SECOND).toISOString(),
      since: new Date(clock.wall()).toISOString(),
      deadline: new Date(clock.wall() + MINUTE).toISOString(),
      endedBy: null,
      endedAt: null,
    });
    expect(drains.status('shop/b')).toBeNull();
  });

  it('that is called off tells who waits, and is not done', async () => {
    const { bindings, drains, ends, start } = setUp();
    bindings.requests = 1;
    await start();
    const waiting = drains.whenDone('shop/a');
    drains.callOff('shop/a');
    expect([await waiting, ends, drains.status('shop/a'), await drains.whenDone('shop/a')]).toEqual([
      null,
      [],
      null,
      null,
    ]);
  });
});
