// The metrics of each server, under the names of CONTRACT 5. All sides are seen from the router: `sent` went to the server.
import type { Metric } from 'prom-client';
import { liveMetric, type Sample } from './live-metric.ts';
import type { MetricsSource, ServerNumbers } from './metrics-source.ts';

export function serverMetrics(source: MetricsSource): Metric[] {
  const each = (samplesOf: (numbers: ServerNumbers, labels: Labels) => Sample[]) => () => {
    const samples: Sample[] = [];
    for (const numbers of source.servers()) {
      samples.push(...samplesOf(numbers, { farm: numbers.farm, server: numbers.server }));
    }
    return samples;
  };
  const one = (read: (numbers: ServerNumbers) => number) =>
    each((numbers, labels) => [{ labels, value: read(numbers) }]);
  return [
    liveMetric(
      'narrows_server_requests_total',
      'counter',
      'Attempts that ended, by status code of the server (none: no response came).',
      each(byCode),
    ),
    liveMetric(
      'narrows_server_failures_total',
      'counter',
      'Connection errors, time-outs and live-traffic failure codes.',
      one(({ totals }) => totals.failedRequests),
    ),
    liveMetric(
      'narrows_server_current_requests',
      'gauge',
      'Attempts under way.',
      one(({ totals }) => totals.currentRequests),
    ),
    liveMetric(
      'narrows_server_current_connections',
      'gauge',
      'Open connections to the server, idle ones included.',
      one(({ totals }) => totals.currentConnections),
    ),
    liveMetric(
      'narrows_server_bytes_total',
      'counter',
      'Bytes sent to and received from the server.',
      each(byDirection),
    ),
    liveMetric(
      'narrows_server_websockets_total',
      'counter',
      'Sessions that began with a 101, WebSockets mostly, and handshakes that failed by the server.',
      one(({ totals }) => totals.totalWebSocketRequests),
    ),
    liveMetric(
      'narrows_server_websocket_failures_total',
      'counter',
      'Handshakes that failed by the server.',
      one(({ totals }) => totals.failedWebSocketRequests),
    ),
    liveMetric(
      'narrows_server_current_websockets',
      'gauge',
      'Sessions that are open; each is an attempt under way too.',
      one(({ totals }) => totals.currentWebSocketRequests),
    ),
    liveMetric(
      'narrows_server_websocket_bytes_total',
      'counter',
      'Bytes of sessions, sent to and received from the server as they pass.',
      each(bySessionDirection),
    ),
    liveMetric(
      'narrows_server_response_seconds',
      'histogram',
      'Time from the start of the attempt to the response head.',
      each(responseTimes),
    ),
    liveMetric(
      'narrows_server_healthy',
      'gauge',
      '1 while the server is healthy, else 0.',
      one(({ healthy }) => (healthy ? 1 : 0)),
    ),
  ];
}

type Labels = Record<string, string>;

function byCode({ totals }: ServerNumbers, labels: Labels): Sample[] {
  return Array.from(totals.statusCodes, ([code, value]) => ({ labels: { ...labels, code }, value }));
}

function byDirection({ totals }: ServerNumbers, labels: Labels): Sample[] {
  return [
    { labels: { ...labels, direction: 'sent' }, value: totals.bytesSent },
    { labels: { ...labels, direction: 'received' }, value: totals.bytesReceived },
  ];
}

function bySessionDirection({ totals }: ServerNumbers, labels: Labels): Sample[] {
  return [
    { labels: { ...labels, direction: 'sent' }, value: totals.webSocketBytesSent },
    { labels: { ...labels, direction: 'received' }, value: totals.webSocketBytesReceived },
  ];
}

function responseTimes({ totals }: ServerNumbers, labels: Labels): Sample[] {
  const name = 'narrows_server_response_seconds';
  const buckets = totals.responseTimeBuckets.map(({ le, count }) => ({
    metricName: `${name}_bucket`,
    labels: { ...labels, le: le === Number.POSITIVE_INFINITY ? '+Inf' : le },
    value: count,
  }));
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: totals.responseTimeSum / 1000 },
    { metricName: `${name}_count`, labels, value: totals.responseTimeCount },
  ];
}
