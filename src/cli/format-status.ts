// The status of a router as `narrows status` shows it to people.
import type { RouterStatus } from '../index.ts';
import { count } from './count.ts';
import { type Column, formatTable } from './format-table.ts';

type ServerStatus = RouterStatus['farms'][number]['servers'][number];

const COLUMNS: readonly Column[] = [
  { title: 'SERVER', align: 'left' },
  { title: 'STATE', align: 'left' },
  { title: 'HEALTH', align: 'left' },
  { title: 'WEIGHT', align: 'right' },
  { title: 'REQUESTS', align: 'right' },
  { title: 'PER SEC', align: 'right' },
  { title: 'FAILED', align: 'right' },
  { title: 'CURRENT', align: 'right' },
  { title: 'SENT', align: 'right' },
  { title: 'RECEIVED', align: 'right' },
  { title: 'RESPONSE', align: 'right' },
];

export function formatStatus(status: RouterStatus): string {
  const { snapshot, workers, listeners } = status;
  const connections = workers.reduce((sum, worker) => sum + worker.connections, 0);
  const restarts = workers.reduce((sum, worker) => sum + worker.restarts, 0);
  const head = [
    `narrows ${status.version}, up since ${status.startedAt}`,
    `configuration ${snapshot.id}, loaded ${snapshot.loadedAt}`,
    `${count(workers.length, 'worker')}, ${count(restarts, 'restart')}, ${count(connections, 'client connection')}`,
    ...listeners.map(listenerText),
  ];
  if (status.needsRestart.length > 0) head.push(`${status.needsRestart.join(', ')}: changes only with a restart`);
  if (snapshot.lastError !== null) {
    head.push(`last reload REFUSED ${snapshot.lastError.at}: ${snapshot.lastError.message}`);
  }
  return `${head.join('\n')}\n${formatFarms(status.farms)}`;
}

function listenerText({ name, url, connections }: RouterStatus['listeners'][number]): string {
  const text = `listener ${name} ${url}`;
  if (connections === undefined) return text;
  const { current, total, failed, bytesIn, bytesOut } = connections;
  return `${text}: ${count(current, 'connection')} of ${total}, ${failed} failed, ${bytes(bytesIn)} in, ${bytes(bytesOut)} out`;
}

export function formatFarms(farms: RouterStatus['farms']): string {
  return farms.map(farmText).join('');
}

function farmText({ name, enabled, servers }: RouterStatus['farms'][number]): string {
  const title = `\nfarm ${name}${enabled ? '' : ' (offline)'}\n`;
  if (servers.length === 0) return `${title}no servers\n`;
  return title + formatTable(COLUMNS, servers.map(serverRow)) + evidenceText(servers) + notesText(servers);
}

function serverRow(server: ServerStatus): string[] {
  const { address, state, leaving, warmingUp, isHealthy, weight, weightPercent, counters } = server;
  return [
    address,
    leaving ? 'Leaving' : warmingUp ? 'Warming up' : state,
    isHealthy ? 'healthy' : 'UNHEALTHY',
    weightPercent === 100 ? String(weight) : `${weightPercent} % of ${weight}`,
    String(counters.totalRequests),
    counters.requestPerSecond.toFixed(1),
    String(counters.failedRequests),
    String(counters.currentRequests),
    bytes(counters.bytesSent),
    bytes(counters.bytesReceived),
    counters.responseTime === 0 ? '-' : `${counters.responseTime.toFixed(1)} ms`,
  ];
}

/** Why a server is out stands under the table: it would not fit in it. */
function evidenceText(servers: readonly ServerStatus[]): string {
  return servers
    .filter(({ isHealthy, evidence }) => !isHealthy && evidence !== null)
    .map(({ address, evidence }) => `  ${address} unhealthy since ${evidence!.since}: ${evidence!.reason}\n`)
    .join('');
}

/** What an operator changed, and how a drain goes. */
function notesText(servers: readonly ServerStatus[]): string {
  return servers
    .flatMap(({ address, override, drain, source, counters }) => [
      ...(counters.totalWebSocketRequests === 0 ? [] : [`  ${address} ${webSocketText(counters)}`]),
      ...(source === 'file' ? [] : [`  ${address} comes from: ${source}`]),
      ...(override === null
        ? []
        : [
            `  ${address} was changed: ${Object.entries(override)
              .map(([key, value]) => `${key} ${value}`)
              .join(', ')}`,
          ]),
      ...(drain === null ? [] : [`  ${address} ${drainText(drain)}`]),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

function webSocketText(counters: ServerStatus['counters']): string {
  const { currentWebSocketRequests: now, totalWebSocketRequests: all, failedWebSocketRequests: failed } = counters;
  const { webSocketBytesSent: sent, webSocketBytesReceived: received } = counters;
  return `has ${count(now, 'WebSocket')} of ${all} so far (${failed} failed), ${bytes(sent)} to it, ${bytes(received)} from it`;
}

function drainText(drain: NonNullable<ServerStatus['drain']>): string {
  if (drain.endedBy !== null) return `was drained at ${drain.endedAt}: ${drain.endedBy}`;
  const { since, clients, hosts, requests, webSockets } = drain;
  const counts = [count(clients, 'bound client'), count(hosts, 'host name'), count(requests, 'open request')];
  if (webSockets > 0) counts.push(count(webSockets, 'WebSocket'));
  return `drains since ${since}: ${counts.join(', ')}`;
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** 1024-based, as sizes in the configuration are. */
function bytes(amount: number): string {
  let unit = 0;
  let value = amount;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
