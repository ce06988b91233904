// What the exchanges of one data plane share.
import type { Clock } from '../../base/clock.ts';
import type { Deadlines } from '../../base/deadlines.ts';
import { systemRandom } from '../../base/random.ts';
import type { ClientConnectionInfo } from '../../model/client.ts';
import type { Server } from '../../model/farm.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { DialTarget } from '../../transport/dial.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import { AddressBook } from './address-book.ts';
import { authenticatesConnection, ConnectionPins } from './connection-pins.ts';
import { DemandedNames } from './demanded-names.ts';
import { OwnConnections } from './own-connections.ts';
import { ResponseHeadReader } from './response-head-reader.ts';
import type { RetryRun } from './retry-run.ts';
import type { ServerConnection } from './server-connection.ts';
import type { ServerPool } from './server-pool.ts';
import { ServerPools } from './server-pools.ts';
import { Sessions } from './sessions.ts';
import { SpillFiles } from './spill-files.ts';

/** Fields of one response. */
const RESPONSE_FIELDS = 256;

export class UpstreamServices {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly pools: ServerPools;
  readonly sessions: Sessions;
  readonly pins = new ConnectionPins();
  readonly own: OwnConnections;
  readonly addresses = new AddressBook();
  /** Of origins, where the configuration does not name them. */
  readonly names: DemandedNames;
  readonly spillFiles: SpillFiles;
  readonly #readers = new Map<number, ResponseHeadReader[]>();

  /**
   * @param threads of the process that have such services
   * @param askForName asks the control thread for a name; DemandedNames.learn() is the answer
   */
  constructor(clock: Clock, deadlines: Deadlines, threads: number, askForName: (host: string) => void) {
    this.clock = clock;
    this.deadlines = deadlines;
    this.spillFiles = new SpillFiles(threads);
    this.own = new OwnConnections(deadlines);
    this.pools = new ServerPools(deadlines);
    this.sessions = new Sessions(clock, systemRandom);
    this.names = new DemandedNames(askForName, () => clock.monotonic());
  }

  /**
   * Tells `take` where to connect for `server`, by TLS or not: at once, unless it is an origin whose name has to be looked up first.
   * Null, with the reason, where its name has no address.
   */
  locate(server: Server, secure: boolean, take: (target: DialTarget | null, reason: string) => void): void {
    const { target, httpPort, httpsPort } = server.config;
    const port = secure ? httpsPort : httpPort;
    if (target.kind === 'unix') return take(target, '');
    const known = this.addresses.addressOf(target.host);
    if (known !== null) return take({ kind: 'tcp', address: known, port }, '');
    if (server.slot >= 0) return take(null, '');
    this.names.find(target.host, (address, reason) => {
      take(address === null ? null : { kind: 'tcp', address, port }, reason);
    });
  }

  /** The address that `server` was last located at did not answer: the next attempt goes to another one, if it has others. */
  skipAddress({ config: { target } }: Server): void {
    if (target.kind === 'unix') return;
    this.addresses.skip(target.host);
    this.names.skip(target.host);
  }

  /** How many addresses the name of `server` has. */
  addressCount({ config: { target } }: Server): number {
    if (target.kind === 'unix') return 1;
    return this.addresses.count(target.host) || this.names.count(target.host);
  }

  /**
   * Calls `act` when no time is left for getting connected: one time-out, whatever the number of attempts.
   * @param run its perTryTimeout holds for each of them; null: there is none
   * @returns what calls it off
   */
  afterPatience(ctx: RequestContext, run: RetryRun | null, act: () => void): () => void {
    const left = this.timeLeft(ctx, run?.since ?? ctx.startedAt + ctx.queuedFor);
    const perTry = run?.rules.perTryTimeout || Number.POSITIVE_INFINITY;
    return this.clock.after(Math.max(1, Math.min(left, perTry)), act);
  }

  /** Of protocol.timeout, if it began at `since`, monotonic ms. */
  timeLeft(ctx: RequestContext, since: number): number {
    return ctx.farm!.config.protocol.timeout - (this.clock.monotonic() - since);
  }

  /** The setting whose time is over. @param run where perTryTimeout may be it: then all attempts together have some time left */
  limitReached(ctx: RequestContext, run: RetryRun | null): string {
    if (run !== null && run.rules.perTryTimeout > 0 && this.timeLeft(ctx, run.since) > 0) return 'retry.perTryTimeout';
    return ctx.farm!.isOrigin ? 'proxy.timeout' : 'protocol.timeout';
  }

  /**
   * The exchange of `ctx` leaves a connection of `pool` in good order: it is kept for the client alone, or for whoever comes
   * next, or closed.
   */
  giveBack(connection: ServerConnection, pool: ServerPool, ctx: RequestContext, response: ResponseHead): void {
    const { protocol } = ctx.farm!.config;
    if (!protocol.keepAlive) return connection.destroy();
    if (connection.pinned || authenticatesConnection(ctx, response)) return this.pins.pin(ctx, ctx.server!, connection);
    connection.keepAsLongAs(response.keepAliveTimeout, protocol.idleTimeout);
    if (connection.keepFor <= 0) connection.destroy();
    else if (protocol.proxyProtocol !== 'off') this.own.keep(ctx.connection, pool, connection);
    else pool.giveBack(connection);
  }

  /** A connection that serves `ctx` at once, or null. @param repeatable as of ServerPool.takeIdle() */
  takeIdle(pool: ServerPool, ctx: RequestContext, repeatable: boolean): ServerConnection | null {
    if (ctx.farm!.config.protocol.proxyProtocol === 'off') return pool.takeIdle(repeatable);
    return this.own.take(ctx.connection, pool, repeatable);
  }

  /** The client's connection is closed. */
  release(client: ClientConnectionInfo): void {
    this.pins.release(client);
    this.own.release(client);
  }

  /** @param headerBytes protocol.maxResponseHeaderSize */
  borrowReader(headerBytes: number): ResponseHeadReader {
    return (
      this.#readers.get(headerBytes)?.pop() ?? new ResponseHeadReader({ headerBytes, headerCount: RESPONSE_FIELDS })
    );
  }

  returnReader(reader: ResponseHeadReader): void {
    reader.reset();
    const free = this.#readers.get(reader.headerBytes);
    if (free === undefined) this.#readers.set(reader.headerBytes, [reader]);
    else free.push(reader);
  }
}
