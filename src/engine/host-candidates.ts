// The servers of a farm as the allocation of host names sees them: the same that take new work in the workers.
import type { HealthProber } from '../control/health/health-prober.ts';
import type { HostCandidate } from '../control/hosts/choose-servers.ts';
import type { FarmConfig } from '../model/farm-config.ts';
import { Availability } from '../model/server-state.ts';
import { serverId } from '../model/server-table.ts';
import type { ServerTableOwner } from '../model/server-table-owner.ts';
import { disregardsHealth } from '../proxy/farms/candidates.ts';
import { groupsInUse } from '../proxy/farms/priority-groups.ts';

export function hostCandidates(farm: FarmConfig, table: ServerTableOwner, health: HealthProber): HostCandidate[] {
  const servers = farm.servers
    .filter(({ enabled }) => enabled)
    .map((config) => {
      const id = serverId(farm.name, config.address);
      return { config, id, state: table.state(table.slotOf(id)!) };
    });
  const active = servers.filter(({ state }) => state.availability === Availability.Active);
  const healthy = active.filter(({ state }) => state.healthy);
  const able = disregardsHealth(healthy.length, active.length, farm) ? active : healthy;
  const staying = able.filter(({ config, state }) => !state.warming && !config.leaving);
  const inUse = groupsInUse(staying.length > 0 ? staying : able, farm.loadBalancing.priorityGroupActivation);
  const available = new Set(inUse.map(({ id }) => id));
  return servers.map(({ config: { address }, id, state }) => ({
    address,
    isAvailable: available.has(id),
    serves: available.has(id) || (state.healthy && state.availability !== Availability.Inactive),
    memory: health.memoryReading(id),
  }));
}
