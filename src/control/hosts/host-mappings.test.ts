import { describe, expect, it } from 'vitest';
import { sampleFarm } from '../../../test/kit/sample-farm.ts';
import { SimulatedClock } from '../../base/simulated-clock.ts';
import type { FarmConfig, HostAffinityConfig } from '../../model/farm-config.ts';
import { type FoundHost, MOST_HOSTS } from '../../model/host-use.ts';
import type { StateSpace, StateStore } from '../../model/state-store.ts';
import type { HostCandidate } from './choose-servers.ts';
import type { HostRow } from './host-file.ts';
import { HostMappings } from './host-mappings.ts';

const MINUTE = 60_000;

/** As the store of the router does. */
function memoryStore(): StateStore {
  const spaces = new Map<string, StateSpace<unknown>>();
  class Space extends Map<string, unknown> implements StateSpace<unknown> {
    override set(key: string, value: unknown): this {
      this.delete(key);
      return super.set(key, value);
    }
  }
  return {
    space<V>(name: string) {
      if (!spaces.has(name)) spaces.set(name, new Space() as unknown as StateSpace<unknown>);
      return spaces.get(name) as StateSpace<V>;
    },
  };
}

function shop(changes: Partial<HostAffinityConfig> = {}, servers = ['a', 'b', 'c']): FarmConfig {
  const farm = sampleFarm('shop', servers);
  farm.affinity.timeout = 20 * MINUTE;
  farm.affinity.hostName = {
    provider: 'HostNameRoundRobin',
    countersEnabled: true,
    labels: null,
    hosts: [],
    ...changes,
  };
  return farm;
}

function mappings(farm = shop(), rows: readonly HostRow[] = [], clock = new SimulatedClock()) {
  const written: HostRow[][] = [];
  const changes: FoundHost[] = [];
  const states = new Map<string, Partial<HostCandidate>>();
  let looks = 0;
  const hosts = new HostMappings({
    ...{ clock, store: memoryStore() },
    file: { read: () => [...rows], write: async (all) => void written.push([...all]) },
    candidates: ({ servers }) => {
      looks++;
      return servers.map(({ address }) => ({
        address,
        isAvailable: true,
        serves: true,
        memory: null,
        ...states.get(address),
      }));
    },
    onChange: (found) => changes.push(...found),
  });
  hosts.use([farm]);
  const find = (...names: string[]) =>
    hosts.find(names.map((host) => ({ farm: 'shop', host }))).map(({ addresses }) => addresses);
  const use = (host: string, requests = 1) =>
    hosts.noteUses('shop', [{ host, requests, bytesSent: 10, bytesReceived: 100 }]);
  const set = (address: string, state: Partial<HostCandidate>) => states.set(address, state);
  return { hosts, clock, written, changes, find, use, set, looks: () => looks };
}

describe('a mapping', () => {
  it('is the same for whoever asks, until affinity.timeout has passed without a request', () => {
    const { find, use, clock, changes } = mappings();
    expect(find('x', 'y', 'x')).toEqual([['a'], ['b'], ['a']]);
    clock.advance(19 * MINUTE);
    use('x');
    clock.advance(2 * MINUTE);
    expect(changes).toEqual([{ farm: 'shop', host: 'y', addresses: null }]);
    expect(find('x')).toEqual([['a']]);
    clock.advance(19 * MINUTE);
    expect(changes).toEqual(['y', 'x'].map((host) => ({ farm: 'shop', host, addresses: null })));
  });

  it('keeps what serves and is topped up: a draining server stays, and gets no new hosts', () => {
    const { find, set } = mappings(shop({ hosts: [{ name: 'x', servers: 2, equivalentHosts: [] }] }));
    expect(find('x')).toEqual([['a', 'b']]);
    set('a', { isAvailable: false });
    expect(find('x', 'y', 'z')).toEqual([['a', 'b'], ['c'], ['b']]);
    set('b', { isAvailable: false, serves: false });
    expect(find('x')).toEqual([['a', 'c']]);
  });

  it('stays where nobody takes work, and there is none for a new host', () => {
    const { find, set } = mappings();
    find('x');
    for (const address of 'abc') set(address, { isAvailable: false, serves: false });
    expect(find('x', 'y')).toEqual([['a'], null]);
  });

  it('is topped up where its server is no longer in the farm, or the host needs more', () => {
    const { hosts, find } = mappings();
    expect(find('x', 'y')).toEqual([['a'], ['b']]);
    hosts.use([shop({ hosts: [{ name: 'y', servers: 2, equivalentHosts: [] }] }, ['b', 'c'])]);
    expect(find('x', 'y')).toEqual([['c'], ['b', 'c']]);
  });

  it('is forgotten with the affinity of its farm', () => {
    const { hosts, find } = mappings();
    find('x');
    const farm = shop();
    farm.affinity.hostName = null;
    hosts.use([farm]);
    expect([find('x'), hosts.peek('shop', 'x')]).toEqual([[null], null]);
    hosts.use([shop()]);
    expect(hosts.peek('shop', 'x')).toBeNull();
    expect([find('y'), hosts.usesOf('shop', 'a').count]).toEqual([[['a']], 1]);
  });

  it('is shown in advance, and not made by that', () => {
    const { hosts, find } = mappings();
    find('x');
    expect([hosts.preview('shop', 'y'), hosts.preview('shop', 'z'), hosts.peek('shop', 'y')]).toEqual([
      ['b'],
      ['b'],
      null,
    ]);
    expect(find('z')).toEqual([['b']]);
  });
});

describe('operators', () => {
  it('see hosts by name and by server, with their counters, the most recently used first', () => {
    const { hosts, find, use } = mappings(shop({ hosts: [{ name: 'x', servers: 1, equivalentHosts: ['other'] }] }));
    find('x', 'y', 'z', 'w');
    use('x', 3);
    const names = (filter: object) => hosts.list('shop', { limit: 10, ...filter }).map(({ host }) => host);
    expect([names({}), names({ server: 'a' }), names({ limit: 2 })]).toEqual([
      ['x', 'w', 'z', 'y'],
      ['x', 'w'],
      ['x', 'w'],
    ]);
    expect(names({ host: hosts.nameOf('shop', 'OTHER.'), server: 'b' })).toEqual([]);
    const at = '2026-01-01T00:00:00.000Z';
    expect(hosts.list('shop', { host: hosts.nameOf('shop', 'OTHER.'), limit: 1 })).toEqual([
      { host: 'x', servers: ['a'], since: at, lastUse: at, requests: 3, bytesSent: 10, bytesReceived: 100 },
    ]);
  });

  it('see no counters where hostCountersEnabled is false', () => {
    const { hosts, find, use } = mappings(shop({ countersEnabled: false }));
    find('x');
    use('x', 3);
    expect(hosts.list('shop', { limit: 1 })[0]).toMatchObject({ requests: 0, bytesSent: 0, bytesReceived: 0 });
  });

  it('know how many hosts a server has, and when one was used last', () => {
    const { hosts, find, use, clock } = mappings();
    find('w', 'x', 'y', 'z');
    clock.advance(5000);
    use('z');
    const first = Date.UTC(2026, 0, 1) / 1000;
    expect(['a', 'b', 'd'].map((server) => hosts.usesOf('shop', server))).toEqual([
      { count: 2, lastUse: first + 5 },
      { count: 1, lastUse: first },
      { count: 0, lastUse: 0 },
    ]);
  });

  it('move and remove hosts, which every worker hears; the former servers put back undo it', () => {
    const { hosts, find, changes } = mappings();
    find('x', 'y');
    expect(
      hosts.assign('shop', [
        { host: 'x', servers: ['c'] },
        { host: 'y', servers: [] },
      ]),
    ).toEqual([['a'], ['b']]);
    expect(changes).toEqual([
      { farm: 'shop', host: 'x', addresses: ['c'] },
      { farm: 'shop', host: 'y', addresses: null },
    ]);
    hosts.assign('shop', [
      { host: 'x', servers: ['a'] },
      { host: 'y', servers: ['b'] },
    ]);
    expect([hosts.peek('shop', 'x'), hosts.peek('shop', 'y')]).toEqual([['a'], ['b']]);
    expect(['a', 'b', 'c'].map((server) => hosts.usesOf('shop', server).count)).toEqual([1, 1, 0]);
  });

  it('have a plan that leaves out servers which take no new work', () => {
    const { hosts, find, set } = mappings();
    find('u', 'v', 'w');
    hosts.assign(
      'shop',
      ['u', 'v', 'w'].map((host) => ({ host, servers: ['a'] })),
    );
    set('b', { isAvailable: false });
    expect(hosts.plan(shop())).toEqual([
      { host: 'u', from: ['a'], to: ['c'], reason: 'a has 3 host names, c has 0 host names' },
    ]);
  });
});

describe('the file', () => {
  const row = (host: string, server: string, lastUse: number): HostRow => ({
    ...{ farm: 'shop', host, servers: [server], since: lastUse, lastUse },
    ...{ requests: 1, bytesSent: 2, bytesReceived: 3 },
  });
  const now = Date.UTC(2026, 0, 1) / 1000;

  it('brings mappings back, but those whose time is over', () => {
    const { find, hosts } = mappings(shop(), [row('old', 'c', now - 1200), row('x', 'c', now - 1199)]);
    expect(hosts.usesOf('shop', 'c').count).toBe(2);
    expect(find('x', 'old')).toEqual([['c'], ['a']]);
  });

  it('has nothing of farms that are gone', async () => {
    const { hosts, written } = mappings(shop(), [{ ...row('x', 'a', now), farm: 'gone' }, row('y', 'a', now)]);
    await hosts.close();
    expect(written.at(-1)!.map(({ host }) => host)).toEqual(['y']);
  });

  it('is written some time after a change, once for many, and not without one', async () => {
    const { clock, written, find, use } = mappings();
    find('x');
    find('y');
    clock.advance(9_999);
    expect(written).toHaveLength(0);
    clock.advance(1);
    await Promise.resolve();
    expect(written.map((rows) => rows.map(({ host }) => host))).toEqual([['x', 'y']]);
    clock.advance(30_000);
    expect(written).toHaveLength(1);
    use('x');
    await Promise.resolve();
    clock.advance(10_000);
    expect(written[1]!.map(({ host }) => host)).toEqual(['y', 'x']);
  });
});

describe('made-up host names', () => {
  it('fill no memory: the least recently used go, and workers hear of it', () => {
    const { hosts, find, use, looks } = mappings();
    find('mine');
    const before = looks();
    let told = 0;
    for (let at = 0; at < MOST_HOSTS + 5000; at += 500) {
      const batch = Array.from({ length: 500 }, (_, n) => ({ farm: 'shop', host: `h${at + n}` }));
      told += hosts.find(batch).filter(({ addresses }) => addresses === null).length;
      use('mine');
    }
    expect(hosts.list('shop', { limit: MOST_HOSTS * 2 }).length).toBeLessThanOrEqual(MOST_HOSTS);
    expect(told).toBeGreaterThanOrEqual(5000);
    expect([hosts.peek('shop', 'mine'), hosts.peek('shop', 'h0')]).toEqual([['a'], null]);
    expect(looks() - before).toBe((MOST_HOSTS + 5000) / 500);
    const counts = ['a', 'b', 'c'].map((server) => hosts.usesOf('shop', server).count);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });
});
