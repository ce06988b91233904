// What tells the connections of one server from those of others.
import type { ServerConfig } from '../../model/farm-config.ts';
import { certificateNameOf } from '../../model/host-header.ts';
import type { ProtocolConfig } from '../../model/protocol-config.ts';

/**
 * Everything that makes two connections by http interchangeable (DESIGN 5). The server's id is in it, so that connections are
 * counted where they are used; address and port too, since a reload may change them under the same id.
 */
export function poolKeyOf(id: string, server: ServerConfig, protocol: ProtocolConfig): string {
  return `${id} http ${placeOf(server, server.httpPort)}${prefaceOf(protocol)}`;
}

/** The same for https, with the name of the certificate and all settings of TLS. */
export function securePoolKeyOf(id: string, server: ServerConfig, protocol: ProtocolConfig): string {
  const { digest } = protocol.tls;
  return `${id} https ${placeOf(server, server.httpsPort)} ${certificateNameOf(server)} ${digest}${prefaceOf(protocol)}`;
}

/** One that began with a header, or without, is of no use where the other is wanted. */
function prefaceOf({ proxyProtocol }: ProtocolConfig): string {
  return proxyProtocol === 'off' ? '' : ` ${proxyProtocol}`;
}

function placeOf({ target }: ServerConfig, port: number): string {
  return target.kind === 'unix' ? `unix:${target.path}` : `tcp:${target.host}:${port}`;
}
