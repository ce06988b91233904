// The name that a server is asked under where the client's Host is not kept (arr.md 5.2), for requests and for probes.
import type { FarmConfig, ServerConfig } from './farm-config.ts';

const DEFAULT_HTTP_PORT = 80;

/** Host for http: the farm's alternateHostName, else the server's hostName, else its address, with `port` where that is not 80. */
export function hostHeaderOf(farm: FarmConfig, server: ServerConfig, port = server.httpPort): string {
  if (farm.protocol.alternateHostName !== '') return farm.protocol.alternateHostName;
  if (server.hostName !== null) return server.hostName;
  // A Unix socket has no name of its own: `localhost`, as curl and nginx send.
  if (server.target.kind === 'unix') return 'localhost';
  const host = server.target.host.includes(':') ? `[${server.target.host}]` : server.target.host;
  return port === DEFAULT_HTTP_PORT ? host : `${host}:${port}`;
}
