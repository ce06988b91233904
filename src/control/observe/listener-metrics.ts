// The metrics of each virtual server: connections as its clients see them.
import type { Metric } from 'prom-client';
import { liveMetric, type Sample } from './live-metric.ts';
import type { ListenerNumbers, MetricsSource } from './metrics-source.ts';

export function listenerMetrics(source: MetricsSource): Metric[] {
  const each =
    (read: (numbers: ListenerNumbers) => Omit<Sample, 'labels'>[], labels: Record<string, string>[] = [{}]) =>
    () =>
      Array.from(source.listeners()).flatMap((numbers) =>
        read(numbers).map((sample, index) => ({ ...sample, labels: { listener: numbers.listener, ...labels[index] } })),
      );
  return [
    liveMetric(
      'narrows_listener_current_connections',
      'gauge',
      'Connections of a tcp listener that are open.',
      each(({ current }) => [{ value: current }]),
    ),
    liveMetric(
      'narrows_listener_connections_total',
      'counter',
      'Connections of a tcp listener.',
      each(({ total }) => [{ value: total }]),
    ),
    liveMetric(
      'narrows_listener_failures_total',
      'counter',
      'Connections of a tcp listener that came to no server, were broken off, or were beyond a limit.',
      each(({ failed }) => [{ value: failed }]),
    ),
    liveMetric(
      'narrows_listener_bytes_total',
      'counter',
      'Bytes of ended connections of a tcp listener: in is from clients.',
      each(
        ({ bytesIn, bytesOut }) => [{ value: bytesIn }, { value: bytesOut }],
        [{ direction: 'in' }, { direction: 'out' }],
      ),
    ),
  ];
}
