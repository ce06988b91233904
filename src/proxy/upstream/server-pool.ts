// The connections of one data plane to one server, as one key: everything that makes two of them interchangeable is in
// the key (DESIGN 5). Newest first, so that a quiet hour closes the old ones.
import type { Deadlines } from '../../base/deadlines.ts';
import type { Server } from '../../model/farm.ts';
import type { DialTarget } from '../../transport/dial.ts';
import type { ReadBuffers } from './read-buffers.ts';
import { ServerConnection } from './server-connection.ts';

/** A request that may not be repeated takes no connection that was idle longer: the server may be closing it (DESIGN 5). */
const FRESH_ENOUGH = 1000;

/** Stands in the queue for a connection when maxConnections is reached. */
export interface Waiter {
  onConnectionFree(): void;
}

export class ServerPool {
  readonly #deadlines: Deadlines;
  readonly #buffers: ReadBuffers;
  readonly #idle: ServerConnection[] = [];
  readonly #open = new Set<ServerConnection>();
  readonly #waiters: Waiter[] = [];
  /** As the newest snapshot has it. */
  server: Server;
  #generation = 0;

  constructor(server: Server, deadlines: Deadlines, buffers: ReadBuffers) {
    this.server = server;
    this.#deadlines = deadlines;
    this.#buffers = buffers;
  }

  /** A reload has compiled the server anew. */
  serves(server: Server): void {
    this.server = server;
  }

  /** The name of the server has other addresses now: no connection to the old ones serves again. */
  forgetConnections(): void {
    this.#generation++;
    this.closeIdle();
  }

  /** True when a waiter waits. */
  get crowded(): boolean {
    return this.#waiters.length > 0;
  }

  /**
   * The newest idle connection that will do, or null.
   * @param repeatable whether the request may be sent a second time if the server closes just now
   */
  takeIdle(repeatable: boolean): ServerConnection | null {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (!connection.usable) continue;
      if (!repeatable && this.#deadlines.now - connection.idleSince >= FRESH_ENOUGH) {
        this.#idle.push(connection); // it and all below it are older
        return null;
      }
      connection.takeBack();
      return connection;
    }
    return null;
  }

  /**
   * A new connection, or null when the process has `max` of them already: then the oldest idle one makes room, and
   * whoever waits is called when it has.
   * @param max protocol.maxConnections; 0 is no limit
   */
  open(target: DialTarget, max: number): ServerConnection | null {
    const { state } = this.server;
    if (!state.tryAcquireConnection(max)) {
      this.#idle.shift()?.destroy();
      return null;
    }
    const connection = new ServerConnection(target, this.#buffers, (closed) => {
      this.#open.delete(closed);
      const index = this.#idle.indexOf(closed);
      if (index >= 0) this.#idle.splice(index, 1);
      state.releaseConnection();
      this.#callWaiter();
    });
    connection.generation = this.#generation;
    this.#open.add(connection);
    return connection;
  }

  /** An exchange is done with a connection in good order. */
  giveBack(connection: ServerConnection): void {
    connection.takeBack();
    connection.served++;
    if (!connection.usable || connection.generation !== this.#generation) return connection.destroy();
    connection.idleSince = this.#deadlines.now;
    connection.startDeadline(this.#deadlines.queue(connection.keepFor));
    this.#idle.push(connection);
    this.#callWaiter();
  }

  wait(waiter: Waiter): void {
    this.#waiters.push(waiter);
  }

  stopWaiting(waiter: Waiter): void {
    const index = this.#waiters.indexOf(waiter);
    if (index >= 0) this.#waiters.splice(index, 1);
  }

  /** Other workers may have closed connections: those who wait try again. Called on a clock tick. */
  retryWaiters(): void {
    this.#callWaiter();
  }

  closeIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  destroy(): void {
    for (const connection of [...this.#open]) connection.destroy();
  }

  #callWaiter(): void {
    this.#waiters.shift()?.onConnectionFree();
  }
}
