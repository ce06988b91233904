// All pools of one data plane, by key. They outlive snapshots: a reload that changes nothing of a server keeps its
// connections, one that changes the key closes the idle ones.
import type { Deadlines } from '../../base/deadlines.ts';
import type { Server } from '../../model/farm.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { ReadBuffers } from './read-buffers.ts';
import { ServerPool } from './server-pool.ts';

export class ServerPools {
  readonly #deadlines: Deadlines;
  readonly #buffers = new ReadBuffers();
  readonly #pools = new Map<string, ServerPool>();
  /** The same pools by slot of the server, so that a request does no look-up by text. */
  #bySlot: ServerPool[] = [];

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines;
  }

  of(server: Server): ServerPool {
    const pool = this.#bySlot[server.slot];
    return pool !== undefined && pool.server === server ? pool : this.#remember(server);
  }

  /** A new configuration is in force: pools that no server of it uses close what is idle. */
  retain(snapshot: Snapshot): void {
    const wanted = new Set<string>();
    for (const farm of snapshot.farms.values()) {
      for (const server of farm.servers) wanted.add(server.poolKey);
    }
    for (const [key, pool] of this.#pools) {
      if (wanted.has(key)) continue;
      this.#pools.delete(key);
      pool.forgetConnections();
    }
  }

  /** The addresses of `host` have changed. */
  forgetHost(snapshot: Snapshot, host: string): void {
    for (const farm of snapshot.farms.values()) {
      for (const server of farm.servers) {
        const { target } = server.config;
        if (target.kind === 'tcp' && target.host === host) this.#pools.get(server.poolKey)?.forgetConnections();
      }
    }
  }

  /** On a clock tick: workers share what protocol.maxConnections allows. */
  share(): void {
    for (const pool of this.#pools.values()) pool.share();
  }

  destroy(): void {
    for (const pool of this.#pools.values()) pool.destroy();
    this.#pools.clear();
    this.#bySlot = [];
  }

  #remember(server: Server): ServerPool {
    let pool = this.#pools.get(server.poolKey);
    if (pool === undefined) {
      pool = new ServerPool(server, this.#deadlines, this.#buffers);
      this.#pools.set(server.poolKey, pool);
    }
    pool.server = server;
    this.#bySlot[server.slot] = pool;
    return pool;
  }
}
