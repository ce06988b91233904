// Starting: everything that a running router consists of, made and opened in order; a failure leaves nothing open.
import { availableParallelism } from 'node:os';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { systemRandom } from '../base/random.ts';
import { fetchPath } from '../control/health/fetch-path.ts';
import { HostFile } from '../control/hosts/host-file.ts';
import { HostMappings } from '../control/hosts/host-mappings.ts';
import { RequestRates } from '../control/observe/request-rates.ts';
import { affinitySecret } from '../control/state/affinity-secret.ts';
import { BindingTables } from '../control/state/binding-tables.ts';
import { MemoryStore } from '../control/state/memory-store.ts';
import { TicketKeys } from '../control/state/ticket-keys.ts';
import type { FoundHost } from '../model/host-use.ts';
import { ServerTableOwner } from '../model/server-table-owner.ts';
import { AccessLogFile } from './access-log-file.ts';
import { AdminDoor } from './admin-door.ts';
import { reapplyConfig } from './apply-config.ts';
import { changeTicketKeys } from './change-ticket-keys.ts';
import { ConfigFiles } from './config-files.ts';
import type { SettledListener } from './data-plane-port.ts';
import { DataPlanes } from './data-planes.ts';
import { FarmControl } from './farm-control.ts';
import { hostCandidates } from './host-candidates.ts';
import { LiveState } from './live-state.ts';
import { type CheckedConfig, refuseFaults } from './load-checked.ts';
import { makeRevision } from './make-revision.ts';
import type { AdminSource } from './open-admin.ts';
import { liveBindings } from './operations/server-operations.ts';
import { planeEvents } from './plane-events.ts';
import { ProcessGauges } from './process-gauges.ts';
import type { RouterOptions } from './router-options.ts';
import { requestTotals } from './router-status.ts';
import { dispose, type Running } from './running.ts';
import { servedListeners, settleListeners } from './settle-listeners.ts';
import { tlsMaterial } from './tls-material.ts';

export interface LaunchServices {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly options: RouterOptions;
  /** What the admin API of `running` shows and does. */
  adminSource(running: Running): AdminSource;
  /** A file of the configuration has changed. */
  onFilesChanged(): void;
}

/** @throws ListenError when an address cannot be had; the system's error when the access log cannot be opened */
export async function launch(checked: CheckedConfig, services: LaunchServices): Promise<Running> {
  const { config } = checked;
  const threads = services.options.workers ?? (config.workers === 'auto' ? availableParallelism() : config.workers);
  const listeners = await settleListeners(servedListeners(config), threads > 1, []);
  const running = assemble(checked, threads, listeners, services);
  try {
    await running.planes.inTurn(() => open(running));
  } catch (error) {
    await dispose(running);
    throw error;
  }
  return running;
}

function assemble(
  written: CheckedConfig,
  threads: number,
  listeners: SettledListener[],
  services: LaunchServices,
): Running {
  const { config } = written;
  const { clock, logger, options } = services;
  const rows = Math.max(1, threads);
  const table = ServerTableOwner.create(rows);
  const bindings = new BindingTables();
  const gauges = ProcessGauges.create(rows);
  const accessLog = new AccessLogFile(clock, logger);
  const live = new LiveState(config, {
    ...{ clock, logger, table },
    onAddresses: (host, addresses) => void planes.setAddresses(host, addresses),
    onName: (host, found) => void planes.learnName(host, found),
    onHealth: (event) => control.onHealth(event),
  });
  const control = new FarmControl({
    ...{ clock, logger, table, stateDirectory: config.stateDirectory },
    bindingsOf: (id) => liveBindings(running, id),
    settled: () => planes.turned(),
    fetch: (farm, server, path, signal) => fetchPath(farm, server, path, (host) => live.lookup(host), signal),
    onApplied: ({ farms }) => hosts.use(farms),
    reapply: () => planes.inTurn(() => reapplyConfig(running, clock)),
  });
  const warn = (message: string) => logger.warn({ event: 'state-file' }, message);
  const tellHosts = (found: readonly FoundHost[]) => void planes.learnHosts(found);
  const hosts = new HostMappings({
    ...{ clock, store: new MemoryStore(), onChange: tellHosts },
    file: new HostFile(config.stateDirectory, warn),
    candidates: (farm) => hostCandidates(farm, table, live.health),
  });
  const events = planeEvents(live, hosts, tellHosts, accessLog, logger);
  const planes = new DataPlanes(threads, {
    ...{ clock, logger, table, gauges, events },
    addresses: () => live.addresses,
  });
  const secret = affinitySecret(config.stateDirectory, (message) => logger.warn({ event: 'affinity-secret' }, message));
  const ticketKeys = new TicketKeys(config.stateDirectory, (message) => logger.warn({ event: 'ticket-keys' }, message));
  const tieSeed = Math.floor(systemRandom.next() * 2 ** 31);
  const now = clock.wall();
  const running: Running = {
    ...{
      bindings,
      threads,
      table,
      gauges,
      planes,
      live,
      accessLog,
      written,
      listeners,
      tieSeed,
      clock,
      control,
      hosts,
    },
    startedWith: config,
    checked: written,
    affinitySecret: secret,
    rates: new RequestRates(() => requestTotals(table), clock),
    admin: new AdminDoor(() => services.adminSource(running)),
    files: new ConfigFiles({ clock, logger, watch: options.watch, onChange: services.onFilesChanged }),
    ticketKeys,
    revision: makeRevision(0, config, tlsMaterial(written, { ticketKeys, clock }), {
      ...{ table, affinitySecret: secret, bindings, tieSeed },
    }),
    startedAt: now,
    loadedAt: now,
    cancelRecycling: () => {},
    stopKeyChanges: () => {},
  };
  return running;
}

async function open(running: Running): Promise<void> {
  const { planes, live, listeners, written, accessLog, admin, files, control } = running;
  const config = await control.effective(written.config);
  running.checked = { ...written, config };
  running.revision = makeRevision(1, config, tlsMaterial(running.checked, running), running);
  const { checked, revision } = running;
  control.applied(config, written.config);
  const adminOpens = admin.prepare(config.admin); // loads what it needs while the workers start
  adminOpens.catch(() => {}); // it is awaited below
  const log = await accessLog.prepare(config.accessLog);
  await log.commit();
  await live.learn(config);
  refuseFaults(await planes.prepare(revision), checked);
  await planes.commit(revision);
  await adminOpens;
  admin.commit(config.admin);
  await planes.open(listeners);
  live.health.apply(config.farms);
  files.follow(written);
  running.stopKeyChanges = changeTicketKeys(running, running.clock);
}
