// The admin API's own listener: TCP (loopback unless a token protects it) or a Unix socket.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { AdminPort } from '../model/admin-port.ts';
import type { AdminConfig, ListenAddress } from '../model/config.ts';
import { formatListenAddress, isLoopback } from '../model/listen-address.ts';
import { refuseCrossSite, refuseForwarded, requireJson, requireLocalHost, requireToken } from './guard-requests.ts';
import { adminRoutes } from './routes.ts';

const CLOSE_GRACE = 1000;

export interface AdminServer {
  /** `http://host:port` with the real port, or `unix:/path`. */
  readonly url: string;
  /** Takes no more connections, gives the requests under way a second to finish, and frees the address. */
  close(): Promise<void>;
}

/**
 * Resolves when the address is open.
 *
 * @param config its token is read anew at each request
 * @param version of the router
 * @throws the system's error when the address cannot be opened (EADDRINUSE); RangeError when others than this machine
 *   could reach it and no token is set
 */
export async function startAdmin(
  config: Pick<AdminConfig, 'address' | 'token'>,
  port: AdminPort,
  options: { version: string; logger: Logger; clock: Clock },
): Promise<AdminServer> {
  const { address } = config;
  if (!isLoopback(address) && config.token === null) {
    throw new RangeError(`admin.address ${formatListenAddress(address)} can be reached from outside: set admin.token`);
  }
  const app = new Hono();
  // A browser cannot open a Unix socket, and beyond loopback the token is what a page does not have.
  if (address.kind === 'tcp' && isLoopback(address)) app.use(requireLocalHost(address.host));
  app.use(refuseForwarded(() => config.token));
  app.use(refuseCrossSite);
  app.use(requireToken(() => config.token));
  app.use(requireJson);
  app.route('/', adminRoutes(port, options.version));
  app.notFound((c) => c.json({ error: `there is no ${c.req.method} ${c.req.path}` }, 404));
  app.onError((error, c) => {
    options.logger.error({ event: 'admin-request-failed', path: c.req.path, error }, 'an admin request failed');
    return c.json({ error: 'the router could not do this; its log says why' }, 500);
  });
  // The adapter would replace the global Request and Response of whoever embeds the router.
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
  await listen(server, address);
  return { url: urlOf(server, address), close: () => close(server, options.clock) };
}

function listen(server: Server, address: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    server.listen(address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port });
  });
}

function urlOf(server: Server, address: ListenAddress): string {
  if (address.kind === 'unix') return formatListenAddress(address);
  const { port } = server.address() as AddressInfo;
  return `http://${formatListenAddress({ ...address, port })}`;
}

function close(server: Server, clock: Clock): Promise<void> {
  const calledOff = clock.after(CLOSE_GRACE, () => server.closeAllConnections());
  return new Promise((resolve, reject) => {
    server.close((error) => {
      calledOff();
      if (error) reject(error);
      else resolve();
    });
  });
}
