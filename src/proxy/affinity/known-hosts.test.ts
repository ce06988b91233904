import { describe, expect, it } from 'vitest';
import { sampleFarm, sampleServers, sampleTable } from '../../../test/kit/sample-farm.ts';
import { SimulatedClock } from '../../base/simulated-clock.ts';
import type { Farm } from '../../model/farm.ts';
import type { HostRecord } from '../../model/host-directory.ts';
import type { WantedHost } from '../../model/host-use.ts';
import { Availability } from '../../model/server-state.ts';
import { SharedHostServers } from './host-servers.ts';
import { KnownHosts } from './known-hosts.ts';

function knownHosts() {
  const clock = new SimulatedClock();
  const asked: string[][] = [];
  let unanswered = 0;
  const hosts = new KnownHosts({
    clock,
    want: (wanted: WantedHost[]) => void asked.push(wanted.map(({ host }) => host)),
    onUnanswered: (requests) => {
      unanswered += requests;
    },
  });
  const learn = (...names: string[]) => hosts.learn(names.map((host) => ({ farm: 'shop', host, addresses: ['a'] })));
  const unansweredOnes = () => {
    hosts.takeUses();
    return unanswered;
  };
  return { hosts, clock, asked, learn, unansweredOnes };
}

/** What promises that have settled by now came to; undefined for others. */
async function settled(promises: readonly Promise<HostRecord | null>[]): Promise<(string | null | undefined)[]> {
  await Promise.resolve();
  const pending = Promise.resolve(undefined);
  return Promise.all(
    promises.map((each) => Promise.race([each, pending]).then((record) => (record ? record.host : record))),
  );
}

describe('a host that is not known', () => {
  it('is asked for once, however many requests wait, and known from then on', async () => {
    const { hosts, asked, learn } = knownHosts();
    const waiting = [hosts.ask('shop', 'x'), hosts.ask('shop', 'x'), hosts.ask('shop', 'y')];
    expect(await settled(waiting)).toEqual([undefined, undefined, undefined]);
    expect(asked).toEqual([['x', 'y']]);
    learn('x', 'y');
    expect(await settled(waiting)).toEqual(['x', 'x', 'y']);
    expect(hosts.find('shop', 'x')!.servers).toBe(hosts.find('shop', 'y')!.servers);
    expect(hosts.find('blog', 'x')).toBeUndefined();
  });

  it('waits for the answer to the question before: one is under way at a time, of 500 hosts at most', async () => {
    const { hosts, asked, learn } = knownHosts();
    const names = Array.from({ length: 1200 }, (_, n) => `h${n}`);
    const first = hosts.ask('shop', 'first');
    await settled([first]);
    const others = names.map((name) => hosts.ask('shop', name));
    await settled(others);
    expect(asked).toEqual([['first']]);
    learn('first');
    expect(asked[1]).toEqual(names.slice(0, 500));
    learn(...names.slice(0, 499));
    expect(asked).toHaveLength(2);
    learn(...names.slice(499, 500), ...names.slice(600, 900));
    expect(asked[2]).toEqual([...names.slice(500, 600), ...names.slice(900, 1000)]);
    learn(...asked[2]!);
    learn(...asked[3]!);
    expect((await settled(others)).every((name) => typeof name === 'string')).toBe(true);
  });

  it('is balanced after a second without an answer, and for a second nobody waits', async () => {
    const { hosts, clock, asked, learn, unansweredOnes } = knownHosts();
    const waiting = [hosts.ask('shop', 'x'), hosts.ask('shop', 'x')];
    await settled(waiting);
    const queued = hosts.ask('shop', 'y');
    clock.advance(999);
    expect(await settled([...waiting, queued])).toEqual([undefined, undefined, undefined]);
    clock.advance(1);
    expect(await settled([...waiting, queued])).toEqual([null, null, null]);
    expect(await settled([hosts.ask('shop', 'z')])).toEqual([null]);
    expect(unansweredOnes()).toBe(4);
    learn('x');
    expect(hosts.find('shop', 'x')).toBeDefined();
    clock.advance(1000);
    const again = hosts.ask('shop', 'z');
    await settled([again]);
    expect(asked).toEqual([['x'], ['z']]);
    learn('z');
    expect(await settled([again])).toEqual(['z']);
  });

  it('is balanced at once where too many wait', async () => {
    const { hosts, unansweredOnes } = knownHosts();
    const waiting = Array.from({ length: 5001 }, (_, n) => hosts.ask('shop', `h${n}`));
    expect((await settled(waiting)).filter((name) => name === null)).toHaveLength(1);
    expect(unansweredOnes()).toBe(1);
  });

  it('is balanced where the control thread has no server for it', async () => {
    const { hosts } = knownHosts();
    const waiting = hosts.ask('shop', 'x');
    await settled([waiting]);
    hosts.learn([{ farm: 'shop', host: 'x', addresses: null }]);
    expect(await settled([waiting])).toEqual([null]);
    expect(hosts.find('shop', 'x')).toBeUndefined();
  });
});

describe('a host that is known', () => {
  it('is moved and forgotten as the control thread says', () => {
    const { hosts, learn } = knownHosts();
    learn('x');
    const record = hosts.find('shop', 'x')!;
    hosts.learn([{ farm: 'shop', host: 'x', addresses: ['b'] }]);
    expect([hosts.find('shop', 'x'), record.servers.addresses]).toEqual([record, ['b']]);
    hosts.learn([{ farm: 'shop', host: 'x', addresses: null }]);
    expect(hosts.find('shop', 'x')).toBeUndefined();
  });

  it('is told of with its uses, once for each time', () => {
    const { hosts, learn } = knownHosts();
    learn('x', 'y');
    const x = hosts.find('shop', 'x')!;
    hosts.noteStart('shop', x);
    hosts.noteEnd('shop', x, 10, 200);
    hosts.noteStart('shop', x);
    hosts.noteEnd('shop', x, 1, 2);
    expect(hosts.takeUses()).toEqual([['shop', [{ host: 'x', requests: 2, bytesSent: 11, bytesReceived: 202 }]]]);
    expect(hosts.takeUses()).toEqual([]);
    hosts.noteStart('shop', x);
    expect(hosts.takeUses()).toEqual([['shop', [{ host: 'x', requests: 0, bytesSent: 0, bytesReceived: 0 }]]]);
  });

  it('is forgotten with the affinity of its farm', () => {
    const { hosts, learn } = knownHosts();
    learn('x');
    hosts.retain(new Set(['shop']));
    expect(hosts.find('shop', 'x')).toBeDefined();
    hosts.retain(new Set(['blog']));
    expect(hosts.find('shop', 'x')).toBeUndefined();
  });
});

describe('the servers of a host', () => {
  function farm() {
    const config = sampleFarm('shop', ['a:1', 'b:2', 'c:3']);
    const table = sampleTable(config);
    const servers = sampleServers(config, table);
    const candidates = () => servers.filter(({ state }) => state.takesNewWork);
    return { farm: { config, servers } as unknown as Farm, servers, candidates, owner: table.owner };
  }

  it('serve while they drain, and not while they are unhealthy or stopped', () => {
    const { farm: shop, servers, candidates, owner } = farm();
    const [a, b] = servers;
    const own = new SharedHostServers(['b:2', 'a:1']);
    const able = () => own.able(shop, candidates());
    expect(able()).toEqual([a, b]);
    owner.setAvailability(a!.slot, Availability.Draining);
    expect(able()).toEqual([a, b]);
    owner.setAvailability(a!.slot, Availability.Inactive);
    expect(able()).toEqual([b]);
    owner.setHealthy(b!.slot, false);
    expect(able()).toEqual([]);
    expect(own.able(shop, [b!])).toEqual([b]);
  });

  it('are the same list as long as they are the same: a balancing method keeps what it made of it', () => {
    const { farm: shop, servers, candidates, owner } = farm();
    const own = new SharedHostServers(['a:1', 'b:2', 'c:3']);
    const all = own.able(shop, candidates());
    expect(own.able(shop, candidates())).toBe(all);
    owner.setHealthy(servers[0]!.slot, false);
    const two = own.able(shop, candidates());
    expect(own.able(shop, candidates())).toBe(two);
    owner.setHealthy(servers[0]!.slot, true);
    expect(own.able(shop, candidates())).toBe(all);
  });

  it('are another list when a weight has changed: methods that go by weight follow a server that starts slowly', () => {
    const { farm: shop, servers, candidates, owner } = farm();
    const own = new SharedHostServers(['a:1', 'b:2']);
    const before = own.able(shop, candidates());
    owner.setRampMissing(servers[0]!.slot, 90);
    const after = own.able(shop, candidates());
    expect(after).toEqual(before);
    expect(after).not.toBe(before);
  });

  it('are looked up anew in the farm of another configuration', () => {
    const own = new SharedHostServers(['a:1']);
    const [first, second] = [farm(), farm()];
    expect(own.able(first.farm, first.candidates())[0]).toBe(first.servers[0]);
    expect(own.able(second.farm, second.candidates())[0]).toBe(second.servers[0]);
  });
});
