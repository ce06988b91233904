// A listening socket and the connections that came through it.
import { createServer, type Server, type Socket } from 'node:net';
import { EarlyConnections } from '../../base/early-connections.ts';
import { addressOfPeer, isNameless } from '../../base/peer-address.ts';
import type { ListenAddress } from '../../model/config.ts';
import type { ListenerRules, ListenerTls } from '../../model/listener-rules.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { ProxyHeader } from '../../wire/proxy-header.ts';
import { ClientConnection } from './client-connection.ts';
import type { AcceptedConnection } from './client-peer.ts';
import { ClientTls } from './client-tls.ts';
import { Handshakes } from './handshakes.ts';
import type { ListenerServices } from './listener-services.ts';
import { readProxiedClient } from './proxied-client.ts';

export interface ListenOptions {
  key: string;
  address: ListenAddress;
  /** Share the port with the listeners of other workers. */
  reusePort: boolean;
}

type TakenConnection = Omit<AcceptedConnection, 'key' | 'localPort'>;

export class Listener {
  readonly key: string;
  readonly connections = new Set<ClientConnection>();
  readonly #server: Server;
  readonly #services: ListenerServices;
  readonly #options: ListenOptions;
  /** Connections whose PROXY header is awaited. */
  readonly #arriving = new Set<Socket>();
  readonly #handshakes: Handshakes;
  readonly #early = new EarlyConnections<Socket>();
  #closing = false;
  #known: ListenerRules | null = null;
  #turnedAway = 0;
  readonly #forget = (connection: ClientConnection): void => void this.connections.delete(connection);

  constructor(options: ListenOptions, services: ListenerServices) {
    this.key = options.key;
    this.#options = options;
    this.#services = services;
    this.#handshakes = new Handshakes(services.clock, (succeeded) => {
      if (!succeeded) services.refused();
      services.handshakeOver();
    });
    // allowHalfOpen: a client that ends its side after a whole request still gets its answer (CONTRACT 3).
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  /** @returns the address in use; rejects with the system's error when it cannot be had */
  async listen(): Promise<ListenAddress> {
    const { address, reusePort } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      const listening = (): void => {
        this.#server.off('error', reject);
        this.#server.on('error', () => {}); // a failed accept harms only that client
        resolve();
      };
      if (address.kind === 'unix') this.#server.listen({ path: address.path, backlog: BACKLOG }, listening);
      else this.#server.listen({ host: address.host, port: address.port, reusePort, backlog: BACKLOG }, listening);
    });
    const bound = this.#server.address();
    return typeof bound === 'object' && bound !== null
      ? { kind: 'tcp', host: bound.address, port: bound.port }
      : address;
  }

  /** Its configuration is in force: what has come before that is served. */
  takeEarly(): void {
    this.#early.release((socket) => this.#accept(socket));
  }

  /** Takes no more connections; those that are there end with their next answer. */
  close(): void {
    this.#closing = true;
    this.#server.close();
    this.#early.destroy();
    for (const socket of this.#arriving) socket.destroy();
    for (const connection of this.connections) connection.leave();
  }

  /** Ends the connections that wait for a request. */
  closeIdle(): void {
    for (const connection of this.connections) connection.closeIfIdle();
  }

  /** Cuts every connection. @param alsoSessions those that began with a 101 too @returns how many of them had a request on its way */
  destroy(alsoSessions: boolean): number {
    let cut = 0;
    for (const socket of this.#handshakes.open) socket.destroy();
    for (const connection of [...this.connections]) {
      if (connection.inSession && !alsoSessions) continue;
      if (connection.busy) cut++;
      connection.destroy();
    }
    return cut;
  }

  /** Of the snapshots that requests under way run on. @param current what is in force */
  oldestPinned(current: Snapshot): number {
    let oldest = current.id;
    for (const { pinnedSnapshot } of this.connections) oldest = Math.min(oldest, pinnedSnapshot ?? oldest);
    return oldest;
  }

  /** False once nothing can come of it any more. */
  get hasConnections(): boolean {
    return this.connections.size > 0 || this.#handshakes.open.size > 0;
  }

  /** Those of the configuration in force; of the last one that knew the listener where it is closing; null before the first. */
  #rules(): ListenerRules | null {
    this.#known = this.#services.snapshot.listeners.get(this.key) ?? this.#known;
    return this.#known;
  }

  #accept(socket: Socket): void {
    const rules = this.#rules();
    if (rules === null) this.#early.hold(socket);
    else if (isNameless(socket, this.#options.address.kind)) this.#refuse(socket);
    else if (rules.proxySenders?.has(addressOfPeer(socket)) === true) this.#awaitHeader(socket);
    else if (rules.tls === null) this.#open(plain(socket, null, rules));
    else this.#secure(socket, null, rules, rules.tls);
  }

  #awaitHeader(socket: Socket): void {
    const { clock, snapshot } = this.#services;
    this.#arriving.add(socket);
    const take = (header: ProxyHeader): void => {
      this.#arriving.delete(socket);
      const rules = this.#rules()!;
      if (rules.tls !== null) return this.#secure(socket, header, rules, rules.tls);
      this.#open(plain(socket, header, rules));
      socket.resume();
    };
    const refuse = (): void => {
      this.#arriving.delete(socket);
      this.#services.refused();
    };
    readProxiedClient(socket, clock, snapshot.config.limits.headTimeout, take, refuse);
  }

  #secure(raw: Socket, header: ProxyHeader | null, rules: ListenerRules, tls: ListenerTls): void {
    if (!this.#services.admitHandshake()) return this.#refuse(raw);
    const asked = tls.config.clientCertificates !== 'off';
    const { handshakeTimeout } = this.#services.snapshot.config.limits;
    this.#handshakes.begin(raw, tls, handshakeTimeout, (socket, set) =>
      this.#open({ socket, raw, header, rules, tls: new ClientTls(socket, set, asked, this.#services.clock.wall()) }),
    );
  }

  /** Nothing can be said to it. */
  #refuse(socket: Socket): void {
    this.#services.refused();
    socket.destroy();
  }

  #open(taken: TakenConnection): void {
    if (!this.#services.admit()) return this.#turnAway(taken.socket);
    const { address } = this.#options;
    const localPort = address.kind === 'tcp' ? address.port : 0;
    const accepted = { ...taken, localPort, key: this.key };
    const connection = new ClientConnection(accepted, this.#services, this.#forget);
    this.connections.add(connection);
    if (this.#closing) connection.leave();
  }

  /** Beyond limits.connections: 503 and a close, not silence (CONTRACT 3). */
  #turnAway(socket: Socket): void {
    if (this.#turnedAway === MOST_TURNED_AWAY) return this.#refuse(socket);
    this.#services.refused();
    this.#turnedAway++;
    const { clock, snapshot } = this.#services;
    const cancel = clock.after(snapshot.config.limits.lingerTimeout, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#turnedAway--;
      cancel();
    });
    // Read and dropped until the client ends its side: closing before that would destroy the answer (DESIGN 5).
    socket.on('end', () => socket.destroySoon());
    socket.resume();
    const text = 'limits.connections is reached\n';
    socket.end(
      `HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\n` +
        `Retry-After: 1\r\nProxy-Status: narrows; error=connection_limit_reached\r\nConnection: close\r\n\r\n${text}`,
    );
  }
}

/** Requests come on it as they are. */
function plain(socket: Socket, header: ProxyHeader | null, rules: ListenerRules): TakenConnection {
  return { socket, raw: socket, header, rules, tls: null };
}

/** Connections that are being told that there are too many; beyond it nothing is said. */
const MOST_TURNED_AWAY = 1000;

/** As long a queue as the system allows: a burst of new clients waits in the kernel instead of being refused. */
const BACKLOG = 4096;
