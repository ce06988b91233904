// Row `picks`: CPU time of one pick, for each balancing method and size of farm, in this process, with the shared numbers of two workers.
import { systemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/random.ts';
import { balancingMethods } from '../../src/model/load-balancing.ts';
import { balancedFarm, balancedRequest } from '../../test/kit/balanced-farm.ts';

export interface PickCost {
  method: string;
  servers: number;
  /** µs CPU for each pick, one for each round. */
  samples: number[];
}

const SIZES = [10, 100, 1000];
const PICKS = 50_000;
/** Requests that stay under way, so that servers differ. */
const UNDER_WAY = 500;

export function pickCosts(rounds: number): PickCost[] {
  return balancingMethods.flatMap((method) => SIZES.map((servers) => pickCost(method, servers, rounds)));
}

function pickCost(method: string, servers: number, rounds: number): PickCost {
  const weights = Array.from({ length: servers }, (_, index) => 100 + (index % 3));
  const [worker] = balancedFarm(weights, {
    ...{ rows: 2, clock: systemClock, random: systemRandom },
    config: { algorithm: method },
  });
  const { policy, list } = worker!;
  const requests = Array.from({ length: 64 }, (_, n) => balancedRequest({ target: `/shop/item/${n}` }));
  const underWay = Array.from({ length: UNDER_WAY }, (_, n) => list[n % servers]!.state);
  for (const state of underWay) state.started();
  const pick = (n: number) => {
    const server = policy.pick(list, requests[n % requests.length]!);
    underWay[n % UNDER_WAY]!.ended(200, 300, 5000, 3, false);
    underWay[n % UNDER_WAY] = server.state;
    server.state.started();
  };
  for (let n = 0; n < PICKS; n++) pick(n);
  return { method, servers, samples: Array.from({ length: rounds }, () => cpuOf(pick)) };
}

/** What the books cost (started, ended) is in it: some tenths of a µs. */
function cpuOf(pick: (n: number) => void): number {
  const before = process.threadCpuUsage();
  for (let n = 0; n < PICKS; n++) pick(n);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / PICKS;
}
