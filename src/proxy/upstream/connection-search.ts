// Gets a connection to a server of which none is idle: finds out where the server is, and dials, or waits where
// protocol.maxConnections is reached. Most requests take an idle connection, and make none of these.

import type { Server } from '../../model/farm.ts';
import type { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { DialTarget } from '../../transport/dial.ts';
import { clientPreface } from './client-preface.ts';
import * as failure from './connection-failure.ts';
import { isOpenAdmin } from './own-admin.ts';
import type { RetryRun } from './retry-run.ts';
import type { ServerConnection } from './server-connection.ts';
import type { ServerPool, Waiter } from './server-pool.ts';
import type { UpstreamServices } from './upstream-services.ts';

/** Who needs the connection: an exchange. */
export interface ConnectionSeeker {
  readonly ctx: RequestContext;
  readonly server: Server;
  readonly run: RetryRun | null;
  /** One is being opened: the search goes on until it is connected. */
  onDialled(connection: ServerConnection): void;
  /** One has become idle. */
  onIdle(connection: ServerConnection): void;
  /** There is none, and will be none. */
  fail(error: ProxyError): void;
  /** The time for getting connected is over. */
  onDeadline(): void;
  /** An operator stops the server at once. */
  onCut(): void;
}

export class ConnectionSearch implements Waiter {
  readonly #seeker: ConnectionSeeker;
  readonly #pool: ServerPool;
  readonly #services: UpstreamServices;
  #cancelPatience: (() => void) | null = null;
  #over = false;

  constructor(seeker: ConnectionSeeker, pool: ServerPool, services: UpstreamServices) {
    this.#seeker = seeker;
    this.#pool = pool;
    this.#services = services;
  }

  /** Begins; the seeker may hear of a connection before this returns. */
  dial(): void {
    const { ctx, server, run } = this.#seeker;
    this.#cancelPatience ??= this.#services.afterPatience(ctx, run, () => this.#seeker.onDeadline());
    this.#services.locate(server, this.#pool.secure, (target, reason) => this.#open(target, reason));
  }

  /** Where an origin's name had to be looked up this comes later, and perhaps too late. */
  #open(target: DialTarget | null, reason: string): void {
    if (this.#over) return;
    const { server, ctx } = this.#seeker;
    const { farm, snapshot } = ctx;
    if (target === null) return this.#seeker.fail(failure.noAddress(server.id, reason));
    if (farm!.isOrigin && isOpenAdmin(target, snapshot.config.admin))
      return this.#seeker.fail(failure.ownAdmin(server.id));
    const connection = this.#pool.open(target, farm!.config.protocol, clientPreface(ctx));
    if (connection === null) this.#pool.wait(this);
    else this.#seeker.onDialled(connection);
  }

  /** protocol.maxConnections held us up; try again. */
  onConnectionFree(): void {
    const idle = this.#services.takeIdle(this.#pool, this.#seeker.ctx, false);
    if (idle === null) return this.dial();
    this.end();
    this.#seeker.onIdle(idle);
  }

  onCut(): void {
    this.#seeker.onCut();
  }

  /** It is connected, or nobody needs it any more. */
  end(): void {
    this.#over = true;
    this.#cancelPatience?.();
    this.#cancelPatience = null;
    this.#pool.stopWaiting(this);
  }
}
