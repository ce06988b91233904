// Who is at the other end of a client connection, as the socket says it. ClientConnection is one of these, so that a
// connection costs one object less.
import type { Socket } from 'node:net';
import { addressOfPeer } from '../../base/peer-address.ts';
import type { ClientConnectionInfo } from '../../model/client.ts';
import type { ClientTlsInfo } from '../../model/client-tls.ts';
import type { ListenerRules } from '../../model/listener-rules.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { ProxyHeader } from '../../wire/proxy-header.ts';
import { ToldTls } from './told-tls.ts';

/** A connection that a listener has taken, as far as requests can come on it. */
export interface AcceptedConnection {
  /** What requests are read from. */
  readonly socket: Socket;
  /** What TLS runs on; else the same. */
  readonly raw: Socket;
  /** Of the listener, by which a configuration knows it (listener-key.ts). */
  readonly key: string;
  readonly rules: ListenerRules;
  readonly localPort: number;
  /** The PROXY header that it began with; null for none. */
  readonly header: ProxyHeader | null;
  readonly tls: ClientTlsInfo | null;
}

export class ClientPeer implements ClientConnectionInfo {
  /** Its name in the configuration of the latest request. */
  listener: string;
  readonly localPort: number;
  readonly tls: ClientTlsInfo | null;
  trusted = false;
  certificateRequired: boolean;
  readonly peerAddress: string;
  readonly peerPort: number;
  protected readonly socket: Socket;
  /** What TLS runs on; else the same as `socket`. */
  readonly #raw: Socket;
  readonly #header: ProxyHeader | null;
  /** Of the latest request; 0 before the first. */
  protected snapshotId = 0;
  /** What the listener asks of clients by TLS is not what it asked of this one. */
  protected outdated = false;
  readonly #key: string;
  readonly #sessionContext: string;

  constructor({ socket, raw, key, rules, localPort, header, tls }: AcceptedConnection) {
    this.socket = socket;
    this.#raw = raw;
    this.#header = header;
    this.#key = key;
    this.listener = rules.name;
    this.certificateRequired = isCertificateRequired(rules);
    this.#sessionContext = rules.tls?.sessionContext ?? '';
    this.localPort = localPort;
    this.tls = tls ?? ToldTls.of(header?.tlvs);
    this.peerAddress = header?.client?.address ?? addressOfPeer(raw);
    this.peerPort = header?.client?.port ?? raw.remotePort ?? 0;
  }

  /** By TLS, with us or with who passed the connection on. */
  get secure(): boolean {
    return this.tls !== null;
  }

  /** A request begins on `snapshot`: the connection outlives configurations, trust in its peer and the name of its listener do not. */
  protected beginOn(snapshot: Snapshot): void {
    if (this.snapshotId === snapshot.id) return;
    this.snapshotId = snapshot.id;
    this.trusted = snapshot.trustedProxies?.has(this.peerAddress) === true;
    const rules = snapshot.listeners.get(this.#key);
    if (rules === undefined) return; // the listener is closing: what it asked for is still asked for
    this.listener = rules.name;
    this.certificateRequired = isCertificateRequired(rules);
    this.outdated = (rules.tls?.sessionContext ?? '') !== this.#sessionContext;
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

function isCertificateRequired({ tls }: ListenerRules): boolean {
  return tls?.config.clientCertificates === 'required';
}
