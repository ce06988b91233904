// Every plug point: a name and one or two verbs (DESIGN 2). A policy is chosen once, when the snapshot is compiled.
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { RequestHead } from '../wire/http1/request-head.ts';
import type { Answer } from './answer.ts';
import type { Balanced } from './balanced.ts';
import type { Config } from './config.ts';
import type { Server } from './farm.ts';
import type { FarmConfig } from './farm-config.ts';
import type { ProxyError } from './proxy-error.ts';
import type { RequestContext } from './request-context.ts';
import type { ResponseDraft } from './response-draft.ts';

/** Picks one of several servers. Synchronous: it runs for each request. */
export interface LoadBalancingPolicy {
  readonly name: string;
  /** True: it reads ServerState.requests, which are then counted for the servers of its farm. */
  readonly countsRequests?: boolean;
  /** `candidates` is never empty, and the same list as before unless its servers or their weights have changed. */
  pick(candidates: readonly Server[], ctx: RequestContext): Server;
}

/** A balancing method that needs no request: it can serve connections of virtual servers too. */
export interface ConnectionBalancer {
  pick(candidates: readonly Server[], connection: Balanced): Server;
}

/** Writes the head of a request for a server. */
export interface RequestForwarding {
  /** The whole head, with its empty line. May throw ProxyError. */
  headFor(ctx: RequestContext, server: Server): string;
  /** What headFor() passes on of the client's Upgrade, in lower case; '' for nothing. */
  offeredUpgrade(inbound: RequestHead): string;
}

/** Ties a client to a server. */
export interface AffinityPolicy {
  readonly name: string;
  /** The server that this request's client is bound to, null when it is bound to none (sets ctx.affinity either way). */
  find(ctx: RequestContext): Server | null;
  /** Writes the binding of the client to ctx.server into the response, where it is new or changed. */
  bind(ctx: RequestContext, response: ResponseDraft): void;
  /** The client, if it is bound to ctx.server, used its binding until now. */
  used(ctx: RequestContext): void;
}

/** Ties a client to a server by what its connection says. */
export interface ConnectionAffinity {
  /** As AffinityPolicy.find(). */
  find(connection: Balanced): Server | null;
  /** Notes that the client is bound to connection.server. */
  bind(connection: Balanced): void;
  used(connection: Balanced): void;
}

/**
 * A step of the journey. It returns a promise only when it must wait. Functions that are absent cost nothing.
 */
export interface Stage {
  readonly name: string;
  /** Nothing: go on. An answer: the journey ends here. May throw ProxyError. */
  onRequest?(ctx: RequestContext): Answer | undefined | Promise<Answer | undefined>;
  /** Edits the response before its head is sent. */
  onResponseHead?(ctx: RequestContext, response: ResponseDraft): void;
  /** Whether onResponseHead() is for answers made here too: files, redirects, errors. */
  readonly answersToo?: boolean;
  /** The answer to a failure, in place of ours. What fails while it is made or sent is answered by ours. */
  onError?(ctx: RequestContext, error: ProxyError): Answer | undefined | Promise<Answer | undefined>;
  /** After the outcome is settled, always, also when the client left. */
  onEnd?(ctx: RequestContext): void;
}

/** Takes what became of a request. Called once for each, after the last byte. */
export interface OutcomeSink {
  readonly name: string;
  record(ctx: RequestContext): void;
}

/** Answers `{NAME:text}` in rules (url-rewrite.md 15). Synchronous: it runs for each request that asks. */
export interface RewriteProvider {
  /** The text for `input`; '' where there is none. What it throws fails the request (500.50, 500.51). */
  rewrite(input: string): string;
}

/** What an extension may use beside its configuration, so that a test can advance time and fix chance. */
export interface ExtensionServices {
  readonly clock: Clock;
  readonly random: Random;
}

interface Named<Kind extends string, Scope, Made> {
  readonly kind: Kind;
  readonly name: string;
  /** Called whenever a configuration is compiled: in every worker, and in the control thread to check and to explain. May throw. */
  create(config: Scope, services: ExtensionServices): Made;
}

/** Runs after the rules and before the farm is chosen; on the way back after affinity. */
export type StageExtension = Named<'stage', Config, Stage>;
/** Made once for each farm whose loadBalancing.algorithm is `name`. */
export type LoadBalancingExtension = Named<'loadBalancing', FarmConfig, LoadBalancingPolicy>;
export type OutcomeSinkExtension = Named<'outcomeSink', Config, OutcomeSink>;
/** Made for each provider whose type is `name`; it is given the provider's settings. */
export type RewriteProviderExtension = Named<'rewriteProvider', Readonly<Record<string, string>>, RewriteProvider>;

/** What a module of `extensions` exports, as default or as `extension` (CONTRACT 7). */
export type Extension = StageExtension | LoadBalancingExtension | OutcomeSinkExtension | RewriteProviderExtension;
