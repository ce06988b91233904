// States of servers and their drains (arr.md 8.3).

import type { LiveBindings } from '../../control/lifecycle/drains.ts';
import type { OwnLimits } from '../../control/state/runtime-changes.ts';
import { BindingTable } from '../../model/binding-table.ts';
import { bindingValue } from '../../model/binding-value.ts';
import {
  type Bindings,
  type Change,
  OperationError,
  type ServerOperations,
  type StateAction,
  type StateOptions,
} from '../../model/farm-operations.ts';
import { Availability } from '../../model/server-state.ts';
import type { Running } from '../running.ts';
import { checkPersist } from './check-persist.ts';
import { type FoundServer, findServer } from './find-server.ts';

/** What brings a server into the state that it has. */
const ACTIONS: Readonly<Record<Availability, StateAction>> = {
  [Availability.Active]: 'Start',
  [Availability.Draining]: 'Drain',
  [Availability.Inactive]: 'GracefulStop',
};

export function serverOperations(running: Running): ServerOperations {
  const { control } = running;
  return {
    async setState(farm, server, action, options) {
      checkPersist(running, options);
      return setState(running, findServer(running, farm, server), action, options);
    },
    bindings(farm, server) {
      const { lastUse, ...counts } = liveBindings(running, findServer(running, farm, server).id);
      return { ...counts, lastUse: lastUse === 0 ? null : new Date(lastUse * 1000).toISOString() } satisfies Bindings;
    },
    drain: (farm, server) => control.drains.status(findServer(running, farm, server).id),
    whenDrained: async (farm, server) => control.drains.whenDone(findServer(running, farm, server).id),
  };
}

async function setState(
  running: Running,
  found: FoundServer,
  action: StateAction,
  options: StateOptions,
): Promise<Change> {
  const { table, control, planes } = running;
  const { farm, server, id, slot } = found;
  if (server.leaving) throw new OperationError('conflict', `${id} is leaving the farm: add it again to keep it`);
  if (!server.enabled && action === 'Start') {
    throw new OperationError('conflict', `${id} is not enabled in the configuration: set enabled: true there`);
  }
  const before = ACTIONS[table.state(slot).availability];
  // The state that servers start with is no change of it.
  const changed = action === 'Start' && farm.serverAutoStart ? undefined : action;
  const limits = action === 'Drain' ? ownLimits(options, running.clock.wall()) : {};
  control.changes.setState(farm.name, server.address, changed, options.persist ?? false, limits);
  if (action !== 'Drain') control.drains.callOff(id);
  if (action === 'Start') {
    // First what holds it back, then what lets it in.
    if (before !== 'Start' && table.state(slot).healthy) control.starts.begin(farm, server);
    table.setAvailability(slot, Availability.Active);
  } else {
    control.starts.cancel(id);
    table.setAvailability(slot, action === 'Drain' ? Availability.Draining : Availability.Inactive);
  }
  if (action === 'Drain') control.drain(farm, server, limits);
  if (action === 'ForcefulStop') await planes.cutServer(id);
  control.webhooks.send('serverState', { farm: farm.name, server: server.address, state: action, before });
  return { what: 'state', farm: farm.name, server: server.address, before, after: action };
}

/** @param now ms since 1970 */
function ownLimits({ idleTimeout, deadline }: StateOptions, now: number): OwnLimits {
  return {
    ...(idleTimeout === undefined ? {} : { idleTimeout }),
    ...(deadline === undefined ? {} : { until: deadline === 0 ? 0 : now + deadline }),
  };
}

/** Who is bound to the server `id` now. */
export function liveBindings(
  running: Pick<Running, 'table' | 'bindings' | 'checked' | 'hosts' | 'clock'>,
  id: string,
): LiveBindings {
  const { table, bindings, hosts, clock } = running;
  const slot = table.slotOf(id);
  if (slot === undefined) return { clients: 0, hosts: 0, requests: 0, webSockets: 0, lastUse: 0 };
  const state = table.state(slot);
  const slash = id.indexOf('/');
  const farmName = id.slice(0, slash);
  const farm = running.checked.config.farms.find(({ name }) => name === farmName);
  const memory = farm === undefined ? undefined : bindings.memoryOf(farm);
  const since = Math.floor((clock.wall() - (farm?.affinity.timeout ?? 0)) / 1000);
  const { currentRequests, currentWebSocketRequests } = state.totals();
  const mapped = hosts.usesOf(farmName, id.slice(slash + 1));
  return {
    get clients() {
      return memory === undefined ? 0 : new BindingTable(memory).count(bindingValue(slot, state.generation), since);
    },
    hosts: mapped.count,
    requests: Math.max(0, currentRequests - currentWebSocketRequests), // other threads go on counting meanwhile
    webSockets: currentWebSocketRequests,
    lastUse: Math.max(state.lastBinding, mapped.lastUse),
  };
}
