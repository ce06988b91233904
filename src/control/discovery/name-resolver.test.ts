import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../base/simulated-clock.ts';
import type { NameAnswer, NameLookup } from './name-lookup.ts';
import { NameResolver } from './name-resolver.ts';

/** A name service whose questions the test answers one by one. */
class ScriptedLookup implements NameLookup {
  readonly asked: string[] = [];
  readonly #waiting: { host: string; resolve(answer: NameAnswer): void; reject(error: Error): void }[] = [];

  lookup(host: string): Promise<NameAnswer> {
    this.asked.push(host);
    return new Promise((resolve, reject) => this.#waiting.push({ host, resolve, reject }));
  }

  cancel(): void {
    for (const question of this.#waiting.splice(0)) question.reject(new Error('cancelled'));
  }

  get open(): number {
    return this.#waiting.length;
  }

  async answer(addresses: string[], ttl: number | null = null): Promise<void> {
    this.#waiting.shift()!.resolve({ addresses, ttl });
    await settled();
  }

  async fail(message = 'no answer'): Promise<void> {
    this.#waiting.shift()!.reject(new Error(message));
    await settled();
  }
}

/** Everything that promises had to do has been done: an immediate runs after all microtasks. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

function start(refresh = 30_000) {
  const lookup = new ScriptedLookup();
  const clock = new SimulatedClock();
  const events: string[] = [];
  const resolver = new NameResolver(lookup, clock, refresh, {
    onChange: (host, addresses) => events.push(`change ${host} ${addresses.join(' ')}`),
    onFailure: (host, error, kept) => events.push(`failure ${host} ${error.message}, kept ${kept.length}`),
    onRecovery: (host) => events.push(`recovery ${host}`),
  });
  return { lookup, clock, events, resolver };
}

describe('NameResolver', () => {
  it('asks for each name once and tells its addresses', async () => {
    const { lookup, events, resolver } = start();
    const first = resolver.watch(new Set(['a.test', 'b.test']));
    expect(lookup.asked).toEqual(['a.test', 'b.test']);
    await lookup.answer(['10.0.0.1', '10.0.0.2', '10.0.0.1']);
    await lookup.answer(['::1']);
    await first;
    expect(events).toEqual(['change a.test 10.0.0.1 10.0.0.2', 'change b.test ::1']);
    expect(resolver.addresses('a.test')).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  it('never asks for an IP literal, which is its own address', async () => {
    const { lookup, resolver } = start();
    await resolver.watch(new Set(['127.0.0.1', '::1', 'fe80::1%eth0']));
    expect(lookup.asked).toEqual([]);
    expect(resolver.addresses('::1')).toEqual(['::1']);
    expect(resolver.addresses('unknown.test')).toEqual([]);
  });

  it('asks again after the refresh time and reports only another set, not another order', async () => {
    const { lookup, clock, events, resolver } = start(30_000);
    resolver.watch(new Set(['a.test']));
    await lookup.answer(['10.0.0.1', '10.0.0.2']);
    clock.advance(29_999);
    expect(lookup.asked).toHaveLength(1);
    clock.advance(1);
    await lookup.answer(['10.0.0.2', '10.0.0.1']);
    expect(events).toHaveLength(1);
    expect(resolver.addresses('a.test')).toEqual(['10.0.0.1', '10.0.0.2']);
    clock.advance(30_000);
    await lookup.answer(['10.0.0.2']);
    expect(events.at(-1)).toBe('change a.test 10.0.0.2');
  });

  it('asks sooner when the TTL is shorter, later never, and not more than once a second', async () => {
    const { lookup, clock, resolver } = start(30_000);
    const askedAfter = async (ttl: number) => {
      await lookup.answer(['10.0.0.1'], ttl);
      const before = clock.monotonic();
      while (lookup.open === 0) clock.advance(1);
      return clock.monotonic() - before;
    };
    resolver.watch(new Set(['a.test']));
    expect(await askedAfter(5_000)).toBe(5_000);
    expect(await askedAfter(600_000)).toBe(30_000);
    expect(await askedAfter(0)).toBe(1_000);
  });

  it('keeps the last good answer on failure, says so once, and tries again sooner', async () => {
    const { lookup, clock, events, resolver } = start(30_000);
    resolver.watch(new Set(['a.test']));
    await lookup.answer(['10.0.0.1']);
    clock.advance(30_000);
    for (const pause of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      await lookup.fail('refused');
      expect(lookup.open).toBe(0);
      clock.advance(pause - 1);
      expect(lookup.open).toBe(0);
      clock.advance(1);
      expect(lookup.open).toBe(1);
    }
    expect(resolver.addresses('a.test')).toEqual(['10.0.0.1']);
    await lookup.answer(['10.0.0.1']);
    expect(events).toEqual(['change a.test 10.0.0.1', 'failure a.test refused, kept 1', 'recovery a.test']);
  });

  it('settles watch() also when a name cannot be answered, and finds the name when it appears', async () => {
    const { lookup, clock, events, resolver } = start();
    const first = resolver.watch(new Set(['late.test']));
    await lookup.fail();
    await first;
    clock.advance(1_000);
    await lookup.answer(['10.0.0.9']);
    expect(events).toEqual(['failure late.test no answer, kept 0', 'recovery late.test', 'change late.test 10.0.0.9']);
  });

  it('does not ask while the question before is open', async () => {
    const { lookup, clock, resolver } = start(1_000);
    resolver.watch(new Set(['slow.test']));
    clock.advance(60_000);
    expect(lookup.asked).toHaveLength(1);
  });

  it('forgets names that are watched no longer, and ignores their late answers', async () => {
    const { lookup, clock, events, resolver } = start();
    resolver.watch(new Set(['a.test', 'b.test']));
    await lookup.answer(['10.0.0.1']);
    resolver.watch(new Set(['a.test']));
    await lookup.answer(['10.0.0.2']);
    clock.advance(30_000);
    expect(lookup.asked).toEqual(['a.test', 'b.test', 'a.test']);
    expect(events).toEqual(['change a.test 10.0.0.1']);
    expect(resolver.addresses('b.test')).toEqual([]);
  });

  it('asks anew for a name that comes back while its old question is open', async () => {
    const { lookup, resolver } = start();
    resolver.watch(new Set(['a.test']));
    resolver.watch(new Set());
    resolver.watch(new Set(['a.test']));
    await lookup.answer(['10.0.0.1']);
    expect(resolver.addresses('a.test')).toEqual([]);
    await lookup.answer(['10.0.0.2']);
    expect(resolver.addresses('a.test')).toEqual(['10.0.0.2']);
  });

  it('takes a new refresh time with the next watch', async () => {
    const { lookup, clock, resolver } = start(30_000);
    resolver.watch(new Set(['a.test']));
    await lookup.answer(['10.0.0.1']);
    resolver.watch(new Set(['a.test']), 5_000);
    clock.advance(30_000);
    await lookup.answer(['10.0.0.1']);
    clock.advance(5_000);
    expect(lookup.asked).toHaveLength(3);
  });

  it('asks nothing more and reports nothing after close()', async () => {
    const { lookup, clock, events, resolver } = start();
    const first = resolver.watch(new Set(['a.test', 'b.test']));
    await lookup.answer(['10.0.0.1']);
    resolver.close();
    await first;
    clock.advance(120_000);
    expect(lookup.asked).toHaveLength(2);
    expect(events).toEqual(['change a.test 10.0.0.1']);
  });
});
