// The live numbers of an origin. Their number is not known before requests come and may be large, so they take no place in
// the shared table, and nobody counts them for the metrics: each thread has its own, for proxy.maxConnections.
import type { ServerNumbers } from '../../model/server-numbers.ts';
import { Availability } from '../../model/server-state.ts';
import type { ServerTotals } from '../../model/server-table-totals.ts';

export class OriginNumbers implements ServerNumbers {
  readonly healthy = true;
  readonly availability = Availability.Active;
  readonly takesNewWork = true;
  readonly othersWait = false;
  readonly rampMissing = 0;
  readonly warming = false;
  readonly circuitOpen = false;
  readonly requests = 0;
  readonly generation = 0;
  readonly lastBinding = 0;
  readonly requestsWord = { words: new Int32Array(1), index: 0 };
  readonly attempts = { ended: 0, failed: 0, underWay: 0 };
  readonly traffic = 0;
  readonly attemptsEnded = 0;
  readonly underWay = 0;
  readonly responseTimeSum = 0;
  readonly responseTimeCount = 0;
  #connections = 0;

  countRequests(): void {}

  started(): void {}

  tryStart(): boolean {
    return true;
  }

  ended(): void {}

  attemptBytes(): void {}

  sessionStarted(): void {}

  sessionEnded(): void {}

  sessionFailed(): void {}

  sessionBytes(): void {}

  /** @param max for this thread; 0 is no limit */
  tryAcquireConnection(max: number): boolean {
    if (max > 0 && this.#connections >= max) return false;
    this.#connections++;
    return true;
  }

  releaseConnection(): void {
    this.#connections--;
  }

  noteWaiting(): void {}

  noteBinding(): void {}

  totals(): ServerTotals {
    return {
      ...{ totalRequests: 0, failedRequests: 0, currentRequests: 0, currentConnections: this.#connections },
      ...{ bytesSent: 0, bytesReceived: 0, responseTimeSum: 0, responseTimeCount: 0, responseTimeBuckets: [] },
      ...{ totalWebSocketRequests: 0, currentWebSocketRequests: 0, failedWebSocketRequests: 0 },
      ...{ webSocketBytesSent: 0, webSocketBytesReceived: 0 },
      statusCodes: new Map(),
    };
  }
}
