// All pools of one data plane, by key. They outlive snapshots: a reload that changes nothing of a server keeps its
// connections, one that changes the key closes the idle ones. Those of origins are bounded in number: clients may choose
// where they go.
import type { Deadlines } from '../../base/deadlines.ts';
import { RecentMap } from '../../base/recent-map.ts';
import type { Server } from '../../model/farm.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { ReadBuffers } from './read-buffers.ts';
import { ServerPool } from './server-pool.ts';

/** Origins whose idle connections are kept. */
const MOST_ORIGINS = 1024;

type PoolsByKey = Map<string, ServerPool> | RecentMap<string, ServerPool>;

export class ServerPools {
  readonly #deadlines: Deadlines;
  /** Twice 64 KiB: a response of that size and its head then come in one read. */
  readonly #buffers = new ReadBuffers(131_072);
  /** Node reads TLS record by record (RFC 8446 5.1). */
  readonly #recordBuffers = new ReadBuffers(16_384);
  readonly #pools = new Map<string, ServerPool>();
  /** That no server of the configuration uses any more, while something runs on them. */
  readonly #leaving = new Set<ServerPool>();
  /** Keys of the servers of the configuration in force. */
  #wanted: ReadonlySet<string> = new Set();
  /** The same pools by slot of the server, so that a request does no look-up by text; those by TLS apart. */
  #bySlot: ServerPool[] = [];
  #secureBySlot: ServerPool[] = [];
  /** Of origins, by key: one that makes room closes what is idle, and what is in use when it comes back. */
  readonly #ofOrigins = new RecentMap<string, ServerPool>(MOST_ORIGINS, (pool) => pool.forgetConnections());

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines;
  }

  /** @param secure of its connections by TLS */
  of(server: Server, secure: boolean): ServerPool {
    if (server.slot < 0) return this.#poolIn(this.#ofOrigins, server, secure);
    const bySlot = secure ? this.#secureBySlot : this.#bySlot;
    const known = bySlot[server.slot];
    if (known !== undefined && known.server === server) return known;
    const pool = this.#poolIn(this.#pools, server, secure);
    pool.isRetired = !this.#wanted.has(keyOf(server, secure)); // a request may run on an older one
    bySlot[server.slot] = pool;
    return pool;
  }

  /** The pool of `server` in `pools`, which is made where there is none yet. */
  #poolIn(pools: PoolsByKey, server: Server, secure: boolean): ServerPool {
    const key = keyOf(server, secure);
    let pool = pools.get(key);
    if (pool === undefined) {
      pool = new ServerPool(server, secure, this.#deadlines, secure ? this.#recordBuffers : this.#buffers);
      pools.set(key, pool);
    }
    pool.server = server;
    return pool;
  }

  /** A new configuration is in force: pools that no server of it uses close what is idle. */
  retain(snapshot: Snapshot): void {
    const wanted = new Set<string>();
    for (const farm of snapshot.farms.values()) {
      for (const server of farm.servers) wanted.add(server.poolKey).add(server.securePoolKey);
    }
    this.#wanted = wanted;
    for (const [key, pool] of this.#pools) {
      pool.isRetired = !wanted.has(key);
      if (!pool.isRetired) continue;
      this.#pools.delete(key);
      pool.forgetConnections();
      if (!pool.isEmpty) this.#leaving.add(pool);
    }
    if (snapshot.origins === null) for (const [, pool] of this.#ofOrigins) pool.forgetConnections();
  }

  /** The addresses of `host` have changed. */
  forgetHost(snapshot: Snapshot, host: string): void {
    for (const farm of snapshot.farms.values()) {
      for (const { config, poolKey, securePoolKey } of farm.servers) {
        if (config.target.kind !== 'tcp' || config.target.host !== host) continue;
        for (const key of [poolKey, securePoolKey]) this.#pools.get(key)?.forgetConnections();
      }
    }
    for (const [, pool] of this.#ofOrigins) {
      const { target } = pool.server.config;
      if (target.kind === 'tcp' && target.host === host) pool.forgetConnections();
    }
  }

  /** An operator stops the server `id` (FARM/ADDRESS) at once. */
  cut(id: string): void {
    for (const pool of [...this.#pools.values(), ...this.#leaving]) if (pool.server.id === id) pool.cut();
  }

  /** On a clock tick: workers share what protocol.maxConnections allows. Of origins each has its own. */
  share(): void {
    for (const pool of [...this.#pools.values(), ...this.#leaving]) pool.share();
    for (const pool of this.#leaving) if (pool.isEmpty) this.#leaving.delete(pool);
  }

  destroy(): void {
    for (const pool of [...this.#pools.values(), ...this.#leaving]) pool.destroy();
    for (const [, pool] of this.#ofOrigins) pool.destroy();
    this.#pools.clear();
    this.#leaving.clear();
    this.#bySlot = [];
    this.#secureBySlot = [];
  }
}

function keyOf({ poolKey, securePoolKey }: Server, secure: boolean): string {
  return secure ? securePoolKey : poolKey;
}
