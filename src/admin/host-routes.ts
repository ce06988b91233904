// Host names and the servers that they have (arr.md 7.3).
import { Hono } from 'hono';
import type { AdminPort } from '../model/admin-port.ts';
import type { Change } from '../model/farm-operations.ts';
import { assignBody, noBody } from './change-bodies.ts';
import { answering, authorOf, readBody, recorded } from './change-requests.ts';

/** Hosts that one answer lists. */
const MOST = 1000;

export function hostRoutes(port: AdminPort): Hono {
  const routes = new Hono();
  const { hosts } = port.farms;
  routes.get('/api/farms/:farm/hosts', (c) =>
    answering(c, () => {
      const server = c.req.query('server');
      const limit = Math.max(1, Math.min(MOST, Number(c.req.query('limit') ?? MOST) || MOST));
      return { hosts: hosts.mappings(c.req.param('farm'), { limit, ...(server === undefined ? {} : { server }) }) };
    }),
  );
  routes.get('/api/farms/:farm/hosts/:host', (c) =>
    answering(c, () => ({ hosts: hosts.mappings(c.req.param('farm'), { host: c.req.param('host'), limit: 1 }) })),
  );
  routes.put('/api/farms/:farm/hosts/:host', (c) =>
    answering(c, async () => {
      const { servers, why } = await readBody(c, assignBody);
      return recorded(c, port, { why }, () => hosts.assign(c.req.param('farm'), c.req.param('host'), servers));
    }),
  );
  routes.delete('/api/farms/:farm/hosts/:host', (c) =>
    answering(c, async () => {
      const { why } = await readBody(c, noBody);
      return recorded(c, port, { why }, () =>
        hosts.remove(c.req.param('farm'), c.req.param('host'), c.req.query('server')),
      );
    }),
  );
  routes.get('/api/farms/:farm/rebalance', (c) =>
    answering(c, () => ({ moves: hosts.rebalancePlan(c.req.param('farm')) })),
  );
  routes.post('/api/farms/:farm/rebalance', (c) =>
    answering(c, async () => {
      const { why } = await readBody(c, noBody);
      const changes: Change[] = await hosts.rebalance(c.req.param('farm'));
      for (const change of changes) port.audit.record(authorOf(c, why), change);
      return { changes };
    }),
  );
  return routes;
}
