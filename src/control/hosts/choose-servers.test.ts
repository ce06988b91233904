import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseServers, type HostCandidate } from './choose-servers.ts';
import { ServerShares } from './server-shares.ts';

const server = (address: string, changes: Partial<HostCandidate> = {}): HostCandidate => ({
  ...{ address, isAvailable: true, serves: true, memory: null },
  ...changes,
});

const someServers = fc
  .array(fc.record({ isAvailable: fc.boolean(), isServing: fc.boolean(), free: fc.option(fc.nat(2 ** 35)) }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((list) =>
    list.map(({ isAvailable, isServing, free }, index) =>
      server(`s${index}`, {
        isAvailable,
        serves: isAvailable || isServing,
        memory: free === null ? null : { bytes: free },
      }),
    ),
  );

describe('the servers of a host', () => {
  it('are those that serve, topped up by available ones, each once', () => {
    const present = fc.uniqueArray(
      fc.nat(9).map((n) => `s${n}`),
      { maxLength: 4 },
    );
    const provider = fc.constantFrom('HostNameRoundRobin' as const, 'HostNameMemory' as const);
    fc.assert(
      fc.property(someServers, present, fc.integer({ min: 1, max: 6 }), provider, (candidates, had, wanted, by) => {
        const chosen = chooseServers(had, candidates, wanted, by, () => undefined);
        const of = (address: string) => candidates.find((each) => each.address === address);
        const kept = had.filter((address) => of(address)?.serves).slice(0, wanted);
        expect(chosen.slice(0, kept.length)).toEqual(kept);
        for (const address of chosen.slice(kept.length)) expect(of(address)?.isAvailable).toBe(true);
        expect(new Set(chosen).size).toBe(chosen.length);
        const others = candidates.filter(({ address, isAvailable }) => isAvailable && !kept.includes(address)).length;
        expect(chosen).toHaveLength(Math.min(wanted, kept.length + others));
      }),
    );
  });

  it('by HostNameRoundRobin leave the counts of hosts even, one apart at most', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 60 }),
        (count, hosts) => {
          const candidates = Array.from({ length: count }, (_, index) => server(`s${index}`));
          const shares = new ServerShares();
          for (const wanted of hosts) {
            shares.move(
              [],
              chooseServers([], candidates, wanted, 'HostNameRoundRobin', (address) => shares.of(address)),
            );
            const counts = candidates.map(({ address }) => shares.of(address)?.hosts ?? 0);
            expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });

  it('by HostNameRoundRobin are the next ones in turn', () => {
    const candidates = ['a', 'b', 'c'].map((address) => server(address));
    const shares = new ServerShares();
    const next = () => {
      const [address] = chooseServers([], candidates, 1, 'HostNameRoundRobin', (each) => shares.of(each));
      shares.move([], [address!]);
      return address;
    };
    expect(Array.from({ length: 7 }, next).join('')).toBe('abcabca');
  });
});

describe('HostNameMemory', () => {
  const gigabytes = (free: Record<string, number | null>) =>
    Object.entries(free).map(([address, bytes]) =>
      server(address, { memory: bytes === null ? null : { bytes: bytes * 2 ** 30 } }),
    );

  function give(shares: ServerShares, candidates: HostCandidate[]): string {
    shares.read(candidates);
    const [address] = chooseServers([], candidates, 1, 'HostNameMemory', (each) => shares.of(each));
    shares.move([], [address!]);
    return address!;
  }

  it('gives the server with most free memory, and between two readings by parts of what was free', () => {
    const shares = new ServerShares();
    const candidates = gigabytes({ a: 8, b: 4, c: 1 });
    const given = Array.from({ length: 13 }, () => give(shares, candidates));
    expect(['a', 'b', 'c'].map((each) => given.filter((address) => address === each).length)).toEqual([8, 4, 1]);
  });

  it('believes a new reading: what was given before is in it', () => {
    const shares = new ServerShares();
    const candidates = gigabytes({ a: 8, b: 4 });
    for (let n = 0; n < 9; n++) give(shares, candidates);
    expect(give(shares, gigabytes({ a: 3, b: 2 }))).toBe('a');
    expect(shares.of('a')!.sinceReading).toBe(1);
    expect(give(shares, gigabytes({ a: 1, b: 2 }))).toBe('b');
  });

  it('gives a server that says nothing only where no other is available, the one with fewer hosts first', () => {
    const shares = new ServerShares();
    const all = gigabytes({ a: null, b: 1, c: null });
    expect([give(shares, all), give(shares, all)]).toEqual(['b', 'b']);
    const silent = all.map((each) => ({ ...each, isAvailable: each.memory === null }));
    expect([give(shares, silent), give(shares, silent)]).toEqual(['a', 'c']);
  });
});
