// Health of all farms: one prober for each router, however many workers (arr.md 8.2, last point).
import { inCodeRanges } from '../../model/code-ranges.ts';
import type { FarmConfig, ServerConfig, UrlTestConfig } from '../../model/farm-config.ts';
import type { HealthChange, HealthTestResult } from '../../model/farm-operations.ts';
import { FarmHealth, type HealthServices } from './farm-health.ts';
import type { HealthEvidence } from './health-event.ts';
import { runTest, testOf } from './run-test.ts';
import type { MemoryReading, ServerHealth } from './server-health.ts';

export class HealthProber {
  readonly #services: HealthServices;
  readonly #farms = new Map<string, FarmHealth>();

  /** Nothing is tested before apply(). */
  constructor(services: HealthServices) {
    this.#services = services;
  }

  /**
   * Tests these farms from now on. What a reload leaves the same goes on undisturbed: timers, evidence, marks.
   * The slots of all their servers must have been claimed.
   */
  apply(farms: readonly FarmConfig[]): void {
    const names = new Set(farms.map((farm) => farm.name));
    for (const [name, farm] of this.#farms) if (!names.has(name)) this.#stop(name, farm);
    for (const config of farms) {
      const known = this.#farms.get(config.name);
      if (known === undefined) this.#farms.set(config.name, new FarmHealth(config, this.#services));
      else known.apply(config);
    }
  }

  /** A worker saw a real request fail because of the server `id` (FARM/ADDRESS); one that is gone since is ignored. */
  liveFailure(id: string, reason: string): void {
    this.#find(id)?.server.addLiveFailure(reason);
  }

  /** Sets a server healthy by hand until a test disagrees (arr.md 8.2). False when there is no such server. */
  setHealthy(id: string): boolean {
    const found = this.#find(id);
    found?.farm.markHealthy(found.server.address, 'operator', 'set healthy by an operator');
    return found !== null;
  }

  /** Sets a server unhealthy by hand until a test passes. False when there is no such server. */
  setUnhealthy(id: string): boolean {
    const found = this.#find(id);
    found?.farm.markUnhealthy(found.server.address, 'operator', 'set unhealthy by an operator');
    return found !== null;
  }

  /** Why the health of a server is what it is; null when there is no such server, or it is not enabled. */
  evidence(id: string): HealthEvidence | null {
    return this.#find(id)?.server.evidence ?? null;
  }

  /** What health changed of a server lately, oldest first. */
  history(id: string): HealthChange[] {
    return [...(this.#find(id)?.server.changes ?? [])];
  }

  /** What the server said at its latest test it has free; null where it did not. */
  memoryReading(id: string): MemoryReading | null {
    return this.#find(id)?.server.memoryReading ?? null;
  }

  /** Runs the test of a server once, and changes nothing (arr.md 5.2, TestHealth). @returns null where there is no test */
  async testNow(
    farm: FarmConfig,
    server: ServerConfig,
    changes: Partial<UrlTestConfig>,
  ): Promise<HealthTestResult | null> {
    const { clock, lookup } = this.#services;
    const test = { ...testOf(farm, server), ...changes };
    if (test.url === '') return null;
    const running = new AbortController();
    const callOff = clock.after(test.timeout, () => running.abort(`no complete response in ${test.timeout} ms`));
    const startedAt = clock.monotonic();
    const { passed, status, reason } = await runTest(farm, server, test, lookup, running.signal);
    callOff();
    const result = passed ? 'Success' : failureOf(status, test);
    return { result, httpStatus: status, reason, duration: clock.monotonic() - startedAt };
  }

  /** Ends every test; runs under way are cut off. */
  close(): void {
    for (const [name, farm] of this.#farms) this.#stop(name, farm);
  }

  #stop(name: string, farm: FarmHealth): void {
    farm.stop();
    this.#farms.delete(name);
  }

  #find(id: string): { farm: FarmHealth; server: ServerHealth } | null {
    // Names of farms hold no slash; addresses may.
    const slash = id.indexOf('/');
    const farm = this.#farms.get(id.slice(0, slash));
    const server = farm?.server(id.slice(slash + 1));
    return farm === undefined || server === undefined ? null : { farm, server };
  }
}

/** Which of ARR's three failures it is. */
function failureOf(status: number | null, { statusCodeMatch }: UrlTestConfig): HealthTestResult['result'] {
  if (status === null) return 'ConnectionFailure';
  return inCodeRanges(statusCodeMatch, status) ? 'ResponseEntityFailure' : 'StatusCodeFailure';
}
