// The retry policy of a farm as requests read it. A farm that only tries again what could not be connected has none.
import type { RetryCondition } from './farm-config.ts';

export interface RetryRules {
  /** 0: only protocol.timeout; ms. */
  readonly perTryTimeout: number;
  readonly bodyMemory: number;
  readonly bodyFile: number;
  /** Retries may need the body again. */
  readonly keepsBody: boolean;
  retriesAfter(condition: RetryCondition): boolean;
  /** 502, 503 or 504, where the farm tries again after it. */
  retriesStatus(status: number): boolean;
  /** Takes one retry from the budget of the process, if there is one left. @param now ms since 1970 */
  takeRetry(now: number): boolean;
  /** One that was taken is not made after all. @param now as takeRetry() had it */
  returnRetry(now: number): void;
  /** To be called at least once a second: it measures the requests that the budget is a share of. @param now ms since 1970 */
  measure(now: number): void;
}
