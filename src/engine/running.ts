// Everything that exists while a router runs.

import type { Clock } from '../base/clock.ts';
import type { HostMappings } from '../control/hosts/host-mappings.ts';
import type { RequestRates } from '../control/observe/request-rates.ts';
import type { BindingTables } from '../control/state/binding-tables.ts';
import type { TicketKeys } from '../control/state/ticket-keys.ts';
import type { Config } from '../model/config.ts';
import type { ServerTableOwner } from '../model/server-table-owner.ts';
import type { AccessLogFile } from './access-log-file.ts';
import type { AdminDoor } from './admin-door.ts';
import type { ConfigFiles } from './config-files.ts';
import type { Revision, SettledListener } from './data-plane-port.ts';
import type { DataPlanes } from './data-planes.ts';
import type { FarmControl } from './farm-control.ts';
import type { LiveState } from './live-state.ts';
import type { CheckedConfig } from './load-checked.ts';
import type { ProcessGauges } from './process-gauges.ts';

export interface Running {
  /** Worker threads; 0: the data plane is in this thread. */
  readonly threads: number;
  readonly table: ServerTableOwner;
  readonly gauges: ProcessGauges;
  readonly planes: DataPlanes;
  readonly live: LiveState;
  readonly accessLog: AccessLogFile;
  readonly rates: RequestRates;
  readonly control: FarmControl;
  readonly hosts: HostMappings;
  readonly admin: AdminDoor;
  readonly files: ConfigFiles;
  readonly affinitySecret: string;
  readonly ticketKeys: TicketKeys;
  readonly bindings: BindingTables;
  readonly tieSeed: number;
  readonly startedAt: number;
  readonly clock: Clock;
  /** As written when the router was started. */
  readonly startedWith: Config;
  /** As written. */
  written: CheckedConfig;
  /** What runs: as written, with the servers that came meanwhile and what operators changed. */
  checked: CheckedConfig;
  revision: Revision;
  listeners: SettledListener[];
  loadedAt: number;
  cancelRecycling: () => void;
  stopKeyChanges: () => void;
}

/** Closes everything at once, whatever of it is open. */
export async function dispose(running: Running): Promise<void> {
  running.cancelRecycling();
  running.stopKeyChanges();
  running.files.close();
  running.rates.close();
  running.control.close();
  await running.planes.terminate();
  await running.hosts.close();
  running.live.close();
  await running.accessLog.close();
  await running.admin.close();
}
