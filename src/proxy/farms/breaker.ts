// The circuit breaker of a farm: what its servers' circuits have to know of time and settings.
import type { Clock } from '../../base/clock.ts';
import type { Balanced } from '../../model/balanced.ts';
import type { Circuit, CircuitSettings } from '../../model/circuit.ts';
import type { CircuitBreaker, Server } from '../../model/farm.ts';
import type { FarmConfig } from '../../model/farm-config.ts';
import type { ServerTable } from '../../model/server-table.ts';
import type { Candidates } from './candidates.ts';
import { hasPlace } from './has-place.ts';

export class Breaker implements CircuitBreaker {
  readonly #settings: CircuitSettings;
  readonly #candidates: Candidates;
  /** By Server.index. */
  readonly #circuits: readonly Circuit[];
  readonly #clock: Clock;

  constructor(
    config: FarmConfig,
    candidates: Candidates,
    servers: readonly Server[],
    table: ServerTable,
    clock: Clock,
  ) {
    this.#settings = config.circuitBreaker!;
    this.#candidates = candidates;
    this.#circuits = servers.map(({ slot }) => table.circuit(slot));
    this.#clock = clock;
  }

  takeTrial(ctx: Balanced): Server | null {
    const { tripped } = this.#candidates;
    if (tripped.length === 0) return null;
    const now = this.#clock.wall();
    for (const server of tripped) {
      if (
        mayTry(ctx, server) &&
        hasPlace(server) &&
        this.#circuits[server.index]!.tryTrial(now, this.#settings.openFor)
      )
        return server;
    }
    return null;
  }

  succeeded(server: Server, isTrial: boolean): void {
    this.#circuits[server.index]!.succeeded(isTrial);
  }

  failed(server: Server, isTrial: boolean): void {
    this.#circuits[server.index]!.failed(isTrial, this.#clock.wall(), this.#settings);
  }
}

/** A bound client tries its own server alone, and one of a host a server of the host. */
function mayTry({ affinity, candidates, hostRecord }: Balanced, server: Server): boolean {
  if (affinity === 'kept') return candidates.includes(server);
  return hostRecord === null || hostRecord.servers.has(server);
}
