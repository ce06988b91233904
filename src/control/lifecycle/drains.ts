// Drains that know when they are done: a server drains until nobody is bound to it any more, or nobody was for long, or it has lasted too
// long (arr.md 8.3 has the state; ARR leaves it to the operator to guess when it is over).
import type { Clock } from '../../base/clock.ts';
import type { DrainStatus } from '../../model/farm-operations.ts';

/** Who is bound to a server now. Times are seconds since 1970; 0 is never. */
export interface LiveBindings {
  /** Counted when it is asked for: there may be millions. */
  readonly clients: number;
  hosts: number;
  requests: number;
  webSockets: number;
  lastUse: number;
}

export interface DrainLimits {
  /** A bound client that was not seen for so long is bound no more, ms. */
  affinityTimeout: number;
  /** Milliseconds. */
  idleTimeout: number;
  /** When it ends at the latest, ms since 1970; 0: no deadline. */
  until: number;
}

export type DrainEnd = NonNullable<DrainStatus['endedBy']>;

interface Drain {
  readonly limits: DrainLimits;
  readonly startedAt: number;
  readonly onDone: (endedBy: DrainEnd) => void;
  /** For all who wait, however often they ask. */
  readonly end: PromiseWithResolvers<DrainStatus | null>;
  /** Every request that was sent to the server by its state before is counted. */
  isSettled: boolean;
  endedBy: DrainEnd | null;
  endedAt: number;
  /** As it was when it ended. */
  last: LiveBindings | null;
}

/** How often drains are looked at, ms. */
const LOOK = 1000;

export class Drains {
  readonly #clock: Clock;
  readonly #bindingsOf: (id: string) => LiveBindings;
  readonly #settled: () => Promise<unknown>;
  readonly #drains = new Map<string, Drain>();
  #stopLooking: (() => void) | null = null;

  /**
   * @param bindingsOf by FARM/ADDRESS
   * @param settled settles when no worker sends new clients to a server that drains from now on
   */
  constructor(clock: Clock, bindingsOf: (id: string) => LiveBindings, settled: () => Promise<unknown>) {
    this.#clock = clock;
    this.#bindingsOf = bindingsOf;
    this.#settled = settled;
  }

  /** Begins a drain, in place of one that may be under way. @param onDone is called once, not before this has returned */
  start(id: string, limits: DrainLimits, onDone: (endedBy: DrainEnd) => void): void {
    const before = this.#drains.get(id);
    const end = before?.endedBy === null ? before.end : Promise.withResolvers<DrainStatus | null>();
    const startedAt = this.#clock.wall();
    const drain: Drain = {
      ...{ limits, startedAt, onDone, end, isSettled: false },
      ...{ endedBy: null, endedAt: 0, last: null },
    };
    this.#drains.set(id, drain);
    this.#stopLooking ??= this.#clock.every(LOOK, () => this.#look());
    const check = () => {
      drain.isSettled = true;
      if (this.#drains.get(id) === drain) this.#check(id);
    };
    this.#settled().then(check, check); // a worker that died sends nobody anywhere
  }

  /** The server does something else: its drain is over without having been done. */
  callOff(id: string): void {
    const drain = this.#drains.get(id);
    if (drain === undefined) return;
    this.#drains.delete(id);
    drain.end.resolve(null);
  }

  isUnderWay(id: string): boolean {
    return this.#drains.get(id)?.endedBy === null;
  }

  /** Null where the server has not drained since it started. */
  status(id: string): DrainStatus | null {
    const drain = this.#drains.get(id);
    if (drain === undefined) return null;
    const { limits, startedAt, endedBy, endedAt } = drain;
    const bindings = drain.last ?? this.#bindingsOf(id);
    const { lastUse, ...counts } = bindings;
    return {
      ...counts,
      lastUse: lastUse === 0 ? null : iso(lastUse * 1000),
      since: iso(startedAt),
      deadline: limits.until === 0 ? null : iso(limits.until),
      endedBy,
      endedAt: endedBy === null ? null : iso(endedAt),
    };
  }

  /** Resolves when the drain of `id` is done; with null once it is called off, at once where there is none. */
  whenDone(id: string): Promise<DrainStatus | null> {
    const drain = this.#drains.get(id);
    if (drain === undefined || drain.endedBy !== null) return Promise.resolve(this.status(id));
    return drain.end.promise;
  }

  close(): void {
    this.#stopLooking?.();
    for (const id of [...this.#drains.keys()]) this.callOff(id);
  }

  #look(): void {
    for (const id of [...this.#drains.keys()]) this.#check(id);
  }

  #check(id: string): void {
    const drain = this.#drains.get(id);
    if (drain === undefined || !drain.isSettled || drain.endedBy !== null) return;
    const now = this.#clock.wall();
    const bindings = this.#bindingsOf(id);
    const endedBy = endOf(drain, bindings, now);
    if (endedBy === null) return;
    drain.endedBy = endedBy;
    drain.endedAt = now;
    drain.last = { ...bindings };
    const status = this.status(id)!;
    drain.end.resolve(status);
    drain.onDone(endedBy);
  }
}

function endOf({ limits }: Drain, bindings: LiveBindings, now: number): DrainEnd | null {
  if (limits.until > 0 && now >= limits.until) return 'deadline';
  if (bindings.requests > 0 || bindings.webSockets > 0) return null;
  // Last uses are whole seconds: one may be up to a second younger than it says.
  const idle = bindings.lastUse === 0 ? Number.POSITIVE_INFINITY : now - (bindings.lastUse + 1) * 1000;
  if (idle >= limits.affinityTimeout && bindings.hosts === 0) return 'noBindings';
  return idle >= limits.idleTimeout ? 'idle' : null;
}

function iso(wall: number): string {
  return new Date(wall).toISOString();
}
