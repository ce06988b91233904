// A farm and its servers, compiled and frozen: what requests run on. FarmConfig is what was written, ServerState what lives.

import type { Balanced } from './balanced.ts';
import type {
  AffinityPolicy,
  ConnectionAffinity,
  ConnectionBalancer,
  LoadBalancingPolicy,
  RequestForwarding,
} from './extensions.ts';
import type { FarmConfig, ServerConfig } from './farm-config.ts';
import type { ProxyError } from './proxy-error.ts';
import type { RequestContext } from './request-context.ts';
import type { RetryRules } from './retry-rules.ts';
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
  /** Host header for this server when the client's is not kept (arr.md 5.2), for http and for https. */
  readonly hostHeader: string;
  readonly secureHostHeader: string;
  /** Everything that makes two connections interchangeable (DESIGN 5), of those by http and of those by https. */
  readonly poolKey: string;
  readonly securePoolKey: string;
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
  /**
   * Servers that take new work now, the same list until a state changes; empty when none does.
   * @param tried for another attempt: the next priority group joins where these leave too few
   */
  candidates(tried?: ReadonlySet<Server>): readonly Server[];
  /** Why candidates() is empty, for people: `farm shop: 3 servers: 2 unhealthy, 1 draining`. */
  whyNoServer(): string;
  readonly balancer: LoadBalancingPolicy;
  /** Null when the farm has no client affinity. */
  readonly affinity: AffinityPolicy | null;
  /** For virtual servers; null: the balancing method needs a request. */
  readonly connections: ConnectionPolicies | null;
  readonly forwarding: RequestForwarding;
  /** Null: only what could not be connected is tried again, within retry.attempts. */
  readonly retry: RetryRules | null;
  /** Null: no circuit is opened. */
  readonly breaker: CircuitBreaker | null;
  /** Null where no server has maxRequests. */
  readonly queue: PlaceQueue | null;
}

/** How a farm is balanced, as its method is made. */
export interface FarmBalancers {
  readonly requests: LoadBalancingPolicy;
  /** The same method, where it needs nothing of a request; null where it does. */
  readonly connections: ConnectionBalancer | null;
}

/** How the connections of virtual servers find a server of the farm. */
export interface ConnectionPolicies {
  readonly balancer: ConnectionBalancer;
  /** Null: clients are bound by nothing that a connection has. */
  readonly affinity: ConnectionAffinity | null;
}

/** The circuits of a farm's servers (circuit.ts). Open ones are no candidates. */
export interface CircuitBreaker {
  /** A server with a place whose circuit is to be tried by `ctx`, which then has to go there; null mostly. */
  takeTrial(ctx: Balanced): Server | null;
  succeeded(server: Server, isTrial: boolean): void;
  failed(server: Server, isTrial: boolean): void;
}

/** Gives out the places that maxRequests leaves, and has those wait who find none. */
export interface PlaceQueue {
  hasPlace(server: Server): boolean;
  /** Starts an attempt on what `pick` chooses of those that have a place; null where none has one. */
  tryStart(candidates: readonly Server[], pick: (candidates: readonly Server[]) => Server): Server | null;
  /**
   * Starts an attempt at once on what `pick` chooses of ctx.candidates, or when it is the turn of `ctx`, of `candidatesNow`.
   * @param go is given the server, whose ServerState.started() it stands for, or why there is none
   */
  enter(
    ctx: RequestContext,
    candidatesNow: () => readonly Server[],
    pick: (candidates: readonly Server[]) => Server,
    go: QueueExit,
  ): void;
  /** An attempt has ended: its place may go to the next one. */
  placeFree(): void;
}

export type QueueExit = (server: Server | null, error: ProxyError | null) => void;

/** Hosts that are no farm: each looks like a farm of one server. Null in a snapshot whose proxy is not enabled. */
export interface Origins {
  /** The origin at `authority` (host[:port]); null where that names no host and port. */
  at(authority: string): Farm | null;
}
