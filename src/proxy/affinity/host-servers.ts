// The servers of hosts that have the same ones.
import type { Farm, Server } from '../../model/farm.ts';
import type { HostServers } from '../../model/host-directory.ts';
import { Availability } from '../../model/server-state.ts';
import { weightOf } from '../../model/server-weight.ts';

const NONE: readonly Server[] = [];

export class SharedHostServers implements HostServers {
  readonly addresses: readonly string[];
  /** What `addresses` are in this farm, looked at again when its list of candidates is another one: then weights may have changed. */
  #farm: Farm | null = null;
  #candidates: readonly Server[] = NONE;
  #weights: readonly number[] = [];
  #servers: readonly Server[] = NONE;
  #able: readonly Server[] = NONE;

  constructor(addresses: readonly string[]) {
    this.addresses = addresses;
  }

  has(server: Server): boolean {
    return this.addresses.includes(server.address);
  }

  able(farm: Farm, candidates: readonly Server[]): readonly Server[] {
    if (this.#farm !== farm || this.#candidates !== candidates) this.#look(farm, candidates);
    const servers = this.#servers;
    let count = 0;
    for (const server of servers) if (serves(server, candidates)) count++;
    if (count === servers.length) return servers;
    if (count === 0) return NONE;
    const able = servers.filter((server) => serves(server, candidates));
    // A balancing method keeps what it made of a list: it gets the same one as long as it is the same.
    if (!isSame(able, this.#able)) this.#able = able;
    return this.#able;
  }

  /** A list with other weights is another list: balancing methods make theirs of it again. */
  #look(farm: Farm, candidates: readonly Server[]): void {
    const servers = farm.servers.filter((server) => this.has(server));
    const weights = servers.map(weightOf);
    if (!isSame(servers, this.#servers) || !isSame(weights, this.#weights)) {
      this.#servers = servers;
      this.#weights = weights;
      this.#able = NONE;
    }
    this.#farm = farm;
    this.#candidates = candidates;
  }
}

/** A draining server keeps its hosts; an unhealthy one, or one with an open circuit, only where the farm disregards that. */
function serves(server: Server, candidates: readonly Server[]): boolean {
  const { state } = server;
  const isAble = state.healthy && !state.circuitOpen && state.availability !== Availability.Inactive;
  return isAble || candidates.includes(server);
}

function isSame<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
