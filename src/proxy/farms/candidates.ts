// Which servers of a farm take new work now. The list is made again only when the shared epoch has moved, so that the
// request path reads one number and allocates nothing.
import type { Server } from '../../model/farm.ts';
import { Availability } from '../../model/server-state.ts';
import type { ServerTable } from '../../model/server-table.ts';

const NONE: readonly Server[] = [];

export class Candidates {
  readonly #servers: readonly Server[];
  readonly #minServers: number;
  readonly #table: ServerTable;
  #epoch: number | null = null;
  #list: readonly Server[] = NONE;

  /** @param minServers below so many healthy ones health is disregarded; 0 is off (arr.md 8.4) */
  constructor(servers: readonly Server[], minServers: number, table: ServerTable) {
    this.#servers = servers;
    this.#minServers = minServers;
    this.#table = table;
  }

  list(): readonly Server[] {
    // The epoch is read before the states: a change meanwhile makes the list again, and is never missed.
    const epoch = this.#table.epoch;
    if (epoch !== this.#epoch) {
      this.#list = this.#compile();
      this.#epoch = epoch;
    }
    return this.#list;
  }

  #compile(): readonly Server[] {
    const active = this.#servers.filter((server) => server.state.availability === Availability.Active);
    const healthy = active.filter((server) => server.state.healthy);
    const list = healthy.length < this.#minServers ? active : healthy;
    // A change elsewhere leaves the list as it was, and what others have made of it.
    return isSameList(list, this.#list) ? this.#list : list;
  }
}

function isSameList(a: readonly Server[], b: readonly Server[]): boolean {
  return a.length === b.length && a.every((server, index) => server === b[index]);
}
