// Makes the RequestContext of a head that was just read: who asks, and on which configuration.
import type { ClientConnectionInfo, ClientExchange } from '../../model/client.ts';
import { RequestContext } from '../../model/request-context.ts';
import { FieldKind } from '../../wire/http1/fields.ts';
import type { RequestHead } from '../../wire/http1/request-head.ts';
import { clientBehind } from './client-address.ts';
import type { ListenerServices } from './listener-services.ts';
import { isPrivateAddress } from './private-address.ts';

/** @param peer the connection that the request came on; @param client the way back */
export function newRequest(
  services: ListenerServices,
  peer: ClientConnectionInfo,
  head: RequestHead,
  client: ClientExchange,
): RequestContext {
  const { clock, snapshot } = services;
  let address = peer.peerAddress;
  let port = peer.peerPort;
  if (head.has(FieldKind.xForwardedFor)) {
    if (peer.trusted) {
      const behind = clientBehind(peer, head.fieldOfKind(FieldKind.xForwardedFor) ?? '', snapshot.trustedProxies!);
      address = behind.address;
      port = behind.port;
    } else if (isPrivateAddress(peer.peerAddress)) {
      services.untrustedForward(peer.peerAddress);
    }
  }
  const id = services.newId();
  return new RequestContext(id, clock.wall(), clock.monotonic(), peer, address, port, head, snapshot, client, null);
}
