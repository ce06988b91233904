// The connections of one data plane to one server, as one key: everything that makes two of them interchangeable is in
// the key (DESIGN 5). Newest first, so that a quiet hour closes the old ones.
import type { Deadlines } from '../../base/deadlines.ts';
import type { Server } from '../../model/farm.ts';
import { certificateNameOf } from '../../model/host-header.ts';
import type { ProtocolConfig } from '../../model/protocol-config.ts';
import type { DialTarget } from '../../transport/dial.ts';
import { TlsSession } from '../../transport/tls-session.ts';
import type { ReadBuffers } from './read-buffers.ts';
import { ServerConnection } from './server-connection.ts';

/** A request that may not be repeated takes no connection that was idle longer: the server may be closing it (DESIGN 5). */
const FRESH_ENOUGH = 1000;

/** Where another worker waits for a connection: how long one is kept before it is given up, and not asked back, ms. */
const TURN = 200;

/** Stands in the queue for a connection when maxConnections is reached. */
export interface Waiter {
  onConnectionFree(): void;
  /** An operator stops the server at once: there will be none. */
  onCut(): void;
}

export class ServerPool {
  readonly #deadlines: Deadlines;
  readonly #buffers: ReadBuffers;
  readonly #idle: ServerConnection[] = [];
  readonly #open = new Set<ServerConnection>();
  readonly #waiters: Waiter[] = [];
  /** As the newest snapshot has it: a reload compiles it anew, and ServerPools sets it. */
  server: Server;
  /** Its connections are by TLS. */
  readonly secure: boolean;
  /** Of the last of them. */
  readonly #session = new TlsSession();
  #generation = 0;
  /** No server of the configuration in force has it: nothing is kept for later. */
  isRetired = false;
  /** protocol.maxConnections is set: workers have to share. */
  #limited = false;
  /** When one was last opened, and when one was last given up. */
  #gainedAt = Number.NEGATIVE_INFINITY;
  #gaveAt = Number.NEGATIVE_INFINITY;
  #calling = false;

  constructor(server: Server, secure: boolean, deadlines: Deadlines, buffers: ReadBuffers) {
    this.server = server;
    this.secure = secure;
    this.#deadlines = deadlines;
    this.#buffers = buffers;
  }

  /** The name of the server has other addresses now: no connection to the old ones serves again. */
  forgetConnections(): void {
    this.#generation++;
    this.closeIdle();
  }

  /**
   * The newest idle connection that will do, or null.
   * @param repeatable whether the request may be sent a second time if the server closes just now
   */
  takeIdle(repeatable: boolean): ServerConnection | null {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (!connection.usable) continue;
      if (!repeatable && this.#isOld(connection)) {
        this.#idle.push(connection); // it and all below it are older
        return null;
      }
      connection.stopDeadline(); // it ran against its idleness
      return connection;
    }
    return null;
  }

  /** Whether a connection that is kept elsewhere still serves. @param repeatable as of takeIdle() */
  mayTake(connection: ServerConnection, repeatable: boolean): boolean {
    return connection.usable && connection.generation === this.#generation && (repeatable || !this.#isOld(connection));
  }

  #isOld({ idleSince }: ServerConnection): boolean {
    return this.#deadlines.now - idleSince >= FRESH_ENOUGH;
  }

  /**
   * A new connection, or null when the process has protocol.maxConnections of them already: then the oldest idle one makes
   * room, and whoever waits is called when it has.
   * @param preface that it begins with; null for nothing
   */
  open(
    target: DialTarget,
    { maxConnections: max, tls }: ProtocolConfig,
    preface: Buffer | null,
  ): ServerConnection | null {
    const { state } = this.server;
    this.#limited = max > 0;
    const { now } = this.#deadlines;
    if (this.#limited && now - this.#gaveAt < TURN && state.othersWait) return null; // not taken back at once
    if (!state.tryAcquireConnection(max)) {
      this.#idle.shift()?.destroy();
      return null;
    }
    const secure = this.secure ? { tls, name: certificateNameOf(this.server.config), session: this.#session } : null;
    const connection = new ServerConnection(target, secure, preface, this.#buffers, (closed) => {
      this.#open.delete(closed);
      const index = this.#idle.indexOf(closed);
      if (index >= 0) this.#idle.splice(index, 1);
      state.releaseConnection();
      if (!closed.givenUp) this.#callWaiter();
    });
    this.#gainedAt = now;
    connection.generation = this.#generation;
    this.#open.add(connection);
    return connection;
  }

  /** An exchange is done with a connection in good order. */
  giveBack(connection: ServerConnection): void {
    connection.takeBack();
    connection.served++;
    const isOutdated = this.isRetired || connection.generation !== this.#generation;
    if (!connection.usable || isOutdated) return connection.destroy();
    if (this.#owesOne()) return this.#giveUp(connection);
    connection.idleSince = this.#deadlines.now;
    connection.startDeadline(this.#deadlines.queue(connection.keepFor));
    this.#idle.push(connection);
    this.#callWaiter();
  }

  /** Puts `waiter` into the queue; one that was called in vain keeps its place. */
  wait(waiter: Waiter): void {
    if (this.#calling) this.#waiters.unshift(waiter);
    else this.#waiters.push(waiter);
    this.server.state.noteWaiting(this.#waiters.length);
  }

  stopWaiting(waiter: Waiter): void {
    const index = this.#waiters.indexOf(waiter);
    if (index < 0) return;
    this.#waiters.splice(index, 1);
    this.server.state.noteWaiting(this.#waiters.length);
  }

  /** On a clock tick: takes what other workers have given up, and gives up to those who wait. */
  share(): void {
    if (!this.#limited) return;
    for (let before = -1; this.#waiters.length > 0 && this.#waiters.length !== before; ) {
      before = this.#waiters.length;
      this.#callWaiter();
    }
    if (this.#idle.length > 0 && this.#owesOne()) this.#giveUp(this.#idle.shift()!);
  }

  /** Without this a busy worker would keep all connections, and the requests of another would wait in vain. */
  #owesOne(): boolean {
    const { now } = this.#deadlines;
    if (!this.#limited || now - Math.max(this.#gaveAt, this.#gainedAt) < TURN) return false;
    if (!this.server.state.othersWait) return false;
    this.#gaveAt = now;
    return true;
  }

  /** Closes `connection` for another worker to open one: our own waiters are not called. */
  #giveUp(connection: ServerConnection): void {
    connection.givenUp = true;
    connection.destroy();
  }

  /** Nothing runs on it, and nobody waits. */
  get isEmpty(): boolean {
    return this.#open.size === 0 && this.#waiters.length === 0;
  }

  closeIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  /** Ends every connection at once, and what runs on it. First who waits: else each would open the next one. */
  cut(): void {
    for (const waiter of [...this.#waiters]) waiter.onCut();
    for (const connection of [...this.#open]) connection.cut();
  }

  destroy(): void {
    for (const connection of [...this.#open]) connection.destroy();
  }

  #callWaiter(): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) return;
    this.#calling = true;
    waiter.onConnectionFree();
    this.#calling = false;
    this.server.state.noteWaiting(this.#waiters.length);
  }
}
