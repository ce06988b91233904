// The record of changes, and taking one back.
import { Hono } from 'hono';
import type { AdminPort } from '../model/admin-port.ts';
import { undoBody } from './change-bodies.ts';
import { answering, authorOf, entryOf, readBody } from './change-requests.ts';
import { undo } from './undo.ts';

export function auditRoutes(port: AdminPort): Hono {
  const routes = new Hono();
  routes.get('/api/audit', (c) => c.json({ entries: port.audit.entries }));
  routes.post('/api/audit/:id/undo', (c) =>
    answering(c, async () => {
      const { force, why } = await readBody(c, undoBody);
      const entry = entryOf(port, c.req.param('id'));
      const change = await undo(port, entry, force);
      const { id } = port.audit.record(authorOf(c, why), change, entry.id);
      return { change, audit: id };
    }),
  );
  return routes;
}
