// What a running router says of itself: the JSON of GET /api/status (CONTRACT 5). Counter names: arr.md 8.3.
// Times are ISO 8601 in UTC.

import type { DrainStatus, HealthChange } from './farm-operations.ts';

export interface RouterStatus {
  version: string;
  startedAt: string;
  snapshot: SnapshotStatus;
  /** Keys that the configuration writes otherwise than the router was started with: they change with a restart only. */
  needsRestart: readonly string[];
  workers: WorkerStatus[];
  listeners: ListenerStatus[];
  farms: FarmStatus[];
}

export interface SnapshotStatus {
  id: number;
  loadedAt: string;
  /** Why the latest reload was refused; null when it was not, or when a later one went well. */
  lastError: { at: string; message: string } | null;
}

export interface WorkerStatus {
  /** Its row in the shared numbers, which its replacement takes over or not: an identity for people only. */
  id: number;
  startedAt: string;
  /** How often a worker in this place was replaced because it died or hung. */
  restarts: number;
  /** Client connections open now. */
  connections: number;
}

export interface ListenerStatus {
  name: string;
  /** With the real port. */
  url: string;
  /** Of a virtual server; absent for others. */
  connections?: ConnectionCounters;
}

/** Since the listener was first opened; bytes of connections that have ended. */
export interface ConnectionCounters {
  current: number;
  total: number;
  /** They came to no server, were broken off by one side, or cut here; those beyond a limit count too. */
  failed: number;
  /** From clients, and to them. */
  bytesIn: number;
  bytesOut: number;
}

export interface FarmStatus {
  name: string;
  enabled: boolean;
  /** Requests that wait because every server that they may go to has its maxRequests. */
  queuedRequests: number;
  servers: ServerStatus[];
}

export interface ServerStatus {
  address: string;
  weight: number;
  state: ServerAvailability;
  isHealthy: boolean;
  /** Where it comes from: 'file', 'operator', or the name of a source. */
  source: string;
  priorityGroup: number;
  /** It is a member no more, and drains before it goes. */
  leaving: boolean;
  /** What an operator changed; null for nothing. */
  override: { weight?: number; state?: string } | null;
  /** The drain that it is in, or the last one; null where there was none. */
  drain: DrainStatus | null;
  /** Percent of its weight that it has now: less than 100 while it starts slowly. */
  weightPercent: number;
  warmingUp: boolean;
  /** Open: it gets no requests, because several failed in a row; halfOpen: the next one decides. */
  circuit: 'closed' | 'open' | 'halfOpen';
  /** Why health is what it is; null while nothing was seen of the server. */
  evidence: ServerEvidence | null;
  counters: ServerCounters;
}

export type ServerAvailability = 'Active' | 'Draining' | 'Inactive';

export interface ServerEvidence {
  /** What decided the present health; null while nothing has. */
  by: HealthChange['by'] | null;
  /** For people: what decided the present health. */
  reason: string;
  /** When that was decided. */
  since: string;
  /** The latest runs of the URL test, oldest first. */
  lastResults: ProbeEvidence[];
}

/** One run of the URL test. */
export interface ProbeEvidence {
  at: string;
  passed: boolean;
  /** Status of the response; null when none came. */
  status: number | null;
  reason: string;
  /** Milliseconds that the run took. */
  duration: number;
}

export interface ServerCounters {
  totalRequests: number;
  failedRequests: number;
  currentRequests: number;
  /** Mean over the latest seconds. */
  requestPerSecond: number;
  /** Bytes to the server. */
  bytesSent: number;
  /** Bytes from the server. */
  bytesReceived: number;
  /** Sessions that began with a 101, WebSockets mostly, and handshakes that failed by the server. */
  totalWebSocketRequests: number;
  /** Those that are open; they are in currentRequests too. */
  currentWebSocketRequests: number;
  failedWebSocketRequests: number;
  /** Bytes of sessions are in these alone. */
  webSocketBytesSent: number;
  webSocketBytesReceived: number;
  /** Mean time to the response head, in ms; 0 before the first response. */
  responseTime: number;
}
