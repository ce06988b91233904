// The timetable of one server's URL test: one run at a time, the next an interval after the start of the last, closer
// together while failures are being confirmed (arr.md 8.2).
import type { Clock } from '../../base/clock.ts';
import type { HealthCheckConfig } from '../../model/farm-config.ts';
import type { ProbeResult } from './health-event.ts';
import type { Verdict } from './http-probe.ts';

/** One run of the test; see probeOverHttp(). */
export type Probe = (signal: AbortSignal) => Promise<Verdict>;

export class UrlTest {
  readonly #test: HealthCheckConfig;
  readonly #clock: Clock;
  readonly #probe: Probe;
  readonly #onResult: (result: ProbeResult, failuresInARow: number) => void;
  #failuresInARow = 0;
  #isStopped = false;
  /** Ends the run under way. */
  #running: AbortController | null = null;
  #callOffNext: () => void = () => {};

  /** The first run starts at once. `test.url` is not empty and `test.interval` not 0. */
  constructor(
    test: HealthCheckConfig,
    clock: Clock,
    probe: Probe,
    onResult: (result: ProbeResult, failuresInARow: number) => void,
  ) {
    this.#test = test;
    this.#clock = clock;
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

  async #run(): Promise<void> {
    const at = this.#clock.wall();
    const started = this.#clock.monotonic();
    const verdict = await this.#probeInTime();
    if (this.#isStopped) return;
    const duration = this.#clock.monotonic() - started;
    this.#failuresInARow = verdict.passed ? 0 : this.#failuresInARow + 1;
    const delay = Math.max(0, this.#spacing() - duration);
    this.#callOffNext = this.#clock.after(delay, () => void this.#run());
    this.#onResult({ at, duration, ...verdict }, this.#failuresInARow);
  }

  async #probeInTime(): Promise<Verdict> {
    const { timeout } = this.#test;
    const running = new AbortController();
    this.#running = running;
    const callOff = this.#clock.after(timeout, () => running.abort(`no complete response in ${timeout} ms`));
    const verdict = await this.#probe(running.signal);
    callOff();
    return verdict;
  }

  /** Retries of a failure come sooner; once the server is known to be down, or up, the interval holds again. */
  #spacing(): number {
    const { interval, timeout, retries } = this.#test;
    const isConfirming = this.#failuresInARow > 0 && this.#failuresInARow <= retries;
    return isConfirming ? Math.min(interval, timeout) : interval;
  }
}
