// Farms and their servers: states, members, weights, health (CONTRACT 5). An address in a path is percent-encoded.
import { Hono } from 'hono';
import type { AdminPort } from '../model/admin-port.ts';
import { OperationError } from '../model/farm-operations.ts';
import type { FarmStatus, ServerStatus } from '../model/status.ts';
import { enabledBody, healthBody, removeBody, serverBody, stateBody, testBody, weightBody } from './change-bodies.ts';
import { answering, readBody, recorded } from './change-requests.ts';

/** The longest that a request for a drain is held open, ms. */
const LONGEST_WAIT = 300_000;

const SERVER = '/api/farms/:farm/servers/:server';

export function farmRoutes(port: AdminPort): Hono {
  const routes = new Hono();
  const { servers, members, health } = port.farms;

  routes.get('/api/farms', (c) => c.json({ farms: port.status().farms }));
  routes.get('/api/farms/:farm', (c) => answering(c, () => farmOf(port, c.req.param('farm'))));
  routes.put('/api/farms/:farm/enabled', (c) =>
    answering(c, async () => {
      const { enabled, why, ...options } = await readBody(c, enabledBody);
      return recorded(c, port, { why, ...options }, () =>
        members.setFarmEnabled(c.req.param('farm'), enabled, options),
      );
    }),
  );

  routes.post('/api/farms/:farm/servers', (c) =>
    answering(c, async () => {
      const { server, why, ...options } = await readBody(c, serverBody);
      return recorded(c, port, { why, ...options }, () => members.add(c.req.param('farm'), server, options));
    }),
  );
  routes.get(SERVER, (c) => answering(c, () => serverOf(port, c.req.param('farm'), c.req.param('server'))));
  routes.delete(SERVER, (c) =>
    answering(c, async () => {
      const { why, ...options } = await readBody(c, removeBody);
      return recorded(c, port, { why, ...options }, () =>
        members.remove(c.req.param('farm'), c.req.param('server'), options),
      );
    }),
  );
  routes.put(`${SERVER}/weight`, (c) =>
    answering(c, async () => {
      const { weight, why, ...options } = await readBody(c, weightBody);
      return recorded(c, port, { why, ...options }, () =>
        members.setWeight(c.req.param('farm'), c.req.param('server'), weight, options),
      );
    }),
  );
  routes.put(`${SERVER}/state`, (c) =>
    answering(c, async () => {
      const { state, why, persist, deadline, idleTimeout } = await readBody(c, stateBody);
      const limits = {
        ...(deadline === undefined ? {} : { deadline }),
        ...(idleTimeout === undefined ? {} : { idleTimeout }),
      };
      return recorded(c, port, { why, persist }, () =>
        servers.setState(c.req.param('farm'), c.req.param('server'), state, { persist, ...limits }),
      );
    }),
  );
  routes.get(`${SERVER}/bindings`, (c) =>
    answering(c, () => servers.bindings(c.req.param('farm'), c.req.param('server'))),
  );
  routes.get(`${SERVER}/drain`, (c) =>
    answering(c, async () => {
      const { farm, server } = c.req.param();
      const wait = Math.min(LONGEST_WAIT, Number(c.req.query('wait') ?? 0) || 0);
      if (wait > 0) await Promise.race([servers.whenDrained(farm, server), port.pause(wait)]);
      return { drain: servers.drain(farm, server) };
    }),
  );

  routes.put(`${SERVER}/health`, (c) =>
    answering(c, async () => {
      const { healthy, why } = await readBody(c, healthBody);
      const { farm, server } = c.req.param();
      return recorded(c, port, { why }, () =>
        healthy ? health.setHealthy(farm, server) : health.setUnhealthy(farm, server),
      );
    }),
  );
  routes.get(`${SERVER}/health`, (c) =>
    answering(c, () => {
      const { farm, server } = c.req.param();
      const { isHealthy, evidence } = serverOf(port, farm, server);
      return { healthy: isHealthy, evidence, history: health.history(farm, server) };
    }),
  );
  routes.post(`${SERVER}/health/test`, (c) =>
    answering(c, async () => {
      const { url, timeout, statusCodeMatch, responseMatch } = await readBody(c, testBody);
      return health.test(c.req.param('farm'), c.req.param('server'), {
        ...(url === undefined ? {} : { url }),
        ...(timeout === undefined ? {} : { timeout }),
        ...(statusCodeMatch === undefined ? {} : { statusCodeMatch }),
        ...(responseMatch === undefined ? {} : { responseMatch }),
      });
    }),
  );
  return routes;
}

function farmOf(port: AdminPort, name: string): FarmStatus {
  const farm = port.status().farms.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (farm === undefined) throw new OperationError('notFound', `there is no farm "${name}"`);
  return farm;
}

function serverOf(port: AdminPort, farmName: string, address: string): ServerStatus {
  const farm = farmOf(port, farmName);
  const server = farm.servers.find((each) => each.address === address);
  if (server === undefined) throw new OperationError('notFound', `farm ${farm.name} has no server "${address}"`);
  return server;
}
