// One attempt: one request, one server. The whole of it, in the order in which it happens:
//
//   client                        Exchange                             server
//     │                              │ 1. take an idle connection, or dial
//     │                              │ 2. ── head, and the body as far as it has come ──►
//     │ ── rest of the body ───────► │ 3. ── with back-pressure ────────────────────────►
//     │                              │ 4. ◄────────────────────── 1xx, then the head ────
//     │ ◄── head, as stages left it ─│ 5.
//     │ ◄── with back-pressure ──────│ 6. ◄───────────────────────────── the body ───────
//     │                              │ 7. the connection goes back, or is closed
//
// The marks are these numbers; each step that a request may do without is a file of its own. Deadlines run against whom we wait for (CONTRACT 2).
import type { DeadlineQueue } from '../../base/deadlines.ts';
import type { BodyTransform } from '../../model/body-transform.ts';
import type { BodySink, BufferHolder, ClientExchange } from '../../model/client.ts';
import type { Server } from '../../model/farm.ts';
import { asProxyError, type ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { BodySource } from '../../model/rewritten-body.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import * as failure from './connection-failure.ts';
import { ConnectionSearch, type ConnectionSeeker } from './connection-search.ts';
import type { ExchangeOwner } from './exchange-owner.ts';
import { RequestUpload, type UploadOwner } from './request-upload.ts';
import { isWhole } from './response-body.ts';
import type { ResponseHeadReader } from './response-head-reader.ts';
import { ResponseRelay } from './response-relay.ts';
import type { RetryRun } from './retry-run.ts';
import type { ConnectionUser, ServerConnection } from './server-connection.ts';
import type { ServerPool } from './server-pool.ts';
import { Tunnel } from './tunnel.ts';
import { whySwitchRefused } from './upgrade-policy.ts';
import type { UpstreamServices } from './upstream-services.ts';

export class Exchange implements BodySink, BodySource, ConnectionSeeker, ConnectionUser, UploadOwner {
  readonly ctx: RequestContext;
  readonly server: Server;
  /** What it shares with other attempts; null in a farm without retry policy. */
  readonly run: RetryRun | null;
  /** True when the connection had served before. */
  reused = false;
  /** True once a byte of the body, or its end, was sent: then the request cannot be sent again, unless `run` has kept it. */
  bodySent = false;
  /** True once the server sent anything, a 1xx too. */
  answered = false;
  connected = false;
  upstreamStatus = 0;
  /** Bytes to the server and from it. */
  bytesSent = 0;
  bytesReceived = 0;
  /** Milliseconds from the start of the attempt to the server's head; -1 before. */
  responseTime = -1;
  /** Set by the owner in onResponseHead(): what changes the body on its way. */
  transform: BodyTransform | null = null;
  readonly #owner: ExchangeOwner;
  readonly #services: UpstreamServices;
  readonly #client: ClientExchange;
  readonly #pool: ServerPool;
  readonly #timeout: DeadlineQueue;
  /** Until the head: the shorter one where retry.perTryTimeout is. */
  readonly headTimeout: DeadlineQueue;
  readonly #startedAt: number;
  /** Null where an idle connection was at hand. */
  #search: ConnectionSearch | null = null;
  #connection: ServerConnection | null = null;
  #requestHead = '';
  #reader: ResponseHeadReader | null = null;
  /** Null before the server's final head. */
  #relay: ResponseRelay | null = null;
  /** Null where the request has no body. */
  #upload: RequestUpload | null = null;
  #reusable = true;
  #over = false;
  #writtenBefore = 0;

  /** @param startedAt monotonic ms */
  constructor(
    ctx: RequestContext,
    server: Server,
    owner: ExchangeOwner,
    services: UpstreamServices,
    startedAt: number,
    run: RetryRun | null,
  ) {
    this.ctx = ctx;
    this.server = server;
    this.#owner = owner;
    this.#services = services;
    this.#client = ctx.client!;
    this.#pool = services.pools.of(server, ctx.outbound.scheme === 'https');
    this.#timeout = services.deadlines.queue(ctx.farm!.config.protocol.timeout);
    this.headTimeout = run === null ? this.#timeout : services.deadlines.queue(run.headTimeout(this.#timeout.duration));
    this.run = run;
    this.#startedAt = startedAt;
  }

  /**
   * 1. Takes a connection.
   * @param fresh a new one, whatever is idle
   * @param repeatable whether the request may be sent once more if an idle connection turns out to be closed
   */
  begin(fresh: boolean, repeatable: boolean): void {
    try {
      this.#requestHead = this.ctx.farm!.forwarding.headFor(this.ctx, this.server);
    } catch (error) {
      return this.fail(asProxyError(error));
    }
    this.#client.attach(this);
    if (this.#over) return;
    const pinned = this.#services.pins.connectionFor(this.ctx, this.server);
    const idle = pinned ?? (fresh ? null : this.#services.takeIdle(this.#pool, this.ctx, repeatable));
    if (idle !== null) return this.onIdle(idle);
    this.#search = new ConnectionSearch(this, this.#pool, this.#services);
    this.#search.dial();
  }

  onIdle(idle: ServerConnection): void {
    this.reused = idle.served > 0;
    this.onDialled(idle);
    this.#send();
  }

  onDialled(connection: ServerConnection): void {
    this.#connection = connection;
    this.connected = connection.connected;
    this.#writtenBefore = connection.writer.written;
    connection.lend(this);
  }

  onConnected(): void {
    this.connected = true;
    this.#search!.end();
    this.#send();
  }

  /** 2. The head and what there is of the body, in one write. */
  #send(): void {
    const connection = this.#connection!;
    connection.writer.text(this.#requestHead);
    this.#requestHead = '';
    if (this.run !== null) this.#beginRun(this.run);
    const again = this.run !== null && this.run.attempts > 1 && this.run.bodyTaken;
    if (again || this.#client.bodyPending) {
      this.#upload = new RequestUpload(this, connection, again);
      this.#upload.begin();
    }
    if (this.#over) return;
    if (!this.#uploading || (this.ctx.inbound.expectContinue && !this.bodySent))
      connection.startDeadline(this.headTimeout);
    this.flushToServer();
  }

  get #uploading(): boolean {
    return this.#upload?.active === true;
  }

  /** A further attempt has what time is left for all of them. */
  #beginRun(run: RetryRun): void {
    if (!this.#client.bodyPending) run.sent(this.#services.clock.monotonic());
    if (run.attempts > 1) run.endPatience = this.#services.afterPatience(this.ctx, run, () => this.#onPatienceOver());
  }

  /** A client that is still to send its body is not the server's fault. */
  #onPatienceOver(): void {
    if (!this.#uploading || this.#upload?.replaying === true) this.onDeadline();
  }

  /** 3. */
  onBody(buffer: Buffer, start: number, end: number): void {
    this.#upload?.onBody(buffer, start, end);
  }

  onBodyPause(): void {
    this.#upload?.onBodyPause();
  }

  onBodyEnd(trailers: string): void {
    this.#upload?.onBodyEnd(trailers, this.#services.clock.monotonic());
  }

  flushToServer(): void {
    const connection = this.#connection;
    if (connection === null || connection.socket.writeFailed) return;
    if (connection.writer.flush()) return this.#upload?.awaitDisk();
    if (this.#uploading) this.#client.pauseBody();
    else connection.stopDeadline(); // receiving begins when the last byte is written (CONTRACT 2)
    connection.socket.setTimeout(this.ctx.farm!.config.protocol.timeout);
  }

  onDrain(): void {
    if (this.#upload?.resume() === true) return;
    if (this.#relay === null) this.#connection?.startDeadline(this.headTimeout);
  }

  get holder(): BufferHolder {
    return this.#client;
  }

  onBytes(buffer: Buffer, length: number): void {
    this.answered = true;
    this.bytesReceived += length;
    if (this.#relay !== null) this.#pass(buffer, 0, length);
    else this.#readHead(buffer, length);
    // Each byte restarts it (CONTRACT 2), unless this was the last one or the client must give or take some first.
    const connection = this.#connection;
    if (connection === null || this.#uploading || connection.socket.isPaused()) return;
    if (this.#relay === null && this.headTimeout !== this.#timeout) return; // perTryTimeout is for the whole head
    connection.startDeadline(this.#timeout);
  }

  /** 4. */
  #readHead(buffer: Buffer, length: number): void {
    const { method } = this.ctx.inbound;
    this.#reader ??= this.#services.borrowReader(this.ctx.farm!.config.protocol.maxResponseHeaderSize);
    const reader = this.#reader;
    reader.take(buffer, length);
    let head = reader.head(method);
    while (head?.isInterim) {
      if (this.#uploading) this.#connection!.stopDeadline();
      // The client has sent its body to an attempt before, and was told to.
      const isStale = head.status === 100 && this.#upload?.repeats === true;
      if (!isStale) this.#client.sendInformational(this.#owner.onInterimHead(head));
      head = reader.head(method);
    }
    if (head !== null) return this.#respond(head, reader);
    if (reader.refusal !== null) return this.fail(failure.invalidHead(this.server.id, reader.refusal));
    if (!this.#client.flush()) this.#awaitClient(); // one that does not read holds back 1xx heads too
  }

  /** 5. */
  #respond(head: ResponseHead, reader: ResponseHeadReader): void {
    if (head.status === 101) return this.#switch(head, reader);
    this.#noteHead(head);
    const connection = this.#connection!;
    this.run?.endPatience?.();
    if (this.run?.rules.retriesStatus(head.status) === true) {
      const goOn = this.#owner.onRetriableStatus(this, head.status);
      if (goOn !== null) return this.#drop(head, reader, goOn);
    }
    if (this.#uploading || connection.writer.unsent) this.#stopUpload(connection);
    const text = this.#headForClient(head);
    if (text === null) return;
    this.#reusable &&= head.keepAlive;
    this.#relay = new ResponseRelay(head, text, this.#client, this.transform, this.ctx.farm!.config.protocol, this);
    const { buffer, at, end } = reader;
    this.#returnReader();
    this.#pass(buffer, at, end);
  }

  #noteHead({ status }: ResponseHead): void {
    this.responseTime = this.#services.clock.monotonic() - this.#startedAt;
    this.upstreamStatus = status;
  }

  /** As the stages leave it; null where one failed. */
  #headForClient(head: ResponseHead): string | null {
    try {
      return this.#owner.onResponseHead(this, head);
    } catch (error) {
      this.fail(asProxyError(error));
      return null;
    }
  }

  /** 5, of a 101: client and connection are a session's from now on. */
  #switch(head: ResponseHead, reader: ResponseHeadReader): void {
    const { farm, inbound } = this.ctx;
    const fault = whySwitchRefused(inbound, farm!.forwarding.offeredUpgrade(inbound), head);
    if (fault !== null) return this.fail(failure.switchRefused(this.server.id, fault));
    this.#noteHead(head);
    const text = this.#headForClient(head);
    if (text === null) return;
    const tunnel = new Tunnel(this, this.#owner, this.#connection!, this.#services, head);
    const { buffer, at, end } = reader;
    this.#leave();
    tunnel.begin(text, buffer, at, end);
  }

  /** Another attempt answers instead. A connection whose response has come whole is kept, else it is closed. */
  #drop(head: ResponseHead, { at, end }: ResponseHeadReader, goOn: () => void): void {
    const connection = this.#connection!;
    const isReusable = isWhole(head, end - at) && head.keepAlive && !this.#uploading && !connection.writer.unsent;
    this.#leave();
    this.#client.detach();
    if (isReusable) this.#services.giveBack(connection, this.#pool, this.ctx, head);
    else connection.destroy();
    goOn();
  }

  /** The server has answered before the request was whole: nothing more is written to it (CONTRACT 3). */
  #stopUpload(connection: ServerConnection): void {
    this.#upload?.stop();
    this.#reusable = false;
    connection.socket.setTimeout(0);
    this.#client.detach();
    this.#client.attach(this);
  }

  /** 6. */
  #pass(buffer: Buffer, start: number, end: number): void {
    const relay = this.#relay!;
    relay.pass(buffer, start, end);
    if (relay.error !== null) return this.fail(failure.malformedBody(this.server.id, relay.error));
    if (relay.done) return this.#finish(relay);
    if (!relay.flush(end - start)) this.#awaitClient();
  }

  /** Reading waits for a client that takes no more: onClientDrain() goes on. */
  #awaitClient(): void {
    this.#connection?.socket.pause();
    this.#connection?.stopDeadline();
  }

  onClientDrain(): void {
    const connection = this.#connection;
    if (connection === null || !connection.socket.isPaused()) return;
    if (!this.#uploading) connection.startDeadline(this.#timeout);
    connection.socket.resume();
  }

  onServerEnd(): void {
    if (this.#relay?.endWithConnection() !== true) return this.onLost(null);
    this.#reusable = false;
    this.#finish(this.#relay);
  }

  /** 7. */
  #finish({ head, trailers, rewritten, overrun }: ResponseRelay): void {
    const connection = this.#connection!;
    if (rewritten === null) this.#client.endBody(trailers);
    this.#leave();
    if (this.#reusable && !overrun) this.#services.giveBack(connection, this.#pool, this.ctx, head);
    else connection.destroy();
    if (rewritten === null) this.#owner.onDone(this, null);
    else rewritten.end(trailers);
  }

  onLost(error: Error | null): void {
    const { id } = this.server;
    if (this.#relay !== null) return this.fail(failure.lostInsideResponse(id, error));
    if (!this.connected) this.#services.skipAddress(this.server);
    const uploading = this.#uploading || (this.bodySent && this.#connection!.socket.writeFailed);
    this.fail(failure.lostBeforeResponse(id, this.connected, uploading, error));
  }

  onDeadline(): void {
    const { id } = this.server;
    const limit = this.#services.limitReached(this.ctx, this.#relay === null && !this.#uploading ? this.run : null);
    if (this.#relay !== null) this.fail(failure.stalledInsideResponse(id, limit));
    else this.fail(failure.lateBeforeResponse(id, limit, this.connected, this.#uploading));
  }

  onCut(): void {
    this.fail(failure.serverStopped(this.server.id));
  }

  onClientGone(error: ProxyError): void {
    if (this.#over) return;
    this.#abandon();
    this.#owner.onDone(this, error);
  }

  onRewritten(error: ProxyError | null): void {
    if (!this.#over) this.#abandon();
    const { headSent, gone } = this.#client;
    if (error !== null && headSent && gone === null) this.#client.abortResponse();
    this.#owner.onDone(this, error);
  }

  /** Where nothing of a final response was sent the journey decides what follows, else the client must see that it is not whole. */
  fail(error: ProxyError): void {
    if (this.#over) return;
    if (this.#relay !== null) return this.onRewritten(error);
    this.#abandon();
    this.#owner.onFailed(this, error);
  }

  #abandon(): void {
    const connection = this.#connection;
    this.#leave();
    this.#relay?.rewritten?.destroy();
    this.#client.detach();
    connection?.destroy();
  }

  #leave(): void {
    this.#over = true;
    this.#upload?.stop();
    this.run?.endPatience?.();
    this.#search?.end();
    this.#returnReader();
    if (this.#connection !== null) this.bytesSent = this.#connection.writer.written - this.#writtenBefore;
    this.#connection = null;
  }

  #returnReader(): void {
    if (this.#reader !== null) this.#services.returnReader(this.#reader);
    this.#reader = null;
  }
}
