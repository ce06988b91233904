// The PROXY header that a connection for requests begins with: who the client is, to servers that ask for it.
import { addressOfPeer } from '../../base/peer-address.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { proxyHeader } from '../../wire/write-proxy-header.ts';

/**
 * Null where the servers of the farm want none. It names the peer of the client's connection, which is the same for all requests that
 * come on it; whom that one speaks for stands in X-Forwarded-For.
 */
export function clientPreface({ farm, connection, id }: RequestContext): Buffer | null {
  const { proxyProtocol } = farm!.config.protocol;
  if (proxyProtocol === 'off') return null;
  const { peerAddress, peerPort, localAddress, localPort, tls } = connection;
  return proxyHeader(proxyProtocol, {
    source: { address: peerAddress, port: peerPort },
    destination: { address: addressOfPeer({ remoteAddress: localAddress }), port: localPort },
    authority: tls?.serverName ?? '',
    uniqueId: id,
    passedOn: null,
  });
}
