import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlannedHost, planRebalance } from './plan-rebalance.ts';

const even = (...addresses: string[]) => addresses.map((address) => ({ address, part: 1 }));
const named = (host: string, server: string, requests = 0): PlannedHost => ({ host, servers: [server], requests });

/** How many hosts, and requests, each server has after the moves. */
function counted(hosts: readonly PlannedHost[], moves: ReturnType<typeof planRebalance>) {
  const hostsOf = new Map<string, number>();
  const requestsOf = new Map<string, number>();
  for (const { host, servers, requests } of hosts) {
    const now = moves.find((move) => move.host === host)?.to ?? servers;
    for (const address of now) {
      hostsOf.set(address, (hostsOf.get(address) ?? 0) + 1);
      requestsOf.set(address, (requestsOf.get(address) ?? 0) + requests / now.length);
    }
  }
  return { hostsOf, requestsOf };
}

describe('a plan', () => {
  it('makes the counts of hosts even with as few moves as that takes', () => {
    const places = fc.array(fc.nat(5), { maxLength: 60 });
    fc.assert(
      fc.property(places, fc.integer({ min: 6, max: 8 }), (list, count) => {
        const hosts = list.map((at, index) => named(`h${index}`, `s${at}`));
        const servers = even(...Array.from({ length: count }, (_, index) => `s${index}`));
        const moves = planRebalance(hosts, servers);
        const { hostsOf } = counted(hosts, moves);
        const counts = servers.map(({ address }) => hostsOf.get(address) ?? 0);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        const before = servers.map(({ address }) => hosts.filter((each) => each.servers[0] === address).length);
        const share = Math.floor(hosts.length / count);
        const rest = hosts.length % count;
        const fullest = before.toSorted((a, b) => b - a);
        const fewest = fullest.reduce((sum, has, index) => sum + Math.max(0, has - share - (index < rest ? 1 : 0)), 0);
        expect(moves).toHaveLength(fewest);
      }),
    );
  });

  it('moves each host once, from a server to one that it does not have', () => {
    const host = fc.record({ at: fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 3 }), requests: fc.nat(1000) });
    fc.assert(
      fc.property(fc.array(host, { maxLength: 40 }), (list) => {
        const hosts = list.map(({ at, requests }, index) => ({
          host: `h${index}`,
          servers: at.map((n) => `s${n}`),
          requests,
        }));
        const moves = planRebalance(hosts, even('s0', 's1', 's2', 's3', 's4', 's5'));
        expect(new Set(moves.map((move) => move.host)).size).toBe(moves.length);
        for (const { from, to, reason } of moves) {
          expect(new Set(to).size).toBe(from.length);
          expect(to).not.toEqual(from);
          expect(reason).toMatch(/^s\d has \d+ host names?( with \d+ requests)?, s\d has \d+ host names?/);
        }
      }),
    );
  });

  it('parts busy hosts that share a server, although the counts are even', () => {
    const hosts = [named('x', 'a', 900), named('y', 'a', 900), named('p', 'b', 1), named('q', 'b', 1)];
    const { requestsOf } = counted(hosts, planRebalance(hosts, even('a', 'b')));
    expect([...requestsOf.values()].every((requests) => requests >= 900)).toBe(true);
  });

  it('says why', () => {
    const hosts = ['h1', 'h2', 'h3'].map((host) => named(host, 'a'));
    expect(planRebalance(hosts, even('a', 'b'))).toEqual([
      { host: 'h1', from: ['a'], to: ['b'], reason: 'a has 3 host names, b has 0 host names' },
    ]);
  });

  it('gives a server with three times the free memory three times the hosts', () => {
    const hosts = Array.from({ length: 40 }, (_, index) => named(`h${index}`, 'a'));
    const moves = planRebalance(hosts, [
      { address: 'a', part: 1 },
      { address: 'b', part: 3 },
    ]);
    expect(moves).toHaveLength(30);
  });

  it('leaves hosts of servers that take no work, and says nothing where there is nothing to do', () => {
    expect(planRebalance([named('x', 'gone'), named('y', 'a')], even('a', 'b'))).toEqual([]);
    expect(planRebalance([], even('a'))).toEqual([]);
    expect(planRebalance([named('x', 'a')], [])).toEqual([]);
  });
});
