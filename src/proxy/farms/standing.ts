// Why a server takes new work or not, in words: for the 502.4 reason and for explain.

import type { Farm, Server } from '../../model/farm.ts';
import type { FarmConfig, ServerConfig } from '../../model/farm-config.ts';
import { Availability } from '../../model/server-state.ts';
import type { CandidatesStep } from '../../model/trace.ts';

/** What keeps a server from new work, the graver first; 'available' for nothing. */
function standingOf(server: Server): string {
  if (server.state.availability === Availability.Inactive) return 'inactive';
  if (server.state.availability === Availability.Draining) return 'draining';
  if (!server.state.healthy) return 'unhealthy';
  if (server.state.warming) return 'warming up';
  return server.state.circuitOpen ? 'circuit open' : 'available';
}

function reasonOf(farm: Farm, server: Server, isIn: boolean): string {
  const standing = standingOf(server);
  if (isIn && standing === 'unhealthy') return 'unhealthy, but too few servers are healthy: health is disregarded';
  if (isIn && standing === 'warming up') return 'warming up, but no other server is available';
  if (isIn && standing === 'circuit open') return 'circuit open, but those of all servers are: they are disregarded';
  if (isIn && farm.queue?.hasPlace(server) === false) return 'available, but it has its maxRequests: requests wait';
  if (isIn || standing !== 'available') return standing;
  const { priorityGroupActivation } = farm.config.loadBalancing;
  if (priorityGroupActivation === 0) return standing;
  return `available, in priority group ${server.config.priorityGroup}: enough servers of higher groups are (priorityGroupActivation ${priorityGroupActivation})`;
}

/** `farm shop: 3 servers: 2 unhealthy, 1 draining`. */
export function whyNoServer(farm: FarmConfig, servers: readonly Server[]): string {
  const total = farm.servers.length;
  if (total === 0) return `farm ${farm.name} has no servers`;
  const counts = new Map<string, number>();
  for (const server of servers) {
    const standing = standingOf(server);
    counts.set(standing, (counts.get(standing) ?? 0) + 1);
  }
  const disabled = farm.servers.filter((server) => !server.enabled).length;
  if (disabled > 0) counts.set('disabled', disabled);
  const parts = [...counts].map(([standing, count]) => `${count} ${standing}`);
  return `farm ${farm.name}: ${total} ${total === 1 ? 'server' : 'servers'}: ${parts.join(', ')}`;
}

/** Every server that was written, in file order, with why it is in `candidates` or not. */
export function candidatesStep(farm: Farm, candidates: readonly Server[]): CandidatesStep {
  return { stage: 'candidates', servers: farm.config.servers.map((config) => standingRow(farm, config, candidates)) };
}

function standingRow(
  farm: Farm,
  config: ServerConfig,
  candidates: readonly Server[],
): CandidatesStep['servers'][number] {
  const server = farm.servers.find((each) => each.address === config.address);
  if (server === undefined) return { address: config.address, in: false, reason: 'disabled' };
  const isIn = candidates.includes(server);
  return { address: config.address, in: isIn, reason: reasonOf(farm, server, isIn) };
}
