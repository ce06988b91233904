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

/** @param startedAt monotonic ms */
export type OnResult = (result: Tested, failuresInARow: number, startedAt: number) => void;

export interface UrlTestServices {
  readonly clock: Clock;
  readonly random: Random;
  /** Whether the next test is to run now; a test of a server that failed its last one always is. */
  isWanted(): boolean;
}

/** How often it is asked again whether a test is wanted, ms. */
const DEMAND_LOOK = 1000;

export class UrlTest {
  readonly #test: HealthCheckConfig;
  readonly #probe: Probe;
  readonly #onResult: OnResult;
  readonly #services: UrlTestServices;
  #failuresInARow = 0;
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

  #runIfWanted(): void {
    const { clock, isWanted } = this.#services;
    if (isWanted() || this.#failuresInARow > 0) return void this.#run();
    this.#callOffNext = clock.after(Math.min(this.#test.interval, DEMAND_LOOK), () => this.#runIfWanted());
  }

  async #run(): Promise<void> {
    const at = this.#services.clock.wall();
    const started = this.#services.clock.monotonic();
    const verdict = await this.#probeInTime();
    if (this.#isStopped) return;
    const duration = this.#services.clock.monotonic() - started;
    this.#failuresInARow = verdict.passed ? 0 : this.#failuresInARow + 1;
    const delay = Math.max(0, this.#spacing() - duration);
    this.#callOffNext = this.#services.clock.after(delay, () => this.#runIfWanted());
    this.#onResult({ at, duration, ...verdict }, this.#failuresInARow, started);
  }

  async #probeInTime(): Promise<Verdict> {
    const { timeout, url } = this.#test;
    const missing = url === 'tcp:' ? 'no connection' : 'no complete response';
    const late = `${missing} in ${timeout} ms (healthCheck.timeout)`;
    const running = new AbortController();
    this.#running = running;
    const callOff = this.#services.clock.after(timeout, () => running.abort(late));
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
