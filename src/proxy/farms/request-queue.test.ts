// The queue of a farm, with two workers on one clock.
import { describe, expect, it } from 'vitest';
import { sampleFarm, sampleServer, sampleTable } from '../../../test/kit/sample-farm.ts';
import { SimulatedClock } from '../../base/simulated-clock.ts';
import type { BodySink, ClientExchange } from '../../model/client.ts';
import type { PlaceQueue, Server } from '../../model/farm.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { farmSlotId, ServerTable, serverId } from '../../model/server-table.ts';
import { compileFarm } from './compile-farm.ts';

/** Two workers of a farm whose servers have these maxRequests. */
function workers(maxRequests: readonly number[], length = 100) {
  const servers = maxRequests.map((most, i) => sampleServer(`s${i}:80`, { maxRequests: most }));
  const config = sampleFarm('shop', servers, { queue: { length, timeout: 5000 } });
  const { owner, slots } = sampleTable(config, 2);
  const clock = new SimulatedClock();
  const done: string[] = [];
  const [a, b] = [0, 1].map((row) => {
    const farm = compileFarm(config, {
      ...{ table: ServerTable.attach(owner.blocks, row), slots, clock },
      createForwarding: () => ({ headFor: () => '', offeredUpgrade: () => '' }),
      createBalancers: () => ({ requests: { name: 'first', pick: (candidates) => candidates[0]! }, connections: null }),
      createConnectionAffinity: () => null,
      createAffinity: () => null,
    });
    return new QueueingWorker(farm.queue!, farm.servers, farm.candidates, done);
  });
  const waiting = () => owner.farmNumbers(slots.get(farmSlotId('shop'))!).queued;
  const requests = (i: number) => owner.state(slots.get(serverId('shop', `s${i}:80`))!).requests;
  return { a: a!, b: b!, clock, done, waiting, requests };
}

class QueueingWorker {
  readonly servers: readonly Server[];
  readonly #queue: PlaceQueue;
  readonly #candidates: () => readonly Server[];
  readonly #done: string[];
  readonly #sinks = new Map<string, BodySink>();

  constructor(queue: PlaceQueue, servers: readonly Server[], candidates: () => readonly Server[], done: string[]) {
    this.#queue = queue;
    this.servers = servers;
    this.#candidates = candidates;
    this.#done = done;
  }

  /** A request that may go anywhere, or to one server alone. */
  enter(name: string, bound: Server | null = null): void {
    const client = {
      attach: (sink: BodySink) => void this.#sinks.set(name, sink),
      detach: () => void this.#sinks.delete(name),
    } as unknown as ClientExchange;
    const candidates = bound === null ? this.#candidates() : [bound];
    const ctx = { client, candidates } as unknown as RequestContext;
    this.#queue.enter(
      ctx,
      () => (bound === null ? this.#candidates() : [bound]),
      (list) => list[0]!,
      (server, error) => void this.#done.push(`${name} ${server?.address ?? error?.code}`),
    );
  }

  leave(name: string): void {
    this.#sinks.get(name)!.onClientGone(new ProxyError('clientGone', 'left'));
  }

  /** A request to a server ends. */
  end(index: number): void {
    this.servers[index]!.state.ended(200, 0, 0, 1, false);
    this.#queue.placeFree();
  }
}

describe('places at servers', () => {
  it('are given at once while there are some, and in a worker in the order of coming', () => {
    const { a, clock, done } = workers([1]);
    for (const name of ['1', '2', '3']) a.enter(name);
    expect(done).toEqual(['1 s0:80']);
    a.end(0);
    expect(done).toEqual(['1 s0:80', '2 s0:80']);
    clock.advance(1000);
    expect(done).toHaveLength(2);
    a.end(0);
    expect(done.at(-1)).toBe('3 s0:80');
  });

  it('go to whoever has waited longest in all workers', () => {
    const { a, b, clock, done, requests } = workers([1]);
    a.enter('1');
    for (const [worker, name] of [
      [b, '2'],
      [a, '3'],
      [b, '4'],
      [a, '5'],
    ] as const)
      worker.enter(name);
    for (let i = 0; i < 4; i++) {
      const last = done.at(-1)!;
      (['1', '3', '5'].includes(last[0]!) ? a : b).end(0);
      clock.advance(10);
      expect(requests(0)).toBe(1);
    }
    expect(done.map((line) => line[0])).toEqual(['1', '2', '3', '4', '5']);
  });

  it('are not kept longer than a moment for a worker that takes them not', () => {
    const { a, b, clock, done } = workers([1, 1]);
    a.enter('1');
    a.enter('2');
    b.enter('bound', b.servers[0]!);
    a.enter('free');
    a.end(1); // s1 is free, and who has waited longest does not want it
    expect(done).toHaveLength(2);
    clock.advance(15);
    expect(done).toHaveLength(2);
    clock.advance(15);
    expect(done.at(-1)).toBe('free s1:80');
  });

  it('are not given to one that comes later than those that wait', () => {
    const { a, b, clock, done } = workers([1]);
    a.enter('1');
    b.enter('2');
    a.servers[0]!.state.ended(200, 0, 0, 1, false); // a place is free, and nobody has looked yet
    a.enter('3');
    clock.advance(10);
    expect(done).toEqual(['1 s0:80', '2 s0:80']);
  });

  it('hold up nobody who waits for another server', () => {
    const { a, done } = workers([1, 1]);
    a.enter('1');
    a.enter('2');
    a.enter('bound', a.servers[0]!);
    a.enter('free');
    a.end(1);
    expect(done.at(-1)).toBe('free s1:80');
    a.end(0);
    expect(done.at(-1)).toBe('bound s0:80');
  });

  it('are waited for no longer than queue.timeout, by no more than queue.length, and by nobody who left', () => {
    const { a, b, clock, done, waiting } = workers([1], 2);
    a.enter('1');
    a.enter('2');
    clock.advance(3000);
    b.enter('3');
    a.enter('4');
    expect(done.at(-1)).toBe('4 queueFull');
    b.leave('3');
    expect([done.at(-1), waiting()]).toEqual(['3 clientGone', 1]);
    clock.advance(1990);
    expect(done.at(-1)).toBe('3 clientGone');
    clock.advance(20);
    expect([done.at(-1), waiting()]).toEqual(['2 queueTimeout', 0]);
  });
});
