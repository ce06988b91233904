// Taking a change back: the same operation with what was there before, and for as long as the change itself was to last.
import type { AdminPort } from '../model/admin-port.ts';
import {
  type AuditEntry,
  type Change,
  type FarmOperations,
  type NewServer,
  OperationError,
  type StateAction,
} from '../model/farm-operations.ts';

/** @param force also where the same thing was changed again since. @throws OperationError */
export async function undo({ farms, audit }: AdminPort, entry: AuditEntry, force: boolean): Promise<Change> {
  const later = audit.entries.find((other) => other.id > entry.id && isSameThing(other.change, entry.change));
  if (later !== undefined && !force) {
    const what = later.undoes === entry.id ? 'it was taken back already' : `it was changed again since`;
    throw new OperationError('conflict', `${what}, by change ${later.id}`);
  }
  const { kept = false } = entry.change;
  const change = await putBack(farms, entry.change, { persist: kept });
  return kept ? { ...change, kept } : change;
}

/** @param options what would survive a restart is not to come back with it */
function putBack(farms: FarmOperations, change: Change, options: { persist: boolean }): Promise<Change> {
  const { what, farm, server = '', host = '', before } = change;
  switch (what) {
    case 'state':
      return farms.servers.setState(farm, server, before as StateAction, options);
    case 'weight':
      return farms.members.setWeight(farm, server, before as number | null, options);
    case 'health':
      return before === true ? farms.health.setHealthy(farm, server) : farms.health.setUnhealthy(farm, server);
    case 'member':
      return before === null
        ? farms.members.remove(farm, server, options)
        : farms.members.add(farm, before as NewServer, options);
    case 'farm':
      return farms.members.setFarmEnabled(farm, before as boolean | null, options);
    case 'hostMapping':
      return farms.hosts.assign(farm, host, before as string[]);
  }
}

function isSameThing(a: Change, b: Change): boolean {
  return a.what === b.what && a.farm === b.farm && a.server === b.server && a.host === b.host;
}
