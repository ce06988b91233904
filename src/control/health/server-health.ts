// The health of one server: what its tests saw, and what was decided. Whether a mark may be made the farm decides.
import type { HealthCheckConfig } from '../../model/farm-config.ts';
import type { HealthChange } from '../../model/farm-operations.ts';
import { FailureWindow } from './failure-window.ts';
import type { HealthEvidence, ProbeResult } from './health-event.ts';
import { type Probe, type Tested, UrlTest, type UrlTestServices } from './url-test.ts';

/** Who marked a server: a mark made by a test falls with the test. */
export type Marker = 'URL test' | 'live traffic' | 'outlier' | 'operator';

/** Verdicts of the tests, for the farm to carry out. */
export interface HealthVerdicts {
  fail(marker: Marker, reason: string): void;
  /** @param by what decided */
  recover(by: HealthChange['by'], reason: string): void;
}

export interface ServerHealthServices extends Pick<UrlTestServices, 'clock' | 'random'> {
  /** Requests that the farm has had; for tests on demand. */
  requests(): number;
}

const RESULTS_KEPT = 5;
const CHANGES_KEPT = 50;

const DECIDERS: Readonly<Record<Marker, HealthChange['by']>> = {
  'URL test': 'urlTest',
  'live traffic': 'liveTraffic',
  outlier: 'outlier',
  operator: 'operator',
};
const UNTESTED = 'not tested yet';

/** X-Narrows-Memory-Available of a health test. */
export interface MemoryReading {
  readonly bytes: number;
}

export class ServerHealth {
  readonly address: string;
  readonly #services: ServerHealthServices;
  readonly #verdicts: HealthVerdicts;
  readonly #changes: HealthChange[] = [];
  readonly #results: ProbeResult[] = [];
  #test: HealthCheckConfig | null = null;
  #urlTest: UrlTest | null = null;
  #liveFailures: FailureWindow | null = null;
  #markedBy: Marker | null = null;
  #decidedBy: HealthChange['by'] | null = null;
  /** Tests in a row that passed since the last decision. */
  #passes = 0;
  /** Monotonic time of that decision. */
  #decidedAt = Number.NEGATIVE_INFINITY;
  #requestsSeen = -1;
  #reason = UNTESTED;
  #since: number;
  /** What it said at its latest test it has free: another object each time; null where it does not say so. */
  memoryReading: MemoryReading | null = null;

  constructor(address: string, services: ServerHealthServices, verdicts: HealthVerdicts) {
    this.address = address;
    this.#services = services;
    this.#verdicts = verdicts;
    this.#since = services.clock.wall();
  }

  get healthy(): boolean {
    return this.#markedBy === null;
  }

  get evidence(): HealthEvidence {
    const { healthy } = this;
    const decided = { by: this.#decidedBy, reason: this.#reason, since: this.#since };
    return { healthy, ...decided, lastResults: [...this.#results] };
  }

  /** Tests as `test` says from now on; what was seen before stays. */
  configure(test: HealthCheckConfig, probe: Probe): void {
    this.stop();
    this.#test = test;
    const { liveTrafficFailurePeriod: period } = test;
    this.#liveFailures = period > 0 ? new FailureWindow(period) : null;
    if (hasUrlTest(test)) {
      const services = { ...this.#services, isWanted: () => this.#isTestWanted() };
      this.#urlTest = new UrlTest(test, services, probe, (...seen) => this.#take(...seen));
    } else if (this.#markedBy === 'URL test') {
      this.#verdicts.recover('configuration', 'the URL test that marked it was switched off');
    }
    if (this.#liveFailures === null && this.#markedBy === 'live traffic') {
      this.#verdicts.recover('configuration', 'the live-traffic test that marked it was switched off');
    }
    if (test.outlier === null && this.#markedBy === 'outlier') {
      this.#verdicts.recover('configuration', 'the comparison that marked it was switched off');
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
    const failures = this.#liveFailures.add(this.#services.clock.monotonic());
    if (failures < maxLiveTrafficFailures) return;
    const period = `${liveTrafficFailurePeriod / 1000} s`;
    this.#verdicts.fail(
      'live traffic',
      `live traffic: ${failures} ${failures === 1 ? 'failure' : 'failures'} within ${period}, the last: ${reason}`,
    );
  }

  get markedBy(): Marker | null {
    return this.#markedBy;
  }

  /** Oldest first. */
  get changes(): readonly HealthChange[] {
    return this.#changes;
  }

  /** Records a decision; `markedBy` null is healthy. @param by what decided */
  decide(markedBy: Marker | null, reason: string, by: HealthChange['by'] = DECIDERS[markedBy ?? 'operator']): void {
    this.#markedBy = markedBy;
    this.#decidedBy = by;
    this.#passes = 0;
    this.#decidedAt = this.#services.clock.monotonic();
    this.#reason = reason;
    this.#since = this.#services.clock.wall();
    this.#changes.push({ at: new Date(this.#since).toISOString(), healthy: markedBy === null, by, reason });
    if (this.#changes.length > CHANGES_KEPT) this.#changes.shift();
    if (markedBy === null) this.#liveFailures?.clear();
  }

  #take({ memoryAvailable, ...result }: Tested, failuresInARow: number, startedAt: number): void {
    this.#results.push(result);
    if (this.#results.length > RESULTS_KEPT) this.#results.shift();
    this.memoryReading = memoryAvailable === undefined ? null : { bytes: memoryAvailable };
    // A run that was under way when something else decided knows nothing of what led to that.
    if (startedAt < this.#decidedAt) return;
    this.#passes = result.passed ? this.#passes + 1 : 0;
    if (result.passed) this.#takePass(result.reason);
    else if (this.healthy && failuresInARow > this.#test!.retries) {
      const times = failuresInARow === 1 ? '' : `, ${failuresInARow} failures in a row`;
      this.#verdicts.fail('URL test', `URL test: ${result.reason}${times}`);
    }
  }

  /** What takes out a server that fails more than the others ends by itself: its test may pass all the while. */
  #takePass(reason: string): void {
    const { rise } = this.#test!;
    if (this.healthy && this.#reason === UNTESTED) this.#note(`URL test: ${reason}`);
    if (this.healthy || this.#markedBy === 'outlier' || this.#passes < rise) return;
    const times = rise === 1 ? '' : `, ${rise} times in a row`;
    this.#verdicts.recover('urlTest', `URL test: ${reason}${times}`);
  }

  /** On demand: requests came since it was asked last. One that is out is always tested: it would get no request to be tested by. */
  #isTestWanted(): boolean {
    if (!this.#test!.onDemand) return true;
    const requests = this.#services.requests();
    const isNew = requests !== this.#requestsSeen;
    this.#requestsSeen = requests;
    return isNew || !this.healthy;
  }

  /** The first test passed: that is no change. */
  #note(reason: string): void {
    this.#decidedBy = 'urlTest';
    this.#reason = reason;
    this.#since = this.#services.clock.wall();
  }
}

function hasUrlTest(test: HealthCheckConfig): boolean {
  return test.url !== '' && test.interval > 0;
}
