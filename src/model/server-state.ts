// The live numbers of one server, seen from one thread: they survive reloads, and are true for the whole process (DESIGN 2).
// The thread writes its own row with plain stores; the control thread alone writes health and availability.
import {
  AVAILABILITY,
  type Block,
  BUCKETS,
  BYTES_RECEIVED,
  BYTES_SENT,
  CIRCUIT_OPEN_UNTIL,
  CONNECTIONS,
  CURRENT,
  controlIndex,
  FAILED,
  GENERATION,
  HELD,
  HELD_REQUESTS,
  LAST_BINDING,
  RAMP_MISSING,
  REQUESTS,
  RESPONSE_BOUNDS,
  RESPONSE_COUNT,
  RESPONSE_SUM,
  recordIndex,
  SESSION_BYTES_RECEIVED,
  SESSION_BYTES_SENT,
  SESSIONS,
  SESSIONS_FAILED,
  SESSIONS_NOW,
  STATUSES,
  statusPosition,
  TOTAL,
  UNHEALTHY,
  WAITING,
  WARMING,
} from './server-table-layout.ts';
import { readTotals, type ServerTotals } from './server-table-totals.ts';

/** `counters/@state` of ARR (arr.md 8.3). */
export const Availability = { Active: 0, Draining: 1, Inactive: 2 } as const;
export type Availability = (typeof Availability)[keyof typeof Availability];

export class ServerState {
  readonly #block: Block;
  readonly #position: number;
  readonly #row: number;
  readonly #control: Int32Array;
  readonly #records: Float64Array;
  readonly #at: number;
  readonly #base: number;
  readonly #generation: number;
  #countsRequests = false;

  /** @param position of the slot in `block`; @param row the one that the calling thread writes */
  constructor(block: Block, position: number, row: number) {
    this.#block = block;
    this.#position = position;
    this.#row = row;
    this.#control = block.control;
    this.#records = block.records;
    this.#at = controlIndex(position);
    this.#base = recordIndex(row, position);
    this.#generation = Atomics.load(block.control, this.#at + GENERATION);
  }

  get healthy(): boolean {
    return Atomics.load(this.#control, this.#at + UNHEALTHY) === 0;
  }

  get availability(): Availability {
    return Atomics.load(this.#control, this.#at + AVAILABILITY) as Availability;
  }

  /** Percent of its weight that the server does not have yet: it starts slowly. */
  get rampMissing(): number {
    return Atomics.load(this.#control, this.#at + RAMP_MISSING);
  }

  /** It is warmed up, and gets no new work unless nobody else can take it. */
  get warming(): boolean {
    return Atomics.load(this.#control, this.#at + WARMING) === 1;
  }

  /** From now on `requests` is exact for the process. To be called before the first attempt. */
  countRequests(): void {
    this.#countsRequests = true;
  }

  /** Attempts under way in the whole process, where countRequests() was called. */
  get requests(): number {
    return Atomics.load(this.#control, this.#at + REQUESTS);
  }

  /** Where `requests` stands, for who reads those of very many servers. */
  get requestsWord(): { words: Int32Array; index: number } {
    return { words: this.#control, index: this.#at + REQUESTS };
  }

  /** Of all workers; `failed` is a part of `ended`. */
  get attempts(): { ended: number; failed: number; underWay: number } {
    return { ended: this.#sum(TOTAL), failed: this.#sum(FAILED), underWay: this.#sum(CURRENT) };
  }

  /** Attempts under way, of all workers. */
  get underWay(): number {
    return this.#sum(CURRENT);
  }

  /** Bytes to and from the server, of all workers. */
  get traffic(): number {
    const ofRequests = this.#sum(BYTES_SENT) + this.#sum(BYTES_RECEIVED);
    return ofRequests + this.#sum(SESSION_BYTES_SENT) + this.#sum(SESSION_BYTES_RECEIVED);
  }

  /** Attempts that ended, of all workers. */
  get attemptsEnded(): number {
    return this.#sum(TOTAL);
  }

  /** Milliseconds to the response head, of all workers: their sum, and how many there are. */
  get responseTimeSum(): number {
    return this.#sum(RESPONSE_SUM);
  }

  get responseTimeCount(): number {
    return this.#sum(RESPONSE_COUNT);
  }

  /** Of the slot when this was made: another server has another one. */
  get generation(): number {
    return this.#generation;
  }

  /** When a client that is bound to the server was seen last, seconds since 1970; 0: never. */
  get lastBinding(): number {
    return Atomics.load(this.#control, this.#at + LAST_BINDING);
  }

  /** @param now seconds since 1970 */
  noteBinding(now: number): void {
    if (this.#control[this.#at + LAST_BINDING] !== now && !this.#isStale()) {
      Atomics.store(this.#control, this.#at + LAST_BINDING, now);
    }
  }

  /** Healthy and Active. What a farm below minServers does with the others is the farm's affair. */
  get takesNewWork(): boolean {
    return this.healthy && this.availability === Availability.Active;
  }

  /** Its circuit is open, or waits for the trial that decides (circuit.ts). */
  get circuitOpen(): boolean {
    return Atomics.load(this.#control, this.#at + CIRCUIT_OPEN_UNTIL) !== 0;
  }

  /** An attempt on this server begins. */
  started(): void {
    if (this.#isStale()) return;
    this.#records[this.#base + CURRENT]! += 1;
    if (this.#countsRequests) this.#holdRequest();
  }

  /** As started(), only where the process has fewer than `max` attempts under way; countRequests() was called. */
  tryStart(max: number): boolean {
    if (this.#isStale()) return true;
    const word = this.#at + REQUESTS;
    this.#records[this.#base + HELD_REQUESTS]! += 1; // first in our row: see tryAcquireConnection()
    for (let before = Atomics.load(this.#control, word); before < max; ) {
      const seen = Atomics.compareExchange(this.#control, word, before, before + 1);
      if (seen === before) {
        this.#records[this.#base + CURRENT]! += 1;
        return true;
      }
      before = seen;
    }
    this.#records[this.#base + HELD_REQUESTS]! -= 1;
    return false;
  }

  /**
   * An attempt ended; each started() has one.
   * @param status of the server's response, 0 when none came
   * @param responseTime milliseconds to the response head, -1 when none came
   * @param failed as ARR counts failures (arr.md 8.3): connection error, time-out, or a live-traffic failure code
   */
  ended(status: number, bytesSent: number, bytesReceived: number, responseTime: number, failed: boolean): void {
    if (this.#isStale()) return;
    const records = this.#records;
    const base = this.#base;
    records[base + CURRENT]! -= 1;
    if (this.#countsRequests) this.#returnRequest();
    records[base + TOTAL]! += 1;
    if (failed) records[base + FAILED]! += 1;
    records[base + BYTES_SENT]! += bytesSent;
    records[base + BYTES_RECEIVED]! += bytesReceived;
    records[base + STATUSES + statusPosition(status)]! += 1;
    if (responseTime < 0) return;
    records[base + RESPONSE_SUM]! += responseTime;
    records[base + RESPONSE_COUNT]! += 1;
    records[base + BUCKETS + bucketOf(responseTime / 1000)]! += 1;
  }

  /** Bytes of an attempt under way, to the server and from it, that are not to be counted at its end. */
  attemptBytes(sent: number, received: number): void {
    if (this.#isStale()) return;
    this.#records[this.#base + BYTES_SENT]! += sent;
    this.#records[this.#base + BYTES_RECEIVED]! += received;
  }

  /** A session begins: its attempt goes on until it ends. */
  sessionStarted(): void {
    if (this.#isStale()) return;
    this.#records[this.#base + SESSIONS]! += 1;
    this.#records[this.#base + SESSIONS_NOW]! += 1;
  }

  /** Each sessionStarted() has one. */
  sessionEnded(): void {
    if (!this.#isStale()) this.#records[this.#base + SESSIONS_NOW]! -= 1;
  }

  /** A handshake failed by the server. */
  sessionFailed(): void {
    if (this.#isStale()) return;
    this.#records[this.#base + SESSIONS]! += 1;
    this.#records[this.#base + SESSIONS_FAILED]! += 1;
  }

  /** Bytes of a session, to the server and from it, as they pass. */
  sessionBytes(sent: number, received: number): void {
    if (this.#isStale()) return;
    this.#records[this.#base + SESSION_BYTES_SENT]! += sent;
    this.#records[this.#base + SESSION_BYTES_RECEIVED]! += received;
  }

  /**
   * Counts one more connection to this server if the process has fewer than `max`; 0 is no limit. Every connection is
   * counted, limited or not, so that a limit set by a reload is right from the start.
   */
  tryAcquireConnection(max: number): boolean {
    if (this.#isStale()) return true;
    // Noted in our row before it is taken, and struck out after it is given back: when this thread dies the control
    // thread gives back what the row holds. A thread is never ended between the two lines: neither is a place where
    // V8 looks for interrupts.
    this.#records[this.#base + HELD]! += 1;
    const before = Atomics.add(this.#control, this.#at + CONNECTIONS, 1);
    if (max === 0 || before < max) return true;
    this.releaseConnection();
    return false;
  }

  /** The connection that tryAcquireConnection() counted is closed. */
  releaseConnection(): void {
    if (this.#isStale()) return;
    Atomics.sub(this.#control, this.#at + CONNECTIONS, 1);
    this.#records[this.#base + HELD]! -= 1;
  }

  /** So many requests of this thread wait for a connection now. */
  noteWaiting(requests: number): void {
    if (!this.#isStale()) this.#records[this.#base + WAITING] = requests;
  }

  /** True while a request of another thread waits for a connection. */
  get othersWait(): boolean {
    for (let row = 0; row < this.#block.rows; row++) {
      if (row !== this.#row && this.#records[recordIndex(row, this.#position) + WAITING]! > 0) return true;
    }
    return false;
  }

  /** The numbers of all workers together. */
  totals(): ServerTotals {
    return readTotals(this.#block, this.#position);
  }

  /** In our row before it is counted, and out of it after: see tryAcquireConnection(). */
  #holdRequest(): void {
    this.#records[this.#base + HELD_REQUESTS]! += 1;
    Atomics.add(this.#control, this.#at + REQUESTS, 1);
  }

  #returnRequest(): void {
    Atomics.sub(this.#control, this.#at + REQUESTS, 1);
    this.#records[this.#base + HELD_REQUESTS]! -= 1;
  }

  #sum(field: number): number {
    let sum = 0;
    for (let row = 0; row < this.#block.rows; row++) sum += this.#records[recordIndex(row, this.#position) + field]!;
    return sum;
  }

  /** True when the slot has gone to another server since: nothing of ours may be written there. */
  #isStale(): boolean {
    return this.#control[this.#at + GENERATION] !== this.#generation;
  }
}

function bucketOf(seconds: number): number {
  let bucket = 0;
  while (bucket < RESPONSE_BOUNDS.length && seconds > RESPONSE_BOUNDS[bucket]!) bucket++;
  return bucket;
}
