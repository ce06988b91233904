// The servers of a farm as the allocation of host names sees them.
import type { HealthProber } from '../control/health/health-prober.ts';
import type { HostCandidate } from '../control/hosts/choose-servers.ts';
import type { FarmConfig } from '../model/farm-config.ts';
import { Availability } from '../model/server-state.ts';
import { serverId } from '../model/server-table.ts';
import type { ServerTableOwner } from '../model/server-table-owner.ts';

export function hostCandidates(farm: FarmConfig, table: ServerTableOwner, health: HealthProber): HostCandidate[] {
  return farm.servers
    .filter(({ enabled }) => enabled)
    .map(({ address, leaving }) => {
      const id = serverId(farm.name, address);
      const state = table.state(table.slotOf(id)!);
      const serves = state.healthy && state.availability !== Availability.Inactive;
      return {
        address,
        serves,
        isAvailable: state.takesNewWork && !leaving,
        memoryAvailable: health.memoryAvailable(id),
      };
    });
}
