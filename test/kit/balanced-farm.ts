// A farm and its balancing method in several workers that share one table, for tests of balancing methods.
import type { Clock } from '../../src/base/clock.ts';
import type { Random } from '../../src/base/random.ts';
import { SimulatedClock } from '../../src/base/simulated-clock.ts';
import type { ClientExchange } from '../../src/model/client.ts';
import type { LoadBalancingPolicy } from '../../src/model/extensions.ts';
import type { Server } from '../../src/model/farm.ts';
import type { LoadBalancingConfig } from '../../src/model/farm-config.ts';
import { farmDefaults } from '../../src/model/farm-defaults.ts';
import type { Attempt, RequestContext } from '../../src/model/request-context.ts';
import { farmSlotId, ServerTable } from '../../src/model/server-table.ts';
import { createBalancers } from '../../src/proxy/balancer/registry.ts';
import { sampleFarm, sampleServer, sampleServers, sampleTable } from './sample-farm.ts';

export interface BalancedOptions {
  rows?: number;
  seed?: number;
  clock?: Clock;
  random?: Random;
  config?: Partial<LoadBalancingConfig>;
}

export interface BalancedWorker {
  readonly list: readonly Server[];
  readonly policy: LoadBalancingPolicy;
}

/** One for each row. `readVariable` reads what the request has under the name. */
export function balancedFarm(weights: readonly number[], options: BalancedOptions = {}): BalancedWorker[] {
  const { rows = 1, seed = 1, clock = new SimulatedClock(), random = seededRandom(1) } = options;
  const servers = weights.map((weight, index) => sampleServer(`s${index}:80`, { weight }));
  const loadBalancing = { ...farmDefaults().loadBalancing, ...options.config };
  const config = sampleFarm('shop', servers, { loadBalancing });
  const table = sampleTable(config, rows);
  const slot = table.slots.get(farmSlotId('shop'))!;
  return Array.from({ length: rows }, (_, row) => {
    const list = sampleServers(config, table, row);
    const { requests: policy } = createBalancers({
      ...{ config: loadBalancing, clock, random },
      cursors: ServerTable.attach(table.owner.blocks, row).cursors(slot),
      tieSeed: loadBalancing.randomizeLBTies ? seed : null,
      readVariable: (name) => (ctx) => (ctx as unknown as Record<string, string>)[name] ?? '',
    });
    if (policy.countsRequests) for (const server of list) server.state.countRequests();
    return { list, policy };
  });
}

/** What methods read of a request. */
export function balancedRequest(
  changes: { attempts?: Attempt[]; dryRun?: boolean; host?: string; target?: string; [variable: string]: unknown } = {},
): RequestContext {
  const { attempts = null, dryRun = false, host = 'www.example.com', target = '/', ...variables } = changes;
  const client = dryRun ? null : ({} as ClientExchange);
  return { client, attempts, inbound: { host }, outbound: { target }, ...variables } as unknown as RequestContext;
}

/** How often each server of a farm of `servers` was picked. */
export function tally(picks: Iterable<Server>, servers: number): number[] {
  const counts = new Array<number>(servers).fill(0);
  for (const server of picks) counts[server.index]! += 1;
  return counts;
}

/** Numbers that look random and are the same each time (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}
