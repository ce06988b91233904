// What tells the connections of one server from those of others.
import type { ServerConfig } from '../../model/farm-config.ts';
import { certificateNameOf } from '../../model/host-header.ts';
import type { ServerTlsConfig } from '../../model/server-tls.ts';

/**
 * Everything that makes two connections by http interchangeable (DESIGN 5). The server's id is in it, so that connections are
 * counted where they are used; address and port too, since a reload may change them under the same id.
 */
export function poolKeyOf(id: string, server: ServerConfig): string {
  return `${id} http ${placeOf(server, server.httpPort)}`;
}

/** The same for https, with the name of the certificate and all settings of TLS. */
export function securePoolKeyOf(id: string, server: ServerConfig, { digest }: ServerTlsConfig): string {
  return `${id} https ${placeOf(server, server.httpsPort)} ${certificateNameOf(server)} ${digest}`;
}

function placeOf({ target }: ServerConfig, port: number): string {
  return target.kind === 'unix' ? `unix:${target.path}` : `tcp:${target.host}:${port}`;
}
