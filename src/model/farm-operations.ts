// What operators may do to farms and servers while the router runs: what the admin API asks of the engine.
// Each change is returned, so that it can be recorded and taken back. Times are ISO 8601 in UTC, durations milliseconds.

export type StateAction = 'Start' | 'Drain' | 'GracefulStop' | 'ForcefulStop';

/** Why an operation is refused; the message is for the operator. */
export class OperationError extends Error {
  readonly kind: 'notFound' | 'conflict' | 'invalid';

  constructor(kind: OperationError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** One thing that an operator changed; putting `before` back undoes it. */
export interface Change {
  what: 'state' | 'weight' | 'health' | 'member' | 'farm' | 'hostMapping';
  farm: string;
  server?: string;
  host?: string;
  before: unknown;
  after: unknown;
  /** It survives a restart; so does what takes it back. */
  kept?: boolean;
}

export interface StateOptions {
  /** Keep it across restarts. */
  persist?: boolean;
  /** Of a drain, in place of the configured ones. */
  deadline?: number;
  idleTimeout?: number;
}

/** Who is bound to a server: what keeps its drain from being done. */
export interface Bindings {
  /** Clients seen within affinity.timeout, told apart by address and User-Agent, or by the value that affinity goes by. */
  clients: number;
  hosts: number;
  requests: number;
  webSockets: number;
  /** When a bound client was seen last; null: never. */
  lastUse: string | null;
}

export interface DrainStatus extends Bindings {
  since: string;
  /** When it ends at the latest; null: no deadline. */
  deadline: string | null;
  /** Why it is done; null while it is not. */
  endedBy: 'noBindings' | 'idle' | 'deadline' | null;
  endedAt: string | null;
}

export interface ServerOperations {
  /** @throws OperationError notFound */
  setState(farm: string, server: string, action: StateAction, options: StateOptions): Promise<Change>;
  /** Who would be affected by a drain or a stop now; null fields of DrainStatus are not in it. */
  bindings(farm: string, server: string): Bindings;
  /** The drain of a server that drains, or the last one; null where there was none. */
  drain(farm: string, server: string): DrainStatus | null;
  /** Resolves when the drain of the server is done; with null once it is called off, at once where there is none. */
  whenDrained(farm: string, server: string): Promise<DrainStatus | null>;
}

export interface NewServer {
  address: string;
  [setting: string]: unknown;
}

export interface MemberOperations {
  /** @param server as an item of `servers` in the configuration; @throws OperationError invalid, conflict */
  add(farm: string, server: NewServer, options: { persist?: boolean }): Promise<Change>;
  /** It drains and is gone then. */
  remove(farm: string, server: string, options: { persist?: boolean }): Promise<Change>;
  /** @param weight null: that of the configuration again */
  setWeight(farm: string, server: string, weight: number | null, options: { persist?: boolean }): Promise<Change>;
  /** Takes a farm offline, or brings it online; null: as the configuration says. */
  setFarmEnabled(farm: string, enabled: boolean | null, options: { persist?: boolean }): Promise<Change>;
}

/** As TestHealth of ARR answers (arr.md 5.2). */
export interface HealthTestResult {
  result: 'Success' | 'ConnectionFailure' | 'StatusCodeFailure' | 'ResponseEntityFailure';
  httpStatus: number | null;
  reason: string;
  duration: number;
}

export interface HealthOperations {
  setHealthy(farm: string, server: string): Promise<Change>;
  setUnhealthy(farm: string, server: string): Promise<Change>;
  /** Runs the URL test now and changes nothing. @param test in place of what is configured */
  test(
    farm: string,
    server: string,
    test: { url?: string; timeout?: number; statusCodeMatch?: string; responseMatch?: string },
  ): Promise<HealthTestResult>;
  /** What health changed lately, oldest first. */
  history(farm: string, server: string): HealthChange[];
}

export interface HealthChange {
  at: string;
  healthy: boolean;
  /** What decided: the URL test, live traffic, comparison with the farm, or an operator. */
  by: 'urlTest' | 'liveTraffic' | 'outlier' | 'operator' | 'configuration';
  reason: string;
}

export interface HostMapping {
  host: string;
  servers: string[];
  since: string;
  lastUse: string;
  requests: number;
  bytesSent: number;
  bytesReceived: number;
}

export interface HostMove {
  host: string;
  from: string[];
  to: string[];
  reason: string;
}

export interface HostOperations {
  /** @param host null: all, up to `limit` of them */
  mappings(farm: string, filter: { host?: string; server?: string; limit: number }): HostMapping[];
  /** Forgets that `host` belongs to `server`; without a server, to any. @throws OperationError notFound */
  remove(farm: string, host: string, server?: string): Promise<Change>;
  /** Which hosts would move where if they were shared out evenly now, and why. */
  rebalancePlan(farm: string): HostMove[];
  rebalance(farm: string): Promise<Change[]>;
  /** Puts `servers` in place of those of `host`: how a change is taken back. */
  assign(farm: string, host: string, servers: string[]): Promise<Change>;
}

/** Who changes something, from where and why: what the audit keeps beside the change. */
export interface Author {
  who: string;
  from: string;
  why: string;
}

export interface AuditEntry extends Author {
  id: number;
  at: string;
  change: Change;
  /** The entry that this one took back. */
  undoes?: number;
}

/** The record of changes. */
export interface Audit {
  record(author: Author, change: Change, undoes?: number): AuditEntry;
  /** The latest, oldest first. */
  readonly entries: readonly AuditEntry[];
  find(id: number): AuditEntry | undefined;
}

/** All of it. */
export interface FarmOperations {
  readonly servers: ServerOperations;
  readonly members: MemberOperations;
  readonly health: HealthOperations;
  readonly hosts: HostOperations;
}
