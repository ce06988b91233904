// The names of a server: what it is asked under where the client's Host is not kept (arr.md 5.2), and what its certificate
// must be made out to; for requests and for probes.
import type { FarmConfig, ServerConfig } from './farm-config.ts';

/**
 * The farm's alternateHostName, else the server's hostName, else its address, with the port where that is not the one that the
 * scheme has by itself.
 */
export function hostHeaderOf(farm: FarmConfig, server: ServerConfig, secure = false): string {
  if (farm.protocol.alternateHostName !== '') return farm.protocol.alternateHostName;
  if (server.hostName !== null) return server.hostName;
  // A Unix socket has no name of its own: `localhost`, as curl and nginx send.
  if (server.target.kind === 'unix') return 'localhost';
  const host = server.target.host.includes(':') ? `[${server.target.host}]` : server.target.host;
  const port = secure ? server.httpsPort : server.httpPort;
  return port === (secure ? 443 : 80) ? host : `${host}:${port}`;
}

/** For SNI and the certificate: the server's own, whatever Host says. A name or an IP address. */
export function certificateNameOf({ hostName, target }: ServerConfig): string {
  return hostName ?? (target.kind === 'tcp' ? target.host : 'localhost');
}
