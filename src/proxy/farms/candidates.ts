// Which servers of a farm take new work now. The list is made again only when the shared epoch has moved, so that the
// request path reads one number and allocates nothing.
import type { Server } from '../../model/farm.ts';
import type { FarmConfig } from '../../model/farm-config.ts';
import { Availability } from '../../model/server-state.ts';
import type { ServerTable } from '../../model/server-table.ts';
import { weightOf } from '../../model/server-weight.ts';
import { groupsInUse } from './priority-groups.ts';

const NONE: readonly Server[] = [];

interface Available {
  /** They take new work, whatever their priority group. */
  able: readonly Server[];
  /** Their circuits are open. */
  tripped: readonly Server[];
}

export class Candidates {
  readonly #servers: readonly Server[];
  readonly #config: FarmConfig;
  readonly #table: ServerTable;
  #epoch: number | null = null;
  #list: readonly Server[] = NONE;
  #weights: readonly number[] = [];
  #tripped: readonly Server[] = NONE;

  constructor(servers: readonly Server[], config: FarmConfig, table: ServerTable) {
    this.#servers = servers;
    this.#config = config;
    this.#table = table;
  }

  list(): readonly Server[] {
    // The epoch is read before the states: a change meanwhile makes the list again, and is never missed.
    const epoch = this.#table.epoch;
    if (epoch !== this.#epoch) {
      this.#refresh();
      this.#epoch = epoch;
    }
    return this.#list;
  }

  /** Those for another attempt: the next priority group joins where those that were tried leave too few. */
  without(tried: ReadonlySet<Server>): readonly Server[] {
    const { able } = this.#available();
    const untried = able.filter((server) => !tried.has(server));
    return groupsInUse(untried, this.#config.loadBalancing.priorityGroupActivation);
  }

  /** Servers that would take new work, were their circuits not open; none of a group that is not in use. Empty in a farm without circuit breaker. */
  get tripped(): readonly Server[] {
    this.list();
    return this.#tripped;
  }

  /** A change elsewhere leaves the list as it was, and what others have made of it and of the weights in it. */
  #refresh(): void {
    const { priorityGroupActivation } = this.#config.loadBalancing;
    const { able, tripped } = this.#available();
    this.#tripped = tripped;
    const list = groupsInUse(able, priorityGroupActivation);
    if (priorityGroupActivation > 0) {
      const lowest = Math.min(...list.map(({ config }) => config.priorityGroup));
      this.#tripped = this.#tripped.filter(({ config }) => config.priorityGroup >= lowest);
    }
    const weights = list.map(weightOf);
    if (isSame(list, this.#list) && isSame(weights, this.#weights)) return;
    this.#list = list;
    this.#weights = weights;
  }

  #available(): Available {
    const active = this.#servers.filter((server) => server.state.availability === Availability.Active);
    const healthy = active.filter((server) => server.state.healthy);
    const able = disregardsHealth(healthy.length, active.length, this.#config) ? active : healthy;
    const warm = able.filter((server) => !server.state.warming);
    return this.#withoutTripped(warm.length > 0 ? warm : able);
  }

  /** Where all circuits are open they are disregarded: refusing everything would be worse than trying. */
  #withoutTripped(able: readonly Server[]): Available {
    if (this.#config.circuitBreaker === null) return { able, tripped: NONE };
    const closed = able.filter((server) => !server.state.circuitOpen);
    const tripped = closed.length === able.length ? NONE : able.filter((server) => !closed.includes(server));
    return { able: closed.length > 0 ? closed : able, tripped };
  }
}

/** With so few healthy servers the others get requests too: overloading the rest would be worse (arr.md 8.4). */
export function disregardsHealth(healthy: number, active: number, { healthCheck }: FarmConfig): boolean {
  const { minServers, panicThreshold } = healthCheck;
  return healthy < minServers || healthy * 100 < panicThreshold * active;
}

function isSame<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
