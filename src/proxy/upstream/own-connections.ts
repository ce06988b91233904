// Idle connections to servers that serve one client connection alone: they began with a PROXY header that names it, so that lending one
// would give a client the name of another (DESIGN 5). They end with the client's connection at the latest.
import type { Deadlines } from '../../base/deadlines.ts';
import type { ClientConnectionInfo } from '../../model/client.ts';
import type { ServerConnection } from './server-connection.ts';
import type { ServerPool } from './server-pool.ts';

export class OwnConnections {
  readonly #deadlines: Deadlines;
  readonly #ofClients = new Map<ClientConnectionInfo, Map<ServerPool, ServerConnection>>();

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines;
  }

  /** The one that `client` has to the server of `pool`, or null. @param repeatable as of ServerPool.takeIdle() */
  take(client: ClientConnectionInfo, pool: ServerPool, repeatable: boolean): ServerConnection | null {
    const own = this.#ofClients.get(client);
    const connection = own?.get(pool);
    if (connection === undefined) return null;
    own!.delete(pool);
    connection.stopDeadline();
    if (pool.mayTake(connection, repeatable)) return connection;
    connection.destroy();
    return null;
  }

  /** An exchange of `client` is done with `connection`, in good order. */
  keep(client: ClientConnectionInfo, pool: ServerPool, connection: ServerConnection): void {
    connection.takeBack();
    connection.served++;
    connection.idleSince = this.#deadlines.now;
    if (!pool.mayTake(connection, true)) return connection.destroy();
    connection.startDeadline(this.#deadlines.queue(connection.keepFor));
    const own = this.#ofClients.get(client) ?? new Map<ServerPool, ServerConnection>();
    own.get(pool)?.destroy();
    own.set(pool, connection);
    this.#ofClients.set(client, own);
  }

  /** The client's connection is closed. */
  release(client: ClientConnectionInfo): void {
    if (this.#ofClients.size === 0) return;
    for (const connection of this.#ofClients.get(client)?.values() ?? []) connection.destroy();
    this.#ofClients.delete(client);
  }
}
