// The timetable of one server's URL test: one run at a time, the next an interval after the start of the last, closer
// together while failures are being confirmed (arr.md 8.2).
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { HealthCheckConfig } from '../../model/farm-config.ts';
import type { ProbeResult } from './health-event.ts';
import type { Verdict } from './http-probe.ts';

/** One run of the test; see probeOverHttp(). */
export type Probe = (signal: AbortSignal) => Promise<Verdict>;

/** What a run saw. */
export type Tested = ProbeResult & Pick<Verdict, 'memoryAvailable'>;

export type OnResult = (result: Tested, failuresInARow: number, passesInARow: number) => void;

export interface UrlTestServices {
  readonly clock: Clock;
  readonly random: Random;
  /** Requests that the farm has had; for tests on demand. */
  requests(): number;
}

/** How often it is looked whether requests come again, ms. */
const DEMAND_LOOK = 1000;

export class UrlTest {
  readonly #test: HealthCheckConfig;
  readonly #probe: Probe;
  readonly #onResult: OnResult;
  readonly #services: UrlTestServices;
  #failuresInARow = 0;
  #passesInARow = 0;
  #requestsSeen = -1;
  #isStopped = false;
  /** Ends the run under way. */
  #running: AbortController | null = null;
  #callOffNext: () => void = () => {};

  /** The first run starts at once. `test.url` is not empty and `test.interval` not 0. */
  constructor(test: HealthCheckConfig, services: UrlTestServices, probe: Probe, onResult: OnResult) {
    this.#test = test;
    this.#services = services;
    this.#probe = probe;
    this.#onResult = onResult;
    void this.#run();
  }

  /** No result is reported any more, and a run under way is ended. */
  stop(): void {
    this.#isStopped = true;
    this.#callOffNext();
    this.#running?.abort('the test was stopped');
  }

  /** On demand: where no request came since the last look, the test waits for one; a server that failed is always tested. */
  #runIfWanted(): void {
    const requests = this.#services.requests();
    const isWanted = !this.#test.onDemand || this.#failuresInARow > 0 || requests !== this.#requestsSeen;
    this.#requestsSeen = requests;
    if (isWanted) void this.#run();
    else
      this.#callOffNext = this.#services.clock.after(Math.min(this.#test.interval, DEMAND_LOOK), () =>
        this.#runIfWanted(),
      );
  }

  async #run(): Promise<void> {
    const at = this.#services.clock.wall();
    const started = this.#services.clock.monotonic();
    const verdict = await this.#probeInTime();
    if (this.#isStopped) return;
    const duration = this.#services.clock.monotonic() - started;
    this.#failuresInARow = verdict.passed ? 0 : this.#failuresInARow + 1;
    this.#passesInARow = verdict.passed ? this.#passesInARow + 1 : 0;
    const delay = Math.max(0, this.#spacing() - duration);
    this.#callOffNext = this.#services.clock.after(delay, () => this.#runIfWanted());
    this.#onResult({ at, duration, ...verdict }, this.#failuresInARow, this.#passesInARow);
  }

  async #probeInTime(): Promise<Verdict> {
    const { timeout } = this.#test;
    const running = new AbortController();
    this.#running = running;
    const callOff = this.#services.clock.after(timeout, () => running.abort(`no complete response in ${timeout} ms`));
    const verdict = await this.#probe(running.signal);
    callOff();
    return verdict;
  }

  /** Retries of a failure come sooner; once the server is known to be down, or up, the interval holds again. */
  #spacing(): number {
    const { interval, timeout, retries, jitter } = this.#test;
    const isConfirming = this.#failuresInARow > 0 && this.#failuresInARow <= retries;
    const spacing = isConfirming ? Math.min(interval, timeout) : interval;
    return jitter === 0 ? spacing : spacing * (1 + ((this.#services.random.next() * 2 - 1) * jitter) / 100);
  }
}
