// Who is at the other end of a client connection, as the socket says it. ClientConnection is one of these, so that a
// connection costs one object less.
import type { Socket } from 'node:net';
import type { ClientConnectionInfo } from '../../model/client.ts';
import type { AddressSet } from '../../model/snapshot.ts';

const MAPPED_IPV4 = '::ffff:';

export class ClientPeer implements ClientConnectionInfo {
  readonly listener: string;
  readonly localPort: number;
  readonly secure = false;
  readonly trusted: boolean;
  readonly peerAddress: string;
  readonly peerPort: number;
  protected readonly socket: Socket;

  /** @param trustedProxies as in the snapshot; null: nobody is */
  constructor(socket: Socket, listener: string, localPort: number, trustedProxies: AddressSet | null) {
    this.socket = socket;
    this.listener = listener;
    this.localPort = localPort;
    const address = socket.remoteAddress ?? '';
    this.peerAddress = address.startsWith(MAPPED_IPV4) ? address.slice(MAPPED_IPV4.length) : address;
    this.peerPort = socket.remotePort ?? 0;
    this.trusted = trustedProxies?.has(this.peerAddress) === true;
  }

  /** Asked of the system only when something wants to know: a call for each connection would be wasted. */
  get localAddress(): string {
    return this.socket.localAddress ?? '';
  }

  /** Closes so that the peer sees an error; a Unix socket knows no reset. */
  protected breakOff(): void {
    if (this.peerAddress === '') this.socket.destroy();
    else this.socket.resetAndDestroy();
  }
}
