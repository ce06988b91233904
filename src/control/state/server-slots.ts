// Which servers have a place in the shared table: those of the configuration that runs, and those that requests on an
// older snapshot may still write to.
import type { FarmConfig } from '../../model/farm-config.ts';
import { Availability } from '../../model/server-state.ts';
import { farmSlotId, listenerSlotId, serverId } from '../../model/server-table.ts';
import type { ServerTableOwner } from '../../model/server-table-owner.ts';

/**
 * Claims a slot for each virtual server, each farm and each of its servers; numbers, health and state of those that have one stay. New servers
 * start Active, or Inactive where serverAutoStart is false (arr.md 5.1).
 * @param virtualServers names of their listeners
 * @returns slots by server id, farmSlotId and listenerSlotId: what compiling the farms needs
 */
export function claimSlots(
  table: ServerTableOwner,
  farms: readonly FarmConfig[],
  virtualServers: readonly string[] = [],
): ReadonlyMap<string, number> {
  const before = new Set(table.claimed());
  const slots = new Map<string, number>();
  for (const name of virtualServers) slots.set(listenerSlotId(name), table.claim(listenerSlotId(name)));
  for (const farm of farms) {
    slots.set(farmSlotId(farm.name), table.claim(farmSlotId(farm.name)));
    for (const server of farm.servers) {
      const id = serverId(farm.name, server.address);
      const slot = table.claim(id);
      slots.set(id, slot);
      if (!before.has(id))
        table.setAvailability(slot, farm.serverAutoStart ? Availability.Active : Availability.Inactive);
    }
  }
  return slots;
}

/**
 * Releases the slots of all but these: to be called once the configuration that claimed theirs is in
 * force. They are given to others only by ServerTableOwner.recycleReleased().
 */
export function releaseOtherSlots(
  table: ServerTableOwner,
  farms: readonly FarmConfig[],
  virtualServers: readonly string[] = [],
): void {
  const kept = new Set<string>(virtualServers.map(listenerSlotId));
  for (const farm of farms) {
    kept.add(farmSlotId(farm.name));
    for (const server of farm.servers) kept.add(serverId(farm.name, server.address));
  }
  for (const id of table.claimed()) if (!kept.has(id)) table.release(table.slotOf(id)!);
}
