// Deadlines of connections, by the thousand: one clock tick looks at the front of a few queues, and starting or
// stopping a deadline is a handful of assignments. No timer is created for a request (DESIGN 4).
//
// All deadlines of one duration stand in one queue in the order in which they were started, so only its front can
// be due. A deadline never comes early; it comes at most 50 ms late, under one second at most 10 ms (CONTRACT 2).
import type { Clock } from './clock.ts';

const TICK = 25;
const FINE_TICK = 5;
const FINE_BELOW = 1000;

export interface DeadlineOwner {
  onDeadline(): void;
}

/** One owner's deadline: it runs in at most one queue. */
export class Deadline {
  readonly owner: DeadlineOwner;
  at = 0;
  queue: DeadlineQueue | null = null;
  before: Deadline | null = null;
  after: Deadline | null = null;

  constructor(owner: DeadlineOwner) {
    this.owner = owner;
  }

  get running(): boolean {
    return this.queue !== null;
  }

  /** Starts, or starts again, for the duration of `queue`. */
  start(queue: DeadlineQueue): void {
    if (this.queue !== null) this.queue.remove(this);
    queue.append(this);
  }

  stop(): void {
    if (this.queue !== null) this.queue.remove(this);
  }
}

/** All running deadlines of one duration. */
export class DeadlineQueue {
  readonly duration: number;
  readonly fine: boolean;
  readonly #deadlines: Deadlines;
  #first: Deadline | null = null;
  #last: Deadline | null = null;

  constructor(deadlines: Deadlines, duration: number) {
    this.#deadlines = deadlines;
    this.duration = duration;
    this.fine = duration < FINE_BELOW;
  }

  get empty(): boolean {
    return this.#first === null;
  }

  append(deadline: Deadline): void {
    // A coarse deadline starts from the last tick, up to TICK ago: one tick more keeps it from coming early.
    deadline.at = this.fine ? this.#deadlines.preciseNow() + this.duration : this.#deadlines.now + this.duration + TICK;
    deadline.queue = this;
    deadline.after = null;
    deadline.before = this.#last;
    if (this.#last === null) this.#first = deadline;
    else this.#last.after = deadline;
    this.#last = deadline;
  }

  remove(deadline: Deadline): void {
    if (deadline.before === null) this.#first = deadline.after;
    else deadline.before.after = deadline.after;
    if (deadline.after === null) this.#last = deadline.before;
    else deadline.after.before = deadline.before;
    deadline.before = null;
    deadline.after = null;
    deadline.queue = null;
  }

  expire(now: number): void {
    for (let first = this.#first; first !== null && first.at <= now; first = this.#first) {
      this.remove(first);
      first.owner.onDeadline();
    }
  }
}

/** The deadlines of one thread. */
export class Deadlines {
  /** Monotonic ms as of the last tick. */
  now: number;
  readonly #clock: Clock;
  readonly #queues = new Map<number, DeadlineQueue>();
  readonly #stopTick: () => void;
  #stopFineTick: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.now = clock.monotonic();
    this.#stopTick = clock.every(TICK, () => this.#tick(false));
  }

  /** The queue of deadlines of `duration` ms. */
  queue(duration: number): DeadlineQueue {
    let queue = this.#queues.get(duration);
    if (queue === undefined) {
      queue = new DeadlineQueue(this, duration);
      this.#queues.set(duration, queue);
    }
    return queue;
  }

  /** For a fine queue about to start a deadline: the exact time, with the fine tick set going. */
  preciseNow(): number {
    this.#stopFineTick ??= this.#clock.every(FINE_TICK, () => this.#tick(true));
    return this.#clock.monotonic();
  }

  close(): void {
    this.#stopTick();
    this.#stopFineTick?.();
    this.#stopFineTick = null;
  }

  #tick(fine: boolean): void {
    this.now = this.#clock.monotonic();
    let waiting = false;
    for (const queue of this.#queues.values()) {
      if (queue.fine !== fine) continue;
      queue.expire(this.now);
      if (!queue.empty) waiting = true;
    }
    if (fine && !waiting) {
      this.#stopFineTick?.();
      this.#stopFineTick = null;
    }
  }
}
