// The attempts of a request: which server (the one that the client's connection is pinned to, else the balancer's pick
// of the candidates), the exchange with it, and what to do after a failure (DESIGN 6, retries).

import { inCodeRanges } from '../../model/code-ranges.ts';
import type { Farm, Server } from '../../model/farm.ts';
import type { RetryCondition } from '../../model/farm-config.ts';
import { asProxyError, type ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { ResponseDraft } from '../../model/response-draft.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import { mayMove } from '../affinity/when-server-gone.ts';
import { clientHead, interimHead } from '../response/client-head.ts';
import { Exchange } from '../upstream/exchange.ts';
import type { ExchangeOwner } from '../upstream/exchange-owner.ts';
import { RetryRun } from '../upstream/retry-run.ts';
import type { UpstreamServices } from '../upstream/upstream-services.ts';
import { candidatesNow } from './candidates-now.ts';
import { conditionOf, isIdempotent, isRepeatable, mayRetry, wentStale } from './retriable.ts';

/** Why a failure was answered that might have been tried again. */
const BUDGET_SPENT = 'not tried again: the retry budget is spent';
const CLIENT_STAYS =
  'not tried on another server: the client is bound to this one, and affinity.whenServerGone is refuse';

type Settle = (ctx: RequestContext, exchange: Exchange | null, error: ProxyError | null) => void;

export class Attempts implements ExchangeOwner {
  readonly #upstream: UpstreamServices;
  readonly #date: () => string;
  readonly #settle: Settle;

  /** @param settle hears of the attempt that was the last one */
  constructor(upstream: UpstreamServices, date: () => string, settle: Settle) {
    this.#upstream = upstream;
    this.#date = date;
    this.#settle = settle;
  }

  /**
   * Begins the first attempt; a pin wins over affinity and balancing.
   * @param startedAt when nothing was waited for any more, monotonic ms: the time of the servers begins then
   * @throws whatever a balancing policy throws
   */
  first(ctx: RequestContext, startedAt = ctx.startedAt): void {
    const farm = ctx.farm!;
    const held = this.#upstream.pins.serverFor(ctx);
    if (farm.queue !== null) return this.#queue(ctx, farm, held);
    const trial = held === null && farm.breaker !== null ? farm.breaker.takeTrial(ctx) : null;
    const server = held ?? trial ?? farm.balancer.pick(ctx.candidates, ctx);
    ctx.attempts = [];
    ctx.queuedFor = startedAt - ctx.startedAt;
    server.state.started();
    ctx.server = server;
    this.#attempt(ctx, server, false, startedAt, this.#newRun(ctx, farm, startedAt), trial !== null);
  }

  /** As first(), in a farm whose servers have maxRequests: perhaps it has to wait. */
  #queue(ctx: RequestContext, farm: Farm, held: Server | null): void {
    const queue = farm.queue!;
    const candidates = candidatesNow(ctx, farm, held);
    if (held !== null) ctx.candidates = [held];
    let trial: Server | null = null;
    const pick = (offered: readonly Server[]) => {
      trial = held === null ? (farm.breaker?.takeTrial(ctx) ?? null) : null;
      return trial ?? farm.balancer.pick(offered, ctx);
    };
    queue.enter(ctx, candidates, pick, (server, error) => {
      if (server === null) return this.#settle(ctx, null, error);
      ctx.server = server;
      ctx.attempts = [];
      const startedAt = this.#upstream.clock.monotonic();
      ctx.queuedFor = startedAt - ctx.startedAt;
      this.#attempt(ctx, server, false, startedAt, this.#newRun(ctx, farm, startedAt), trial === server);
    });
  }

  #newRun(ctx: RequestContext, { retry }: Farm, since: number): RetryRun | null {
    return retry === null ? null : new RetryRun(ctx, retry, isIdempotent(ctx), since, this.#upstream.spillFiles);
  }

  #again(last: Exchange, server: Server, fresh: boolean, isTrial = false): void {
    this.#attempt(last.ctx, server, fresh, this.#upstream.clock.monotonic(), last.run, isTrial);
  }

  #attempt(
    ctx: RequestContext,
    server: Server,
    fresh: boolean,
    startedAt: number,
    run: RetryRun | null,
    isTrial: boolean,
  ): void {
    ctx.attempts!.push({ server, reused: false, error: null, status: 0, isTrial });
    if (run !== null) run.attempts++;
    const repeatable = isRepeatable(ctx);
    new Exchange(ctx, server, this, this.#upstream, startedAt, run).begin(fresh, repeatable);
  }

  onInterimHead(head: ResponseHead): string {
    return interimHead(head);
  }

  onResponseHead(exchange: Exchange, head: ResponseHead): string {
    const { ctx } = exchange;
    exchange.run?.release(); // nothing is tried again from here on
    const draft = new ResponseDraft(head);
    for (const stage of ctx.snapshot.stages) stage.onResponseHead?.(ctx, draft);
    exchange.transform = draft.transform;
    return clientHead(draft, ctx.farm!.config.passServerHeader, this.#date());
  }

  /** Whatever becomes of the session, the attempt went well. */
  onSwitched(exchange: Exchange): void {
    this.#judge(exchange, null);
  }

  onRetriableStatus(exchange: Exchange, status: number): (() => void) | null {
    const next = this.#nextOrNone(exchange, String(status) as RetryCondition);
    if (next === null) return null;
    exchange.ctx.attempts!.at(-1)!.reused = exchange.reused;
    exchange.ctx.attempts!.at(-1)!.status = status;
    this.#judge(exchange, null);
    return () => this.#goOn(exchange, next);
  }

  onFailed(exchange: Exchange, error: ProxyError): void {
    this.#note(exchange, error);
    if (wentStale(exchange, error)) return this.#again(exchange, exchange.server, true, isTrial(exchange));
    this.#judge(exchange, error);
    const { ctx, server } = exchange;
    if (error.kind.source === 'upstream' && ctx.farm!.forwarding.offeredUpgrade(ctx.inbound) !== '')
      server.state.sessionFailed();
    const condition = conditionOf(exchange, error);
    let next: Server | null;
    try {
      next = condition === null ? null : this.#next(exchange, condition);
    } catch (fault) {
      return this.#end(exchange, asProxyError(fault)); // of a policy that an extension brings
    }
    if (next === null) return this.#end(exchange, error);
    this.#goOn(exchange, next);
  }

  onDone(exchange: Exchange, error: ProxyError | null): void {
    this.#note(exchange, error);
    if (exchange.upstreamStatus !== 101) this.#judge(exchange, error);
    this.#end(exchange, error);
  }

  #end(exchange: Exchange, error: ProxyError | null): void {
    exchange.run?.release();
    this.#settle(exchange.ctx, exchange, error);
  }

  #note(exchange: Exchange, error: ProxyError | null): void {
    const attempt = exchange.ctx.attempts!.at(-1)!;
    attempt.reused = exchange.reused;
    attempt.error = error?.code ?? null;
  }

  /** Tells the circuit breaker how the attempt ended; one that ended with the client says nothing. */
  #judge(exchange: Exchange, error: ProxyError | null): void {
    const { farm } = exchange.ctx;
    const breaker = farm!.breaker;
    if (breaker === null || (error !== null && error.kind.source !== 'upstream')) return;
    const codes = farm!.config.healthCheck.liveTrafficFailureCodes;
    const hasFailed = error !== null || inCodeRanges(codes, exchange.upstreamStatus);
    if (hasFailed) breaker.failed(exchange.server, isTrial(exchange));
    else breaker.succeeded(exchange.server, isTrial(exchange));
  }

  /** A server for another attempt, paid for from the budget; null when there is none. */
  #next(exchange: Exchange, condition: RetryCondition): Server | null {
    const { ctx, run } = exchange;
    const left = this.#upstream.timeLeft(ctx, run?.since ?? ctx.startedAt + ctx.queuedFor);
    if (!mayRetry(exchange, condition, left)) return null;
    const farm = ctx.farm!;
    if (farm.isOrigin) return this.#nextAddress(ctx);
    if (!mayMove(ctx)) {
      ctx.notRetried = CLIENT_STAYS;
      return null;
    }
    const tried = new Set(ctx.attempts!.map((attempt) => attempt.server));
    if (tried.size >= farm.config.retry.attempts) return null;
    const candidates = untried(ctx, farm, tried);
    if (!candidates.some((server) => farm.queue?.hasPlace(server) !== false)) return null; // a retry waits for no place
    const now = this.#upstream.clock.wall();
    if (run !== null && !run.rules.takeRetry(now)) {
      ctx.notRetried = BUDGET_SPENT;
      return null;
    }
    ctx.candidates = candidates;
    let server: Server | null = null;
    try {
      server = start(farm, candidates, ctx);
    } finally {
      if (server === null) run?.rules.returnRetry(now); // another worker has taken the last place, or the policy failed
    }
    return server;
  }

  /** A policy that an extension brings may fail: then the response that is there is passed on. */
  #nextOrNone(exchange: Exchange, condition: RetryCondition): Server | null {
    try {
      return this.#next(exchange, condition);
    } catch {
      return null;
    }
  }

  /** The next attempt begins, on a server where it has been started already. */
  #goOn(last: Exchange, server: Server): void {
    const { ctx } = last;
    const before = ctx.server!;
    ctx.server = server;
    if (before !== server) {
      before.state.ended(last.upstreamStatus, last.bytesSent, last.bytesReceived, last.responseTime, true);
      ctx.farm!.queue?.placeFree();
    }
    this.#again(last, server, false);
  }

  /** An origin has one server; its name may have further addresses, and one of them did not answer. */
  #nextAddress(ctx: RequestContext): Server | null {
    const tries = ctx.attempts!.length;
    const isOver = tries > ctx.farm!.config.protocol.retries || tries >= this.#upstream.addressCount(ctx.server!);
    return isOver ? null : ctx.server;
  }
}

/** Those of the host first, where hosts have servers of their own. */
function untried({ hostRecord }: RequestContext, farm: Farm, tried: ReadonlySet<Server>): readonly Server[] {
  const candidates = farm.candidates(tried).filter((server) => !tried.has(server));
  const ofHost = hostRecord === null ? [] : candidates.filter((server) => hostRecord.servers.has(server));
  return ofHost.length > 0 ? ofHost : candidates;
}

/** Picks one of `candidates` and counts the attempt there; null where none has a place. */
function start(farm: Farm, candidates: readonly Server[], ctx: RequestContext): Server | null {
  const pick = (servers: readonly Server[]) => farm.balancer.pick(servers, ctx);
  if (farm.queue !== null) return farm.queue.tryStart(candidates, pick);
  const server = pick(candidates);
  server.state.started();
  return server;
}

function isTrial({ ctx }: Exchange): boolean {
  return ctx.attempts!.at(-1)!.isTrial;
}
