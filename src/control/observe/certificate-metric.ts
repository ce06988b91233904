// When the certificates of listeners end.
import type { Metric } from 'prom-client';
import { liveMetric } from './live-metric.ts';
import type { MetricsSource } from './metrics-source.ts';

export function certificateMetric(source: MetricsSource): Metric {
  return liveMetric(
    'narrows_certificate_expiry_timestamp_seconds',
    'gauge',
    'When the certificate in a file ends; name is its first.',
    () =>
      [...source.certificates()].map(({ listener, names, file, validTo }) => ({
        labels: { listener, name: names[0] ?? '', file },
        value: Date.parse(validTo) / 1000,
      })),
  );
}
