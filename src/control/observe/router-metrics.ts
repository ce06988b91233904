// The metrics of the router as a whole.
import type { Metric } from 'prom-client';
import { liveMetric } from './live-metric.ts';
import type { MetricsSource, RouterNumbers } from './metrics-source.ts';

export function routerMetrics(source: MetricsSource): Metric[] {
  const one = (name: string, type: 'counter' | 'gauge', help: string, read: (numbers: RouterNumbers) => number) =>
    liveMetric(name, type, help, () => [{ labels: {}, value: read(source.router()) }]);
  return [
    one('narrows_client_connections', 'gauge', 'Client connections open now.', (n) => n.connections),
    one(
      'narrows_refused_total',
      'counter',
      'Connections beyond limits.connections, and requests whose head was malformed or too slow.',
      (n) => n.refusals,
    ),
    one('narrows_workers', 'gauge', 'Worker threads.', (n) => n.workers),
    one(
      'narrows_worker_restarts_total',
      'counter',
      'Workers replaced because they died or hung.',
      (n) => n.workerRestarts,
    ),
    liveMetric('narrows_config_reloads_total', 'counter', 'Reloads of the configuration, by result.', () => {
      const { reloadsSucceeded, reloadsFailed } = source.router();
      return [
        { labels: { result: 'success' }, value: reloadsSucceeded },
        { labels: { result: 'failure' }, value: reloadsFailed },
      ];
    }),
    one(
      'narrows_config_loaded_timestamp_seconds',
      'gauge',
      'When the running configuration was loaded.',
      (n) => n.loadedAt / 1000,
    ),
    one(
      'narrows_access_log_lines_dropped_total',
      'counter',
      'Access log lines not written because the file was slower than the traffic.',
      (n) => n.logLinesDropped,
    ),
  ];
}
