// The page that Prometheus reads: one registry for each router, so that two of them can live in one process.
import type { Registry } from 'prom-client';
import { certificateMetric } from './certificate-metric.ts';
import { farmMetrics } from './farm-metrics.ts';
import { listenerMetrics } from './listener-metrics.ts';
import type { MetricsSource } from './metrics-source.ts';
import { routerMetrics } from './router-metrics.ts';
import { serverMetrics } from './server-metrics.ts';

export class MetricsPage {
  /** Content-Type of text(). */
  static readonly type = 'text/plain; version=0.0.4; charset=utf-8';
  readonly #registry: Registry;

  private constructor(registry: Registry) {
    this.#registry = registry;
  }

  /**
   * Loads prom-client, which nothing before `ready` needs (DESIGN 5, start-up), and begins to watch the event loop and
   * the garbage collector: best made when the page is first asked for.
   */
  static async create(source: MetricsSource): Promise<MetricsPage> {
    const { Registry, collectDefaultMetrics } = await import('prom-client');
    const registry = new Registry();
    for (const metric of [
      ...serverMetrics(source),
      ...farmMetrics(source),
      ...listenerMetrics(source),
      ...routerMetrics(source),
      certificateMetric(source),
    ])
      registry.registerMetric(metric);
    collectDefaultMetrics({ register: registry });
    return new MetricsPage(registry);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
