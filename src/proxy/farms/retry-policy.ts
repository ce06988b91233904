// The retry policy of a farm, with its budget: retries are a share of what the farm did lately, for all workers together, so
// that an outage is not made worse by asking twice.
import type { Server } from '../../model/farm.ts';
import type { FarmConfig, RetryCondition, RetryConfig } from '../../model/farm-config.ts';
import type { FarmNumbers } from '../../model/farm-numbers.ts';
import type { RetryRules } from '../../model/retry-rules.ts';

/** Of the budget: seconds that are looked back. */
const SECONDS = 10;

/** Null where nothing but a failure to connect is tried again: nothing was sent, so no server has more to do for it. */
export function compileRetry(
  { retry }: FarmConfig,
  servers: readonly Server[],
  numbers: FarmNumbers,
): RetryRules | null {
  const onlyConnects = retry.on.length > 0 && retry.on.every((condition) => condition === 'connect');
  const isPlain = (onlyConnects || retry.attempts === 1) && retry.perTryTimeout === 0;
  return isPlain ? null : new RetryPolicy(retry, servers, numbers);
}

class RetryPolicy implements RetryRules {
  readonly perTryTimeout: number;
  readonly bodyMemory: number;
  readonly bodyFile: number;
  readonly keepsBody: boolean;
  readonly #conditions: ReadonlySet<RetryCondition>;
  readonly #statuses: ReadonlySet<number>;
  readonly #budget: RetryConfig['budget'];
  readonly #servers: readonly Server[];
  readonly #numbers: FarmNumbers;
  /** Attempts that had ended at the end of each of the latest seconds, of all workers: a ring. */
  readonly #ended: number[];
  #measured: number | null = null;

  constructor(retry: RetryConfig, servers: readonly Server[], numbers: FarmNumbers) {
    const { on, attempts } = retry;
    this.perTryTimeout = retry.perTryTimeout;
    this.bodyMemory = retry.bodyMemory;
    this.bodyFile = retry.bodyFile;
    this.keepsBody = attempts > 1 && on.some((condition) => condition !== 'connect');
    this.#conditions = new Set(on);
    this.#statuses = new Set(on.map(Number).filter((status) => status > 0));
    this.#budget = retry.budget;
    this.#servers = servers;
    this.#numbers = numbers;
    this.#ended = new Array<number>(SECONDS + 1).fill(this.#endedNow);
  }

  retriesAfter(condition: RetryCondition): boolean {
    return this.#conditions.has(condition);
  }

  retriesStatus(status: number): boolean {
    return this.#statuses.has(status);
  }

  takeRetry(now: number): boolean {
    this.measure(now);
    const second = secondOf(now);
    const { percent, minPerSecond } = this.#budget;
    const requests = this.#attemptsLately(second) - this.#numbers.retriesUntil(second);
    return this.#numbers.tryRetry(second, minPerSecond, Math.floor((Math.max(0, requests) * percent) / 100));
  }

  returnRetry(now: number): void {
    this.#numbers.returnRetry(secondOf(now));
  }

  measure(now: number): void {
    const second = secondOf(now);
    if (second === this.#measured) return;
    const from = Math.max(this.#measured ?? second, second - SECONDS - 1) + 1;
    const ended = this.#endedNow;
    for (let at = Math.min(from, second); at <= second; at++) this.#ended[at % (SECONDS + 1)] = ended;
    this.#measured = second;
  }

  /** That ended in the whole seconds before `second`. */
  #attemptsLately(second: number): number {
    return this.#ended[second % (SECONDS + 1)]! - this.#ended[(second + 1) % (SECONDS + 1)]!;
  }

  get #endedNow(): number {
    let ended = 0;
    for (const { state } of this.#servers) ended += state.attemptsEnded;
    return ended;
  }
}

function secondOf(now: number): number {
  return Math.floor(now / 1000);
}
