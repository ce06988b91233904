// The metrics of each farm: what becomes of requests between its servers.
import type { Metric } from 'prom-client';
import { liveMetric } from './live-metric.ts';
import type { FarmNumbers, MetricsSource } from './metrics-source.ts';

export function farmMetrics(source: MetricsSource): Metric[] {
  const one = (name: string, type: 'counter' | 'gauge', help: string, read: (numbers: FarmNumbers) => number) =>
    liveMetric(name, type, help, () =>
      Array.from(source.farms(), (numbers) => ({ labels: { farm: numbers.farm }, value: read(numbers) })),
    );
  return [
    one(
      'narrows_farm_retries_total',
      'counter',
      'Further attempts, in farms whose retry policy is more than connect.',
      ({ retries }) => retries.made,
    ),
    one(
      'narrows_farm_retries_refused_total',
      'counter',
      'Further attempts that were not made because the retry budget was spent.',
      ({ retries }) => retries.refused,
    ),
    one(
      'narrows_farm_queued_requests',
      'gauge',
      'Requests that wait because every server has its maxRequests.',
      ({ queued }) => queued,
    ),
  ];
}
