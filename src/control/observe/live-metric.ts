// A metric that keeps nothing: its values are read from the live numbers when the page is asked for. prom-client's own
// metrics want to be told of every change, and cannot take over a histogram that was counted elsewhere.
import type { Metric } from 'prom-client';

export interface Sample {
  /** Name of the line where it differs from the metric's: `_bucket`, `_sum`, `_count`. */
  metricName?: string;
  labels: Record<string, string | number>;
  value: number;
}

/** @param read gives every line of the metric, at each scrape */
export function liveMetric(
  name: string,
  type: 'counter' | 'gauge' | 'histogram',
  help: string,
  read: () => Sample[],
): Metric {
  const metric = { name, help, type, get: async () => ({ name, help, type, aggregator: 'sum', values: read() }) };
  // A registry asks its metrics for name and get() only; the type lists all that the built-in ones have.
  return metric as unknown as Metric;
}
