// The admin API's routes (CONTRACT 5). Everything is JSON except the metrics page.
import { Hono } from 'hono';
import type { AdminPort } from '../model/admin-port.ts';
import { ConfigError, type LocatedProblem } from '../model/config-error.ts';
import { auditRoutes } from './audit-routes.ts';
import { readExplainBody } from './explain-body.ts';
import { farmRoutes } from './farm-routes.ts';
import { hostRoutes } from './host-routes.ts';
import { INDEX_HEADERS, indexOf, indexPage } from './index-page.ts';
import { limitBody } from './limit-body.ts';
import { openApi } from './openapi.ts';

/** @param version of the router, for the OpenAPI document */
export function adminRoutes(port: AdminPort, version: string): Hono {
  const routes = new Hono();
  routes.use('/api/*', limitBody);
  routes.get('/', (c) => {
    const index = indexOf(version, openApi(version).paths);
    const accept = c.req.header('accept') ?? '';
    const isForPrograms = accept.includes('application/json') && !accept.includes('text/html');
    return isForPrograms ? c.json(index, 200, INDEX_HEADERS) : c.html(indexPage(index), 200, INDEX_HEADERS);
  });
  routes.get('/api/status', (c) => c.json(port.status()));
  routes.get('/api/certificates', (c) => c.json(port.certificates()));
  routes.get('/api/live', (c) => c.json({ live: port.isLive() }, port.isLive() ? 200 : 503));
  routes.get('/api/ready', (c) => c.json({ ready: port.isReady() }, port.isReady() ? 200 : 503));
  routes.get('/metrics', async (c) => c.body(await port.metrics(), 200, { 'Content-Type': port.metricsType }));
  routes.get('/api/openapi.json', (c) => c.json(openApi(version)));

  routes.post('/api/reload', async (c) => {
    let warnings: readonly LocatedProblem[];
    try {
      warnings = await port.reload();
    } catch (error) {
      if (error instanceof ConfigError) return c.json({ errors: error.errors }, 422);
      throw error;
    }
    const { snapshot, needsRestart } = port.status();
    return c.json({ snapshot, needsRestart, warnings });
  });

  routes.post('/api/explain', async (c) => {
    const body = await c.req.json<unknown>().catch(() => undefined);
    if (body === undefined) return c.json({ error: 'the body is not JSON' }, 400);
    const read = readExplainBody(body);
    if ('fault' in read) return c.json({ error: read.fault }, 400);
    return c.json((await port.explain(read.request)) as object);
  });
  routes.route('/', farmRoutes(port));
  routes.route('/', hostRoutes(port));
  routes.route('/', auditRoutes(port));
  return routes;
}
