// A farm as written, after validation: plain data with every default filled in. Names and defaults: arr.md 5 to 8, CONTRACT 2.
import type { ProtocolConfig } from './protocol-config.ts';

/** Of a list of servers from elsewhere, a file or an answer. */
export const MOST_SOURCE_BYTES = 4 * 1024 * 1024;

export interface FarmConfig {
  name: string;
  enabled: boolean;
  servers: ServerConfig[];
  loadBalancing: LoadBalancingConfig;
  affinity: AffinityConfig;
  healthCheck: HealthCheckConfig;
  protocol: ProtocolConfig;
  passConnectionCloseHeader: boolean;
  passServerHeader: 'Replace' | 'Remove' | 'PassThrough';
  serverAutoStart: boolean;
  /** Further servers come from these. */
  serversFrom: MembershipSourceConfig[];
  /** Absolute path; null: our own page. */
  maintenancePage: string | null;
  errorPages: FarmErrorPage[];
  /** Ramp of a server's weight after it starts or recovers; 0 is off. */
  slowStart: number;
  warmUp: { urls: string[]; timeout: number } | null;
  /** Of requests that wait because all servers have their maxRequests. */
  queue: { length: number; timeout: number };
  retry: RetryConfig;
  circuitBreaker: { failures: number; openFor: number } | null;
  drain: DrainConfig;
}

export interface ServerConfig {
  /** As written: the identity of the server in its farm. */
  address: string;
  /** Where to connect: taken from the address. */
  target: { kind: 'tcp'; host: string } | { kind: 'unix'; path: string };
  httpPort: number;
  httpsPort: number;
  weight: number;
  enabled: boolean;
  priorityGroup: number;
  hostName: string | null;
  healthCheckAlternateHostName: string | null;
  healthCheckAlternatePort: number;
  /** Requests at one time, for the whole process; 0 is no limit. */
  maxRequests: number;
  /** What of the farm's URL test is otherwise for this server. */
  healthCheck: Partial<UrlTestConfig>;
  /** Where it comes from: 'file', 'operator', or the name of the source. */
  source: string;
  /** It is a member no more, and drains before it goes. */
  leaving: boolean;
}

export interface LoadBalancingConfig {
  algorithm: string;
  randomizeLBTies: boolean;
  /** Window of mean response times. */
  leastResponseTimePeriod: number;
  /** Server variables whose values are hashed; none: the URL. */
  hashServerVariables: string[];
  /** Parameters that count where QUERY_STRING is hashed. */
  queryStringNames: string[];
  /** Whether the hash of a URL has its query: protocol.cache.queryStringHandling is Accept. */
  hashesQueryString: boolean;
  /** Least available servers in the groups in use; 0: groups are not looked at. */
  priorityGroupActivation: number;
}

export interface AffinityConfig {
  useCookie: boolean;
  /** As it will be used: the second farm with one cookieName has NAME_FARM (CONTRACT 2). */
  cookieName: string;
  /** HMAC secret; null: the one in stateDirectory, else one for this run. */
  secret: string | null;
  previousSecrets: string[];
  /** Milliseconds; null: no limit. */
  cookieIdleTimeout: number | null;
  cookieLifetime: number | null;
  sameSite: 'Strict' | 'Lax' | 'None' | null;
  cookiePath: string;
  partitioned: boolean;
  /** Labels of the host, from the right, that the cookie is for; null: the host itself. */
  cookieDomainLabels: number | null;
  /** The value that ARR writes: upper-case SHA-256 of the server's name. */
  writesArrValue: boolean;
  /** Null: by cookie. */
  by: { kind: 'header' | 'query' | 'variable'; name: string } | null;
  /** Bindings of `by` that are remembered. */
  mostBindings: number;
  whenServerGone: 'redistribute' | 'wait' | 'refuse';
  waitTimeout: number;
  /** Idle life of host mappings and of the bindings that keep a drain. */
  timeout: number;
  hostName: HostAffinityConfig | null;
}

/** Servers by host name, whoever the client is (arr.md 7.3). */
export interface HostAffinityConfig {
  provider: 'HostNameRoundRobin' | 'HostNameMemory';
  countersEnabled: boolean;
  /** Labels, from the right, that name a host; null: all of them. */
  labels: number | null;
  hosts: { name: string; servers: number; equivalentHosts: string[] }[];
}

export type MembershipSourceConfig =
  | { kind: 'file'; path: string }
  | { kind: 'dns'; name: string; type: 'A' | 'SRV'; port: number; interval: number }
  | { kind: 'http'; url: string; interval: number; timeout: number; token: string | null };

/** A page of a farm for what the router answers itself. */
export interface FarmErrorPage {
  status: number;
  /** Null: any. */
  subStatus: number | null;
  /** Absolute path, or where to redirect. */
  page: { kind: 'file'; path: string } | { kind: 'redirect'; url: string };
}

export type RetryCondition = 'connect' | 'lost' | 'timeout' | 'invalid' | '502' | '503' | '504';

export interface RetryConfig {
  /** In all. */
  attempts: number;
  on: RetryCondition[];
  /** 0: only protocol.timeout. */
  perTryTimeout: number;
  bodyMemory: number;
  bodyFile: number;
  budget: { percent: number; minPerSecond: number };
}

export interface DrainConfig {
  idleTimeout: number;
  /** 0: none. */
  deadline: number;
}

/** Inclusive ranges of status codes, from `200-399`, `404`, `500-`. */
export type CodeRanges = readonly (readonly [from: number, to: number])[];

/** The URL test (arr.md 8.2). */
export interface UrlTestConfig {
  /** Absolute URL or a path; `tcp:` only connects; '' is off. */
  url: string;
  interval: number;
  timeout: number;
  retries: number;
  statusCodeMatch: CodeRanges;
  responseMatch: string;
}

export interface HealthCheckConfig extends UrlTestConfig {
  /** Tests in a row that bring a server back. */
  rise: number;
  /** Percent of the interval. */
  jitter: number;
  onDemand: boolean;
  liveTrafficFailureCodes: CodeRanges;
  maxLiveTrafficFailures: number;
  /** 0 is off (DESIGN 6). */
  liveTrafficFailurePeriod: number;
  minServers: number;
  /** Percent of healthy servers below which health is disregarded; 0 is off. */
  panicThreshold: number;
  outlier: OutlierConfig | null;
}

/** Ejection of servers that fail more than the others. */
export interface OutlierConfig {
  interval: number;
  minRequests: number;
  /** Percent. */
  failureRate: number;
  deviations: number;
  ejectFor: number;
  /** Percent of the farm. */
  mostEjected: number;
}
