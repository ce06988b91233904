// A farm and its servers, compiled and frozen: what requests run on. FarmConfig is what was written, ServerState what lives.

import type { AffinityPolicy, LoadBalancingPolicy, RequestForwarding } from './extensions.ts';
import type { FarmConfig, ServerConfig } from './farm-config.ts';
import type { ServerNumbers } from './server-numbers.ts';

export interface Server {
  /** FARM/ADDRESS: the name that operators use; of an origin its host[:port]. */
  readonly id: string;
  readonly address: string;
  readonly config: ServerConfig;
  readonly farmName: string;
  /** Position in its farm. */
  readonly index: number;
  /** Of its live numbers: small, and unique while the server exists; -1 for an origin, which has none in the shared table. */
  readonly slot: number;
  readonly state: ServerNumbers;
  /** Host header for this server when the client's is not kept (arr.md 5.2), for http. */
  readonly hostHeader: string;
  /** Everything that makes two connections interchangeable (DESIGN 5): address, port, scheme, TLS. */
  readonly poolKey: string;
}

export interface Farm {
  /** Of an origin: its host[:port], as the rule wrote it. */
  readonly name: string;
  /**
   * True for a host that is no farm, reached because proxy.enabled allows it: it has one server, no health and no affinity,
   * and its settings are those of `proxy`.
   */
  readonly isOrigin: boolean;
  readonly config: FarmConfig;
  /** Enabled servers, in file order. */
  readonly servers: readonly Server[];
  /** Servers that take new work now, the same list until a state changes; empty when none does. */
  candidates(): readonly Server[];
  /** Why candidates() is empty, for people: `farm shop: 3 servers: 2 unhealthy, 1 draining`. */
  whyNoServer(): string;
  readonly balancer: LoadBalancingPolicy;
  /** Null when the farm has no client affinity. */
  readonly affinity: AffinityPolicy | null;
  readonly forwarding: RequestForwarding;
}

/** Hosts that are no farm: each looks like a farm of one server. Null in a snapshot whose proxy is not enabled. */
export interface Origins {
  /** The origin at `authority` (host[:port]); null where that names no host and port. */
  at(authority: string): Farm | null;
}
