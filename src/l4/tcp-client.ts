// Who is at the client's end of a connection: as its socket says, or the PROXY header that it began with; and what its ClientHello
// asked for.
import type { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { addressOfPeer } from '../base/peer-address.ts';
import type { ClientHello } from '../wire/client-hello.ts';
import type { ProxyHeader } from '../wire/proxy-header.ts';
import { proxyHeader } from '../wire/write-proxy-header.ts';

export class TcpClient {
  readonly socket: Socket;
  /** '' on a Unix socket. */
  address: string;
  port: number;
  /** Asked of the system at once: a closed socket does not know it any more. */
  localAddress: string;
  localPort: number;
  /** That it asked for by TLS, where that was read. */
  serverName = '';
  /** Of the PROXY header, once it was read. */
  headerLength = 0;
  /** What that one says of TLS that was ended before. */
  told: ClientHello | null = null;
  /** What else it said, for the server. */
  #passedOn: Buffer | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
    this.address = addressOfPeer(socket);
    this.port = socket.remotePort ?? 0;
    this.localAddress = addressOfPeer({ remoteAddress: socket.localAddress });
    this.localPort = socket.localPort ?? 0;
  }

  take({ length, client, destination, tlvs }: ProxyHeader): void {
    this.headerLength = length;
    if (client === null || destination === null) return;
    this.address = client.address;
    this.port = client.port;
    this.localAddress = destination.address;
    this.localPort = destination.port;
    if (tlvs === null) return;
    const { authority, alpn, passedOn } = tlvs;
    if (authority !== '' || alpn !== '') this.told = { serverName: authority, protocols: alpn === '' ? [] : [alpn] };
    this.#passedOn = passedOn;
  }

  /** The PROXY header that tells a server of it. @param uniqueId of the connection */
  header(version: 'v1' | 'v2', uniqueId: string): Buffer {
    return proxyHeader(version, {
      source: { address: this.address, port: this.port },
      destination: { address: this.localAddress, port: this.localPort },
      authority: this.serverName,
      passedOn: this.#passedOn,
      uniqueId,
    });
  }
}
