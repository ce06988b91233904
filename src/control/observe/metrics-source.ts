// Where the metrics page reads its numbers: the router's live state, asked when somebody scrapes.
import type { ListedCertificate } from '../../model/certificate-report.ts';
import type { ServerTotals } from '../../model/server-table-totals.ts';

export interface ServerNumbers {
  farm: string;
  /** Its address as written. */
  server: string;
  healthy: boolean;
  totals: ServerTotals;
}

export interface FarmNumbers {
  farm: string;
  retries: { made: number; refused: number };
  /** Requests that wait for a place at a server. */
  queued: number;
}

/** Of a virtual server. */
export interface ListenerNumbers {
  listener: string;
  current: number;
  total: number;
  failed: number;
  bytesIn: number;
  bytesOut: number;
}

export interface RouterNumbers {
  /** Client connections open now. */
  connections: number;
  workers: number;
  /** Workers replaced because they died or hung. */
  workerRestarts: number;
  reloadsSucceeded: number;
  reloadsFailed: number;
  /** When the running configuration was loaded, in ms since 1970. */
  loadedAt: number;
  /** Connections and requests turned away before they became requests. */
  refusals: number;
  logLinesDropped: number;
}

export interface MetricsSource {
  servers(): Iterable<ServerNumbers>;
  farms(): Iterable<FarmNumbers>;
  listeners(): Iterable<ListenerNumbers>;
  router(): RouterNumbers;
  certificates(): Iterable<ListedCertificate>;
}
