// Requests that wait because every server that they may go to has its maxRequests. In a worker each place goes to the one that
// has waited longest of those that may take it. Between workers the one whose request has waited longest comes first: the others
// hold back for a moment (YIELD) while it stands in the queue, and then no more, in case it waits for another server.
import type { Clock } from '../../base/clock.ts';
import type { BodySink } from '../../model/client.ts';
import type { PlaceQueue, QueueExit, Server } from '../../model/farm.ts';
import type { FarmConfig } from '../../model/farm-config.ts';
import type { FarmNumbers } from '../../model/farm-numbers.ts';
import { asProxyError, ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { hasPlace } from './has-place.ts';

/** How often places are looked for that other workers have freed, ms. */
const LOOK = 5;
/** How long a worker leaves a free place to a request of another worker that has waited longer, ms. */
const YIELD = 20;

type Pick = (candidates: readonly Server[]) => Server;

interface Waiter {
  readonly ctx: RequestContext;
  readonly ticket: number;
  /** Where it may go when its turn comes. */
  readonly candidates: () => readonly Server[];
  readonly pick: Pick;
  readonly go: QueueExit;
  /** Monotonic ms. */
  readonly until: number;
}

export class RequestQueue implements PlaceQueue {
  readonly #config: FarmConfig;
  readonly #servers: readonly Server[];
  readonly #numbers: FarmNumbers;
  readonly #clock: Clock;
  /** In the order in which they came. */
  #waiters: Waiter[] = [];
  #stopLooking: (() => void) | null = null;
  #looking = false;
  /** Since when a place is free that is left to another worker, monotonic ms; -1: none is. */
  #yieldsSince = -1;
  /** Those of #latestOf that had places. */
  #latest: readonly Server[] = [];
  #latestOf: readonly Server[] = [];

  constructor(config: FarmConfig, servers: readonly Server[], numbers: FarmNumbers, clock: Clock) {
    this.#config = config;
    this.#servers = servers;
    this.#numbers = numbers;
    this.#clock = clock;
  }

  hasPlace(server: Server): boolean {
    return hasPlace(server);
  }

  #withPlace(candidates: readonly Server[]): readonly Server[] {
    if (candidates.every(hasPlace)) return candidates;
    const list = candidates.filter(hasPlace);
    // The same list again where it has the same servers: balancing methods keep what they know of a list.
    // Where weights have changed `candidates` is another list.
    const isSame = list.length === this.#latest.length && list.every((server, i) => server === this.#latest[i]);
    if (!isSame || candidates !== this.#latestOf) this.#latest = list;
    this.#latestOf = candidates;
    return this.#latest;
  }

  enter(ctx: RequestContext, candidates: () => readonly Server[], pick: Pick, go: QueueExit): void {
    if (this.#numbers.queued === 0) {
      const server = this.tryStart(ctx.candidates, pick);
      if (server !== null) return go(server, null);
    }
    const { length, timeout } = this.#config.queue;
    const ticket = this.#numbers.tryQueue(length);
    if (ticket === 0) return go(null, this.#refusal('queueFull', whyFull(length)));
    const waiter: Waiter = {
      ...{ ctx, ticket, candidates, pick, go },
      until: this.#clock.monotonic() + timeout,
    };
    this.#waiters.push(waiter);
    this.#noteOldest();
    this.#stopLooking ??= this.#clock.every(LOOK, () => this.placeFree());
    ctx.client!.attach(leaver((error) => this.#leave(waiter, null, error)));
    this.placeFree();
  }

  placeFree(): void {
    if (this.#waiters.length === 0 || this.#looking) return;
    this.#looking = true;
    try {
      this.#look(this.#clock.monotonic());
    } finally {
      this.#looking = false;
    }
  }

  /** @param now monotonic ms */
  #look(now: number): void {
    for (let oldest = this.#waiters[0]; oldest !== undefined && oldest.until <= now; oldest = this.#waiters[0]) {
      const reason = `the request got no place at a server (maxRequests) within ${this.#config.queue.timeout} ms (queue.timeout)`;
      this.#leave(oldest, null, this.#refusal('queueTimeout', reason));
    }
    if (!this.#servers.some(hasPlace)) this.#yieldsSince = -1;
    for (let i = 0; i < this.#waiters.length && this.#servers.some(hasPlace); ) {
      const waiter = this.#waiters[i]!;
      this.#serve(waiter, now);
      if (this.#waiters[i] === waiter) i++;
    }
  }

  #serve(waiter: Waiter, now: number): void {
    const candidates = waiter.candidates();
    if (!candidates.some(hasPlace) || !this.#isTurnOf(waiter, now)) return;
    let server: Server | null;
    try {
      server = this.tryStart(candidates, waiter.pick);
    } catch (fault) {
      return this.#leave(waiter, null, asProxyError(fault)); // of a policy that an extension brings
    }
    if (server !== null) this.#leave(waiter, server, null);
  }

  #isTurnOf(waiter: Waiter, now: number): boolean {
    if (!this.#numbers.othersWaitLonger(waiter.ticket)) return true;
    if (this.#yieldsSince < 0) this.#yieldsSince = now;
    return now - this.#yieldsSince >= YIELD;
  }

  #leave(waiter: Waiter, server: Server | null, error: ProxyError | null): void {
    const index = this.#waiters.indexOf(waiter);
    if (index < 0) return;
    this.#waiters.splice(index, 1);
    this.#numbers.leaveQueue();
    this.#noteOldest();
    if (this.#waiters.length === 0) {
      this.#stopLooking?.();
      this.#stopLooking = null;
    }
    waiter.ctx.client!.detach();
    waiter.go(server, error);
  }

  tryStart(candidates: readonly Server[], pick: Pick): Server | null {
    for (;;) {
      const open = this.#withPlace(candidates);
      if (open.length === 0) return null;
      const server = pick(open);
      const { maxRequests } = server.config;
      if (server.state.tryStart(maxRequests || Number.POSITIVE_INFINITY)) return server;
    }
  }

  #noteOldest(): void {
    this.#numbers.noteOldest(this.#waiters[0]?.ticket ?? 0);
  }

  #refusal(code: 'queueFull' | 'queueTimeout', reason: string): ProxyError {
    const { name, queue } = this.#config;
    const retryAfter = String(Math.max(1, Math.ceil(queue.timeout / 1000)));
    return new ProxyError(code, `farm ${name}: ${reason}`, undefined, [['Retry-After', retryAfter]]);
  }
}

/** Where others wait already nobody has looked whether a server that this request may go to has a place. */
function whyFull(length: number): string {
  if (length === 0)
    return 'no server that the request may go to has a place (maxRequests), and none may wait (queue.length is 0)';
  return `${length} ${length === 1 ? 'request waits' : 'requests wait'} already for a place at a server (queue.length, maxRequests)`;
}

/** Hears of the client while nobody reads its body. */
function leaver(onClientGone: (error: ProxyError) => void): BodySink {
  return { onBody() {}, onBodyPause() {}, onBodyEnd() {}, onClientDrain() {}, onClientGone };
}
