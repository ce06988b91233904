// The listening socket of a virtual server, and the connections that came through it.
import { createServer, type Server, type Socket } from 'node:net';
import { EarlyConnections } from '../base/early-connections.ts';
import { isNameless } from '../base/peer-address.ts';
import type { ListenAddress } from '../model/config.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { TcpConnection } from './connection.ts';
import type { VirtualServerServices } from './services.ts';
import type { VirtualServer } from './virtual-server.ts';

export interface ListenOptions {
  key: string;
  address: ListenAddress;
  /** Share the port with the listeners of other workers. */
  reusePort: boolean;
}

/** As long a queue as the system allows: a burst of new clients waits in the kernel instead of being refused. */
const BACKLOG = 4096;

/** What the log says of connections that it ends: the router stops, or was told to do without it. */
const ITS_END = 'its listener closes';

export class TcpListener {
  readonly key: string;
  readonly connections = new Set<TcpConnection>();
  readonly #server: Server;
  readonly #services: VirtualServerServices;
  readonly #options: ListenOptions;
  readonly #early = new EarlyConnections<Socket>();
  #known: VirtualServer | null = null;
  #isClosed = false;

  constructor(options: ListenOptions, services: VirtualServerServices) {
    this.key = options.key;
    this.#options = options;
    this.#services = services;
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (socket) =>
      this.#accept(socket),
    );
  }

  /** Rejects with the system's error when the address cannot be had. */
  async listen(): Promise<void> {
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
  }

  get hasConnections(): boolean {
    return this.connections.size > 0;
  }

  /** @param current what is in force */
  oldestPinned(current: Snapshot): number {
    // Between a reload that takes the listener away and its end what comes begins on the configuration before.
    let oldest = this.#isClosed ? current.id : (this.#virtual()?.snapshotId ?? current.id);
    for (const connection of this.connections) oldest = Math.min(oldest, connection.pinnedSnapshot(current));
    return oldest;
  }

  /** Its configuration is in force: what has come before that is served. */
  takeEarly(): void {
    this.#early.release((socket) => this.#accept(socket));
  }

  /** Takes no more connections; those that are there go on. */
  close(): void {
    this.#isClosed = true;
    this.#server.close();
    this.#early.destroy();
  }

  /** Ends the connections of which too little has come to know their farm. */
  closeIdle(): void {
    for (const connection of [...this.connections]) if (!connection.isBusy) connection.cut(ITS_END);
  }

  /** Cuts every connection. @returns how many of them had a server, or were on the way to one */
  destroy(): number {
    let cut = 0;
    for (const connection of [...this.connections]) {
      if (connection.isBusy) cut++;
      connection.cut(ITS_END);
    }
    return cut;
  }

  /** Cuts what is connected to the server `id` (FARM/ADDRESS). */
  cutServer(id: string): void {
    for (const connection of [...this.connections]) {
      if (connection.server?.id === id) connection.cut(`${id} was stopped by an operator`);
    }
  }

  /** Of the configuration in force; of the last one that knew it where it is closing; null before the first. */
  #virtual(): VirtualServer | null {
    this.#known = this.#services.virtualServer(this.key) ?? this.#known;
    return this.#known;
  }

  #accept(socket: Socket): void {
    const virtual = this.#virtual();
    if (virtual === null) return this.#early.hold(socket);
    if (isNameless(socket, this.#options.address.kind)) {
      this.#services.refused();
      return void socket.destroy();
    }
    const connection = new TcpConnection(socket, virtual, this.#services, (closed) => {
      this.connections.delete(closed);
    });
    this.connections.add(connection);
    connection.begin();
  }
}
