// What a running router says of itself: the status of the admin API and the numbers of the metrics page.
import type { HealthEvidence } from '../control/health/health-event.ts';
import type { FarmNumbers, ListenerNumbers, ServerNumbers } from '../control/observe/metrics-source.ts';
import type { RequestRates } from '../control/observe/request-rates.ts';
import { serverCounters } from '../control/observe/server-counters.ts';
import type { Config, ListenerConfig } from '../model/config.ts';
import type { FarmConfig, ServerConfig } from '../model/farm-config.ts';
import { listenerKey } from '../model/listener-key.ts';
import { farmSlotId, listenerSlotId, serverId } from '../model/server-table.ts';
import type { ServerTableOwner } from '../model/server-table-owner.ts';
import type {
  FarmStatus,
  ListenerStatus,
  RouterStatus,
  ServerAvailability,
  ServerEvidence,
  ServerStatus,
} from '../model/status.ts';
import { virtualServersOf } from './make-revision.ts';
import { fixedKeysChanged } from './reload-guard.ts';
import type { Running } from './running.ts';
import { type ListenerScheme, listenerUrl } from './settle-listeners.ts';
import { VERSION } from './version.ts';

const AVAILABILITY: readonly ServerAvailability[] = ['Active', 'Draining', 'Inactive'];

export interface OpenedListener {
  name: string;
  /** With the real address and port. */
  url: string;
}

/** @param lastError why the latest reload was refused */
export function statusOf(running: Running, lastError: RouterStatus['snapshot']['lastError']): RouterStatus {
  const { rates, planes, revision, loadedAt, startedAt } = running;
  const iso = (wall: number): string => new Date(wall).toISOString();
  return {
    version: VERSION,
    startedAt: iso(startedAt),
    snapshot: { id: revision.id, loadedAt: iso(loadedAt), lastError },
    needsRestart: fixedKeysChanged(running.startedWith, running.written.config),
    workers: planes.states.map((worker) => ({ ...worker, startedAt: iso(worker.startedAt) })),
    listeners: listenerStatuses(running),
    farms: farmStatuses(running, rates),
  };
}

export function openedListeners({ listeners, admin, checked }: Running): OpenedListener[] {
  const schemes = new Map(checked.config.listeners.map((each) => [listenerKey(each), schemeOf(each)] as const));
  const opened = listeners.map(({ key, name, address }) => ({
    name,
    url: listenerUrl(address, schemes.get(key) ?? 'http'),
  }));
  return admin.url === null ? opened : [...opened, { name: 'admin', url: admin.url }];
}

function schemeOf({ protocol, tls }: ListenerConfig): ListenerScheme {
  return protocol === 'tcp' ? 'tcp' : tls === null ? 'http' : 'https';
}

function listenerStatuses(running: Running): ListenerStatus[] {
  const virtual = new Map(listenerNumbers(running).map(({ listener, ...connections }) => [listener, connections]));
  return openedListeners(running).map((opened) => {
    const connections = virtual.get(opened.name);
    return connections === undefined ? opened : { ...opened, connections };
  });
}

/** Of virtual servers; for the metrics page too. */
export function listenerNumbers({ checked, table }: Running): ListenerNumbers[] {
  return virtualServersOf(checked.config).map((listener) => {
    const totals = table.state(table.slotOf(listenerSlotId(listener))!).totals();
    const { totalRequests: total, failedRequests: failed, currentRequests: current } = totals;
    return {
      listener,
      current,
      total: total + current,
      failed,
      bytesIn: totals.bytesSent,
      bytesOut: totals.bytesReceived,
    };
  });
}

/** Farms and servers of what runs with their live numbers. */
function farmStatuses(running: Running, rates: RequestRates): FarmStatus[] {
  return running.checked.config.farms.map((farm) => ({
    name: farm.name,
    enabled: farm.enabled,
    queuedRequests: running.table.farmNumbers(running.table.slotOf(farmSlotId(farm.name))!).queued,
    servers: farm.servers.map((server) => serverStatus(farm, server, running, rates)),
  }));
}

function serverStatus(
  { name: farm, circuitBreaker }: FarmConfig,
  server: ServerConfig,
  running: Running,
  rates: RequestRates,
): ServerStatus {
  const { table, live, control } = running;
  const { address, source, priorityGroup, leaving } = server;
  const id = serverId(farm, address);
  const slot = table.slotOf(id)!;
  const state = table.state(slot);
  return {
    address,
    weight: server.weight,
    // A server that is not enabled takes no work, whatever its state was.
    state: server.enabled ? AVAILABILITY[state.availability]! : 'Inactive',
    isHealthy: state.healthy,
    ...{ source, priorityGroup, leaving },
    override: control.changes.override(farm, address) ?? null,
    drain: control.drains.status(id),
    weightPercent: 100 - state.rampMissing,
    warmingUp: state.warming,
    circuit: table.circuit(slot).state(running.clock.wall(), circuitBreaker?.openFor ?? 0),
    evidence: evidenceOf(live.health.evidence(id)),
    counters: serverCounters(state.totals(), rates.perSecond(id)),
  };
}

function evidenceOf(evidence: HealthEvidence | null): ServerEvidence | null {
  if (evidence === null) return null;
  return {
    by: evidence.by,
    reason: evidence.reason,
    since: new Date(evidence.since).toISOString(),
    lastResults: evidence.lastResults.map((result) => ({ ...result, at: new Date(result.at).toISOString() })),
  };
}

/** The same servers for the metrics page. */
export function* serverNumbers(config: Config, table: ServerTableOwner): Iterable<ServerNumbers> {
  for (const farm of config.farms) {
    for (const server of farm.servers) {
      const state = table.state(table.slotOf(serverId(farm.name, server.address))!);
      yield { farm: farm.name, server: server.address, healthy: state.healthy, totals: state.totals() };
    }
  }
}

export function* farmNumbers({ farms }: Config, table: ServerTableOwner): Iterable<FarmNumbers> {
  for (const { name } of farms) {
    const { retries, queued } = table.farmNumbers(table.slotOf(farmSlotId(name))!);
    yield { farm: name, retries, queued };
  }
}

/** Total requests by slot, for the rates; the slots of farms count nothing. */
export function* requestTotals(table: ServerTableOwner): Iterable<readonly [string, number]> {
  for (const id of table.claimed()) yield [id, table.state(table.slotOf(id)!).totals().totalRequests];
}
