// Who is at the other end of a client connection, as the socket says it. ClientConnection is one of these, so that a
// connection costs one object less.
import type { Socket } from 'node:net';
import { addressOfPeer } from '../../base/peer-address.ts';
import type { ClientConnectionInfo } from '../../model/client.ts';
import type { ClientTlsInfo } from '../../model/client-tls.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { ProxyHeader } from '../../wire/proxy-header.ts';

/** A connection that a listener has taken, as far as requests can come on it. */
export interface AcceptedConnection {
  /** What requests are read from. */
  readonly socket: Socket;
  /** What TLS runs on; else the same. */
  readonly raw: Socket;
  readonly listener: string;
  readonly localPort: number;
  /** The PROXY header that it began with; null for none. */
  readonly header: ProxyHeader | null;
  readonly tls: ClientTlsInfo | null;
}

export class ClientPeer implements ClientConnectionInfo {
  readonly listener: string;
  readonly localPort: number;
  readonly tls: ClientTlsInfo | null;
  trusted = false;
  readonly peerAddress: string;
  readonly peerPort: number;
  protected readonly socket: Socket;
  /** What TLS runs on; else the same as `socket`. */
  readonly #raw: Socket;
  readonly #header: ProxyHeader | null;
  /** Of the latest request; 0 before the first. */
  protected snapshotId = 0;

  constructor({ socket, raw, listener, localPort, header, tls }: AcceptedConnection) {
    this.socket = socket;
    this.#raw = raw;
    this.#header = header;
    this.listener = listener;
    this.localPort = localPort;
    this.tls = tls;
    this.peerAddress = header?.client?.address ?? addressOfPeer(raw);
    this.peerPort = header?.client?.port ?? raw.remotePort ?? 0;
  }

  /** By TLS, with us or with who passed the connection on. */
  get secure(): boolean {
    return this.tls !== null || (this.#header?.tlvs?.ssl ?? null) !== null;
  }

  /** A request begins on `snapshot`: the connection outlives configurations, trust in its peer does not. */
  protected beginOn(snapshot: Snapshot): void {
    if (this.snapshotId === snapshot.id) return;
    this.snapshotId = snapshot.id;
    this.trusted = snapshot.trustedProxies?.has(this.peerAddress) === true;
  }

  /** Where the client connected to. Asked of the system only when something wants to know: a call for each connection would be wasted. */
  get localAddress(): string {
    return this.#header?.destination?.address ?? this.socket.localAddress ?? '';
  }

  /** Cuts the connection. */
  destroy(): void {
    this.socket.destroy();
  }

  /** Closes so that the peer sees an error; a Unix socket knows no reset. */
  protected breakOff(): void {
    if (this.#raw.remoteAddress === undefined) this.socket.destroy();
    else this.#raw.resetAndDestroy();
  }
}
