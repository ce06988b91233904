// The counters of a server as ARR names and shows them (arr.md 8.3): rates and means beside the plain totals.
import type { ServerTotals } from '../../model/server-table-totals.ts';
import type { ServerCounters } from '../../model/status.ts';

/** @param requestPerSecond of RequestRates */
export function serverCounters(totals: ServerTotals, requestPerSecond: number): ServerCounters {
  const { responseTimeSum, responseTimeCount } = totals;
  return {
    totalRequests: totals.totalRequests,
    failedRequests: totals.failedRequests,
    currentRequests: totals.currentRequests,
    requestPerSecond,
    bytesSent: totals.bytesSent,
    bytesReceived: totals.bytesReceived,
    totalWebSocketRequests: totals.totalWebSocketRequests,
    currentWebSocketRequests: totals.currentWebSocketRequests,
    failedWebSocketRequests: totals.failedWebSocketRequests,
    webSocketBytesSent: totals.webSocketBytesSent,
    webSocketBytesReceived: totals.webSocketBytesReceived,
    responseTime: responseTimeCount === 0 ? 0 : round(responseTimeSum / responseTimeCount),
  };
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
