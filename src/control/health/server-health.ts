// The health of one server: what its tests saw, and what was decided. Whether a mark may be made the farm decides.
import type { Clock } from '../../base/clock.ts';
import type { HealthCheckConfig } from '../../model/farm-config.ts';
import { FailureWindow } from './failure-window.ts';
import type { HealthEvidence, ProbeResult } from './health-event.ts';
import { type Probe, UrlTest } from './url-test.ts';

/** Who marked a server: a mark made by a test falls with the test. */
export type Marker = 'URL test' | 'live traffic' | 'operator';

/** Verdicts of the tests, for the farm to carry out. */
export interface HealthVerdicts {
  fail(marker: Marker, reason: string): void;
  recover(reason: string): void;
}

const RESULTS_KEPT = 5;
const UNTESTED = 'not tested yet';

export class ServerHealth {
  readonly address: string;
  readonly #clock: Clock;
  readonly #verdicts: HealthVerdicts;
  readonly #results: ProbeResult[] = [];
  #test: HealthCheckConfig | null = null;
  #urlTest: UrlTest | null = null;
  #liveFailures: FailureWindow | null = null;
  #markedBy: Marker | null = null;
  #reason = UNTESTED;
  #since: number;

  constructor(address: string, clock: Clock, verdicts: HealthVerdicts) {
    this.address = address;
    this.#clock = clock;
    this.#verdicts = verdicts;
    this.#since = clock.wall();
  }

  get healthy(): boolean {
    return this.#markedBy === null;
  }

  get evidence(): HealthEvidence {
    const { healthy } = this;
    return { healthy, reason: this.#reason, since: this.#since, lastResults: [...this.#results] };
  }

  /** Tests as `test` says from now on; what was seen before stays. */
  configure(test: HealthCheckConfig, probe: Probe): void {
    this.stop();
    this.#test = test;
    const { liveTrafficFailurePeriod: period } = test;
    this.#liveFailures = period > 0 ? new FailureWindow(period) : null;
    if (hasUrlTest(test)) {
      this.#urlTest = new UrlTest(test, this.#clock, probe, (result, failures) => this.#take(result, failures));
    } else if (this.#markedBy === 'URL test') {
      this.#verdicts.recover('the URL test that marked it was switched off');
    }
    if (this.#liveFailures === null && this.#markedBy === 'live traffic') {
      this.#verdicts.recover('the live-traffic test that marked it was switched off');
    }
  }

  stop(): void {
    this.#urlTest?.stop();
    this.#urlTest = null;
  }

  /** A real request failed because of this server. */
  addLiveFailure(reason: string): void {
    if (this.#liveFailures === null || !this.healthy) return;
    const { maxLiveTrafficFailures, liveTrafficFailurePeriod } = this.#test!;
    const failures = this.#liveFailures.add(this.#clock.monotonic());
    if (failures < maxLiveTrafficFailures) return;
    const period = `${liveTrafficFailurePeriod / 1000} s`;
    this.#verdicts.fail('live traffic', `live traffic: ${failures} failures within ${period}, the last: ${reason}`);
  }

  /** Records a decision; `markedBy` null is healthy. */
  decide(markedBy: Marker | null, reason: string): void {
    this.#markedBy = markedBy;
    this.#reason = reason;
    this.#since = this.#clock.wall();
    if (markedBy === null) this.#liveFailures?.clear();
  }

  #take(result: ProbeResult, failuresInARow: number): void {
    this.#results.push(result);
    if (this.#results.length > RESULTS_KEPT) this.#results.shift();
    if (result.passed) {
      if (!this.healthy) this.#verdicts.recover(`URL test: ${result.reason}`);
      else if (this.#reason === UNTESTED) this.decide(null, `URL test: ${result.reason}`);
    } else if (this.healthy && failuresInARow > this.#test!.retries) {
      const times = failuresInARow === 1 ? '' : `, ${failuresInARow} failures in a row`;
      this.#verdicts.fail('URL test', `URL test: ${result.reason}${times}`);
    }
  }
}

function hasUrlTest(test: HealthCheckConfig): boolean {
  return test.url !== '' && test.interval > 0;
}
