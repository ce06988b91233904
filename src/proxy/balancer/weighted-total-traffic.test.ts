// Weighted total traffic: bytes by weight, for lists of servers that come, go and change.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BalancedWorker,
  balancedFarm,
  balancedRequest,
  seededRandom,
  tally,
} from '../../../test/kit/balanced-farm.ts';
import { SimulatedClock } from '../../base/simulated-clock.ts';
import type { Server } from '../../model/farm.ts';

const weightsOf = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 8 });
const rowsOf = fc.constantFrom(1, 4);

describe('WeightedTotalTraffic', () => {
  it('shares out bytes by weight, with one worker and with four', () => {
    fc.assert(
      fc.property(weightsOf, rowsOf, fc.integer(), (weights, rows, seed) => {
        const clock = new SimulatedClock();
        const workers = balancedFarm(weights, { rows, clock, config: { algorithm: 'WeightedTotalTraffic' } });
        const random = seededRandom(seed);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        let bytes = 0;
        for (let n = 0; n < 200 * weights.length; n++) {
          const { policy, list } = workers[n % rows]!;
          const { state } = policy.pick(list, balancedRequest());
          const size = Math.floor(random.next() * 2000);
          state.started();
          state.ended(200, 100, size, 1, false);
          bytes += 100 + size;
          if (n % 4 === 0) clock.advance(50);
        }
        for (const [index, { state }] of workers[0]!.list.entries()) {
          const fair = (bytes * weights[index]!) / total;
          expect(Math.abs(state.traffic - fair)).toBeLessThan(2100 * (4 + weights.length));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('gives a server that had the big ones fewer requests', () => {
    const clock = new SimulatedClock();
    const [worker] = balancedFarm([1, 1], { clock, config: { algorithm: 'WeightedTotalTraffic' } });
    const { policy, list } = worker!;
    const answer = (server: Server, size: number) => {
      server.state.started();
      server.state.ended(200, 0, size, 1, false);
    };
    answer(policy.pick(list, balancedRequest()), 100_000); // what was before the first pick does not count
    const picks = Array.from({ length: 50 }, () => {
      clock.advance(60);
      const server = policy.pick(list, balancedRequest());
      answer(server, 1000);
      return server;
    });
    expect(tally(picks, 2)).toEqual([0, 50]);
  });

  it('lets a server that joins begin where the one with the least stands', () => {
    const clock = new SimulatedClock();
    const [worker] = balancedFarm([1, 1, 1], { clock, config: { algorithm: 'WeightedTotalTraffic' } });
    const { policy, list } = worker!;
    const two = list.slice(0, 2);
    const pick = (candidates: readonly Server[]) => {
      clock.advance(60);
      const server = policy.pick(candidates, balancedRequest());
      server.state.started();
      server.state.ended(200, 0, 1000, 1, false);
      return server;
    };
    for (let n = 0; n < 100; n++) pick(two);
    expect(
      tally(
        Array.from({ length: 30 }, () => pick(list)),
        3,
      ),
    ).toEqual([10, 10, 10]);
  });
});

describe('WeightedTotalTraffic among lists that come and go', () => {
  const setUp = (weights: readonly number[]) => {
    const clock = new SimulatedClock();
    const [{ policy, list }] = balancedFarm(weights, { clock, config: { algorithm: 'WeightedTotalTraffic' } }) as [
      BalancedWorker,
    ];
    const serve = (candidates: readonly Server[], size: number) => {
      clock.advance(60);
      const server = policy.pick(candidates, balancedRequest());
      server.state.started();
      server.state.ended(200, 0, size, 1, false);
      return server;
    };
    return { clock, policy, list, serve };
  };

  it('forgets nothing for a bound client or a retry', () => {
    const { list, serve } = setUp([1, 1, 1]);
    serve(list, 100_000);
    const picks = Array.from({ length: 40 }, (_, n) => {
      serve([list[0]!], 10);
      if (n % 5 === 0) serve(list.slice(0, 2), 1000);
      return serve(list, 1000);
    });
    expect(tally(picks, 3)[0]).toBe(0);
  });

  it('gives a server whose weight grows its share of what comes, and not of what was', () => {
    const { list, serve } = setUp([1, 1]);
    for (let n = 0; n < 200; n++) serve(list, 1000);
    const [a, b] = list as [Server, Server];
    for (const weight of [1, 2, 4]) {
      const heavier = [a, { ...b, config: { ...b.config, weight } }];
      const cycle = weight + 1;
      const picks = Array.from({ length: 20 * cycle }, () => serve(heavier, 1000));
      expect(Math.abs(tally(picks, 2)[1]! - 20 * weight)).toBeLessThanOrEqual(2);
    }
  });

  it('does not let one that was away for long catch up', () => {
    const { clock, list, serve } = setUp([1, 1, 1]);
    for (let n = 0; n < 30; n++) serve(list, 1000);
    for (let n = 0; n < 300; n++) serve(list.slice(0, 2), 1000);
    clock.advance(10_000); // nobody new came lately
    expect(
      tally(
        Array.from({ length: 30 }, () => serve([...list], 1000)),
        3,
      ),
    ).toEqual([10, 10, 10]);
  });

  it('sees long requests before they end, those of other workers too', () => {
    const clock = new SimulatedClock();
    const workers = balancedFarm([1, 1, 1, 1], { clock, rows: 2, config: { algorithm: 'WeightedTotalTraffic' } });
    const picks = Array.from({ length: 40 }, (_, n) => {
      clock.advance(60);
      const { policy, list } = workers[n % 2]!;
      const server = policy.pick(list, balancedRequest());
      server.state.started();
      return server;
    });
    expect(tally(picks, 4)).toEqual([10, 10, 10, 10]);
  });
});
