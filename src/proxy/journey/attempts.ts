// The attempts of a request: which server (the one that the client's connection is pinned to, else the balancer's pick
// of the candidates), the exchange with it, and what to do after a failure (DESIGN 6, retries).
import type { Farm, Server } from '../../model/farm.ts';
import { asProxyError, ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { ResponseDraft } from '../../model/response-draft.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import { clientHead, interimHead } from '../response/client-head.ts';
import { Exchange } from '../upstream/exchange.ts';
import type { ExchangeOwner } from '../upstream/exchange-owner.ts';
import type { UpstreamServices } from '../upstream/upstream-services.ts';

/** Methods whose repetition changes nothing (RFC 9110 9.2.2). */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']);

type Settle = (ctx: RequestContext, exchange: Exchange, error: ProxyError | null) => void;

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

  /** Begins the first attempt; a pin wins over affinity and balancing. @throws ProxyError schemeNotServed; whatever a balancing policy throws */
  first(ctx: RequestContext): void {
    const farm = ctx.farm!;
    if (ctx.outbound.scheme === 'https') {
      throw new ProxyError('schemeNotServed', `${farm.name} was to be reached by https, which is not served yet`);
    }
    const pinned = this.#upstream.pins.serverFor(ctx);
    const server = pinned !== null && pinned.farmName === farm.name ? pinned : farm.balancer.pick(ctx.candidates, ctx);
    ctx.attempts = [];
    this.#attempt(ctx, server, false, ctx.startedAt);
  }

  #attemptAgain(ctx: RequestContext, server: Server, fresh: boolean): void {
    this.#attempt(ctx, server, fresh, this.#upstream.clock.monotonic());
  }

  #attempt(ctx: RequestContext, server: Server, fresh: boolean, startedAt: number): void {
    if (ctx.server !== server) {
      ctx.server?.state.ended(0, 0, 0, -1, true);
      server.state.started();
      ctx.server = server;
    }
    ctx.attempts!.push({ server, reused: false, error: null });
    const repeatable = isRepeatable(ctx);
    new Exchange(ctx, server, this, this.#upstream, startedAt).begin(fresh, repeatable);
  }

  onInterimHead(head: ResponseHead): string {
    return interimHead(head);
  }

  onResponseHead(exchange: Exchange, head: ResponseHead): string {
    const { ctx } = exchange;
    const draft = new ResponseDraft(head);
    for (const stage of ctx.snapshot.stages) stage.onResponseHead?.(ctx, draft);
    exchange.transform = draft.transform;
    return clientHead(draft, ctx.farm!.config.passServerHeader, this.#date());
  }

  onFailed(exchange: Exchange, error: ProxyError): void {
    const { ctx, server } = exchange;
    this.#note(exchange, error);
    if (wentStale(exchange, error)) return this.#attemptAgain(ctx, server, true);
    let next: Server | null;
    try {
      next = this.#nextServer(exchange, error);
    } catch (fault) {
      return this.#settle(ctx, exchange, asProxyError(fault)); // of a policy that an extension brings
    }
    if (next === null) this.#settle(ctx, exchange, error);
    else this.#attemptAgain(ctx, next, false);
  }

  onDone(exchange: Exchange, error: ProxyError | null): void {
    this.#note(exchange, error);
    this.#settle(exchange.ctx, exchange, error);
  }

  #note(exchange: Exchange, error: ProxyError | null): void {
    const attempt = exchange.ctx.attempts!.at(-1)!;
    attempt.reused = exchange.reused;
    attempt.error = error?.code ?? null;
  }

  /** Another candidate after a connect failure, within protocol.retries; null when there is none. */
  #nextServer(exchange: Exchange, error: ProxyError): Server | null {
    const { ctx } = exchange;
    const farm = ctx.farm!;
    if (exchange.connected || error.kind.source !== 'upstream' || ctx.client!.gone !== null) return null;
    if (farm.isOrigin) return this.#nextAddress(ctx);
    const tried = new Set(ctx.attempts!.map((attempt) => attempt.server));
    if (tried.size > farm.config.protocol.retries) return null;
    const candidates = untried(farm, tried);
    if (candidates.length === 0) return null;
    ctx.candidates = candidates;
    return farm.balancer.pick(candidates, ctx);
  }

  /** An origin has one server; its name may have further addresses, and one of them did not answer. */
  #nextAddress(ctx: RequestContext): Server | null {
    const tries = ctx.attempts!.length;
    const isOver = tries > ctx.farm!.config.protocol.retries || tries >= this.#upstream.addressCount(ctx.server!);
    return isOver ? null : ctx.server;
  }
}

function untried(farm: Farm, tried: ReadonlySet<Server>): readonly Server[] {
  return farm.candidates().filter((server) => !tried.has(server));
}

function isRepeatable(ctx: RequestContext): boolean {
  return !ctx.client!.bodyPending && IDEMPOTENT.has(ctx.inbound.method);
}

/** A kept connection that the server closed before it said anything: the request is sent once more, on a new one. */
function wentStale(exchange: Exchange, error: ProxyError): boolean {
  const lost = error.code === 'connectionAborted' || error.code === 'closedDuringUpload';
  if (!lost || !exchange.reused || exchange.answered || exchange.bodySent) return false;
  return IDEMPOTENT.has(exchange.ctx.inbound.method);
}
