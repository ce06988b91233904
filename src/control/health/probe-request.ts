// Where the URL test of a server goes: a path to its own port under the farm's Host rules, an absolute URL with the
// URL's scheme and Host to the server's address (CONTRACT 2 Health, arr.md 8.2).
import type { FarmConfig, ServerConfig } from '../../model/farm-config.ts';
import { certificateNameOf, hostHeaderOf } from '../../model/host-header.ts';
import { localHeader } from '../../wire/write-proxy-header.ts';

export interface ProbeRequest {
  readonly secure: boolean;
  readonly target: ServerConfig['target'];
  readonly port: number;
  /** Path and query. */
  readonly path: string;
  /** Value of Host. */
  readonly host: string;
  /** For SNI, and what the certificate must be made out to: the server's own, whatever Host says (arr.md 5.2). */
  readonly name: string;
  /** PROXY header that the server wants to hear first; null for none. */
  readonly preface: Buffer | null;
}

/** The request that tests `server`. @param url of the test, not empty */
export function probeRequestFor(farm: FarmConfig, server: ServerConfig, url = farm.healthCheck.url): ProbeRequest {
  if (url === 'tcp:') return pathRequest(farm, server, '');
  return url.startsWith('/') ? pathRequest(farm, server, url) : absoluteRequest(farm, server, new URL(url));
}

function pathRequest(farm: FarmConfig, server: ServerConfig, path: string): ProbeRequest {
  const host = server.healthCheckAlternateHostName ?? hostHeaderOf(farm, server);
  const port = server.healthCheckAlternatePort || server.httpPort;
  const preface = prefaceOf(farm, server);
  return { secure: false, target: server.target, port, path, host, name: certificateNameOf(server), preface };
}

function absoluteRequest(farm: FarmConfig, server: ServerConfig, url: URL): ProbeRequest {
  const secure = url.protocol === 'https:';
  const ownPort = secure ? server.httpsPort : server.httpPort;
  return {
    secure,
    target: server.target,
    port: server.healthCheckAlternatePort || ownPort,
    path: url.pathname + url.search,
    host: server.healthCheckAlternateHostName ?? url.host,
    name: certificateNameOf(server),
    preface: prefaceOf(farm, server),
  };
}

/** A test is for no client. A port of its own, for tests alone, expects no header, as HAProxy has it. */
function prefaceOf({ protocol }: FarmConfig, { healthCheckAlternatePort }: ServerConfig): Buffer | null {
  const { proxyProtocol } = protocol;
  return proxyProtocol === 'off' || healthCheckAlternatePort > 0 ? null : localHeader(proxyProtocol);
}
