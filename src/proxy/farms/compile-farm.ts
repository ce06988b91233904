// FarmConfig to Farm: what was written becomes what requests run on.

import type { Clock } from '../../base/clock.ts';
import type { AffinityPolicy, ConnectionAffinity, RequestForwarding } from '../../model/extensions.ts';
import type { Farm, FarmBalancers, Server } from '../../model/farm.ts';
import type { FarmConfig, ServerConfig } from '../../model/farm-config.ts';
import { hostHeaderOf } from '../../model/host-header.ts';
import { type FarmCursors, farmSlotId, type ServerTable, serverId } from '../../model/server-table.ts';
import { Breaker } from './breaker.ts';
import { Candidates } from './candidates.ts';
import { poolKeyOf, securePoolKeyOf } from './pool-key.ts';
import { RequestQueue } from './request-queue.ts';
import { compileRetry } from './retry-policy.ts';
import { whyNoServer } from './standing.ts';

/** What a farm is compiled with. The policies come from their own rooms, through whoever composes them. */
export interface FarmServices {
  readonly table: ServerTable;
  readonly clock: Clock;
  /** Slots by server id and farmSlotId, as the control thread claimed them. */
  readonly slots: ReadonlyMap<string, number>;
  createBalancers(config: FarmConfig, cursors: FarmCursors): FarmBalancers;
  createForwarding(config: FarmConfig): RequestForwarding;
  /** Null: the farm has no client affinity. */
  createAffinity(config: FarmConfig, servers: readonly Server[]): AffinityPolicy | null;
  /** For clients of virtual servers. */
  createConnectionAffinity(config: FarmConfig, servers: readonly Server[]): ConnectionAffinity | null;
}

/** Compiles one farm. Throws where a slot was not claimed: a fault of the caller. */
export function compileFarm(config: FarmConfig, services: FarmServices): Farm {
  const servers = config.servers
    .filter((server) => server.enabled)
    .map((server, index) => compileServer(config, server, index, services));
  const { table, clock } = services;
  const candidates = new Candidates(servers, config, table);
  const slot = slotOf(farmSlotId(config.name), services);
  const { requests: balancer, connections } = services.createBalancers(config, table.cursors(slot));
  const isLimited = servers.some((server) => server.config.maxRequests > 0);
  if (balancer.countsRequests || isLimited) for (const { state } of servers) state.countRequests();
  if (config.circuitBreaker === null) for (const server of servers) table.circuit(server.slot).close();
  return Object.freeze({
    name: config.name,
    isOrigin: false,
    config,
    servers: Object.freeze(servers),
    candidates: (tried) => (tried === undefined ? candidates.list() : candidates.without(tried)),
    whyNoServer: () => whyNoServer(config, servers),
    balancer,
    affinity: services.createAffinity(config, servers),
    connections:
      connections === null
        ? null
        : { balancer: connections, affinity: services.createConnectionAffinity(config, servers) },
    forwarding: services.createForwarding(config),
    retry: compileRetry(config, servers, table.farmNumbers(slot)),
    breaker: config.circuitBreaker === null ? null : new Breaker(config, candidates, servers, table, clock),
    queue: isLimited ? new RequestQueue(config, servers, table.farmNumbers(slot), clock) : null,
  });
}

function compileServer(farm: FarmConfig, config: ServerConfig, index: number, services: FarmServices): Server {
  const id = serverId(farm.name, config.address);
  const slot = slotOf(id, services);
  return Object.freeze({
    id,
    address: config.address,
    config,
    farmName: farm.name,
    index,
    slot,
    state: services.table.state(slot),
    hostHeader: hostHeaderOf(farm, config),
    secureHostHeader: hostHeaderOf(farm, config, true),
    poolKey: poolKeyOf(id, config, farm.protocol),
    securePoolKey: securePoolKeyOf(id, config, farm.protocol),
  });
}

function slotOf(id: string, services: FarmServices): number {
  const slot = services.slots.get(id);
  if (slot === undefined) throw new Error(`no slot was claimed for ${id}`);
  return slot;
}
