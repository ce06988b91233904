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
// Long because it is one state machine; the marks are these numbers. Deadlines run against whom we wait for (CONTRACT 2).
import type { DeadlineQueue } from '../../base/deadlines.ts';
import type { BodyTransform } from '../../model/body-transform.ts';
import type { BodySink, ClientExchange } from '../../model/client.ts';
import type { Server } from '../../model/farm.ts';
import { asProxyError, type ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { type BodySource, RewrittenBody } from '../../model/rewritten-body.ts';
import { BodyKind } from '../../wire/http1/body-kind.ts';
import { FieldKind } from '../../wire/http1/fields.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import * as failure from './connection-failure.ts';
import { ConnectionSearch, type ConnectionSeeker } from './connection-search.ts';
import type { ExchangeOwner } from './exchange-owner.ts';
import { RequestUpload, type UploadOwner } from './request-upload.ts';
import { bodyLengthOf, bytesHeldBack, ResponseBody } from './response-body.ts';
import type { ResponseHeadReader } from './response-head-reader.ts';
import type { RetryRun } from './retry-run.ts';
import type { ConnectionUser, ServerConnection } from './server-connection.ts';
import type { ServerPool } from './server-pool.ts';
import { Tunnel } from './tunnel.ts';
import { isWebSocket, whySwitchRefused } from './upgrade-policy.ts';
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
  readonly #headTimeout: DeadlineQueue;
  readonly #startedAt: number;
  /** Null where an idle connection was at hand. */
  #search: ConnectionSearch | null = null;
  #connection: ServerConnection | null = null;
  #requestHead = '';
  #reader: ResponseHeadReader | null = null;
  #head: ResponseHead | null = null;
  #body: ResponseBody | null = null;
  #target: ClientExchange | RewrittenBody;
  /** Null where the request has no body. */
  #upload: RequestUpload | null = null;
  /** Response bytes still to be collected before the next flush (minResponseBuffer). */
  #holdBack = 0;
  #reusable = true;
  #over = false;
  #cancelPatience: (() => void) | null = null;
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
    this.#target = this.#client;
    this.#pool = services.pools.of(server, ctx.outbound.scheme === 'https');
    this.#timeout = services.deadlines.queue(ctx.farm!.config.protocol.timeout);
    this.#headTimeout = this.#timeout;
    if (run !== null && run.rules.perTryTimeout > 0) {
      this.#headTimeout = services.deadlines.queue(Math.min(run.rules.perTryTimeout, this.#timeout.duration));
    }
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
      return this.#fail(asProxyError(error));
    }
    this.#client.attach(this);
    if (this.#over) return;
    const pinned = this.#services.pins.connectionFor(this.ctx, this.server);
    const idle = pinned ?? (fresh ? null : this.#pool.takeIdle(repeatable));
    if (idle !== null) return this.onIdle(idle);
    this.#search = new ConnectionSearch(this, this.#pool, this.#services);
    this.#search.dial();
  }

  onNoConnection(error: ProxyError): void {
    this.#fail(error);
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

  #endPatience(): void {
    this.#cancelPatience?.();
    this.#cancelPatience = null;
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
      connection.startDeadline(this.#headTimeout);
    this.flushToServer();
  }

  get #uploading(): boolean {
    return this.#upload?.active === true;
  }

  /** A further attempt has what time is left for all of them. */
  #beginRun(run: RetryRun): void {
    if (!this.#client.bodyPending) run.sent(this.#services.clock.monotonic());
    if (run.attempts > 1)
      this.#cancelPatience = this.#services.afterPatience(this.ctx, run, () => this.#onPatienceOver());
  }

  /** A client that is still to send its body is not the server's fault. */
  #onPatienceOver(): void {
    if (!this.#uploading || this.#upload?.replaying === true) this.onDeadline();
  }

  onReplayFailed(error: ProxyError): void {
    this.#fail(error);
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

  onUploaded(): void {
    this.#connection?.startDeadline(this.#headTimeout);
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
    if (this.#head === null) this.#connection?.startDeadline(this.#headTimeout);
  }

  get retainsBuffer(): boolean {
    return this.#client.retains;
  }

  onBytes(buffer: Buffer, length: number): void {
    this.answered = true;
    this.bytesReceived += length;
    if (this.#head !== null) this.#relay(buffer, 0, length);
    else this.#readHead(buffer, length);
    // Each byte restarts it (CONTRACT 2), unless this was the last one or the client must give or take some first.
    const connection = this.#connection;
    if (connection === null || this.#uploading || connection.socket.isPaused()) return;
    if (this.#head === null && this.#headTimeout !== this.#timeout) return; // perTryTimeout is for the whole head
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
    if (reader.refusal !== null) return this.#fail(failure.invalidHead(this.server.id, reader.refusal));
    this.#flushToClient(); // a client that does not read holds back 1xx heads too
  }

  /** 5. */
  #respond(head: ResponseHead, reader: ResponseHeadReader): void {
    if (head.status === 101) return this.#switch(head, reader);
    this.responseTime = this.#services.clock.monotonic() - this.#startedAt;
    this.upstreamStatus = head.status;
    const connection = this.#connection!;
    this.#endPatience();
    if (this.run?.rules.retriesStatus(head.status) === true) {
      const goOn = this.#owner.onRetriableStatus(this, head.status);
      if (goOn !== null) return this.#drop(head, reader, goOn);
    }
    if (this.#uploading || connection.writer.retains) this.#stopUpload(connection);
    let text: string;
    try {
      text = this.#owner.onResponseHead(this, head);
    } catch (error) {
      return this.#fail(asProxyError(error));
    }
    this.#head = head;
    const body = new ResponseBody(head);
    this.#body = body;
    this.#reusable &&= head.keepAlive;
    this.#holdBack = bytesHeldBack(head, this.ctx.farm!.config.protocol);
    if (this.transform === null) this.#client.sendHead(text, bodyLengthOf(head));
    else this.#target = new RewrittenBody(this.#client, text, this.transform, this);
    const { buffer, at, end } = reader;
    this.#returnReader();
    this.#relay(buffer, at, end);
  }

  /** 5, of a 101: client and connection are a session's from now on. */
  #switch(head: ResponseHead, reader: ResponseHeadReader): void {
    const { farm, inbound } = this.ctx;
    const fault = whySwitchRefused(inbound, farm!.forwarding.offeredUpgrade(inbound), head);
    if (fault !== null) return this.#fail(failure.switchRefused(this.server.id, fault));
    this.responseTime = this.#services.clock.monotonic() - this.#startedAt;
    this.upstreamStatus = head.status;
    let text: string;
    try {
      text = this.#owner.onResponseHead(this, head);
    } catch (error) {
      return this.#fail(asProxyError(error));
    }
    const { buffer, at, end } = reader;
    const protocol = head.fieldOfKind(FieldKind.upgrade)!;
    const tunnel = new Tunnel(this, this.#owner, this.#connection!, this.#services, isWebSocket(protocol));
    this.#leave();
    this.#client.switchTo(`${text}Upgrade: ${protocol}\r\n`);
    this.#owner.onSwitched(this);
    tunnel.begin(buffer, at, end);
  }

  /** Another attempt answers instead. A connection whose response has come whole is kept, else it is closed. */
  #drop(head: ResponseHead, { at, end }: ResponseHeadReader, goOn: () => void): void {
    const connection = this.#connection!;
    const isWhole = (head.bodyKind === BodyKind.none ? 0 : head.contentLength) === end - at;
    const isFramed = head.bodyKind === BodyKind.none || head.bodyKind === BodyKind.length;
    const isReusable = isWhole && isFramed && head.keepAlive && !this.#uploading && !connection.writer.retains;
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
  #relay(buffer: Buffer, start: number, end: number): void {
    const body = this.#body!;
    const after = body.done ? start : body.take(buffer, start, end, this.#target);
    if (body.error !== null) return this.#break(failure.malformedBody(this.server.id, body.error));
    if (body.done) {
      if (after < end) this.#reusable = false; // bytes after a complete response (CONTRACT 3)
      return this.#finish();
    }
    if (this.#holdBack > 0) {
      this.#holdBack -= end - start;
      if (this.#holdBack > 0) return;
      this.#holdBack = this.ctx.farm!.config.protocol.minResponseBuffer;
    }
    this.#flushToClient();
  }

  /** Reading waits for a client that takes no more: onClientDrain() goes on. */
  #flushToClient(): void {
    if (this.#target.flush()) return;
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
    if (this.#body?.endWithConnection() !== true) return this.onLost(null);
    this.#reusable = false;
    this.#finish();
  }

  /** 7. */
  #finish(): void {
    const connection = this.#connection!;
    const target = this.#target;
    if (!(target instanceof RewrittenBody)) target.endBody(this.#body!.trailers);
    this.#leave();
    if (this.#reusable) this.#services.giveBack(connection, this.#pool, this.ctx, this.#head!);
    else connection.destroy();
    if (target instanceof RewrittenBody) target.end(this.#body!.trailers);
    else this.#owner.onDone(this, null);
  }

  onLost(error: Error | null): void {
    const { id } = this.server;
    if (this.#head !== null) return this.#break(failure.lostInsideResponse(id, error));
    if (!this.connected) {
      this.#services.skipAddress(this.server);
      return this.#fail(failure.connectFailure(id, error));
    }
    const uploading = this.#uploading || (this.bodySent && this.#connection!.socket.writeFailed);
    this.#fail(failure.lostBeforeResponse(id, uploading, error));
  }

  onDeadline(): void {
    const { id } = this.server;
    if (this.#head !== null) this.#break(failure.stalledInsideResponse(id));
    else this.#fail(failure.lateBeforeResponse(id, this.connected, this.#uploading));
  }

  onCut(): void {
    const error = failure.serverStopped(this.server.id);
    if (this.#head !== null) this.#break(error);
    else this.#fail(error);
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

  /** Nothing of a final response was sent: the journey decides what follows. */
  #fail(error: ProxyError): void {
    if (this.#over) return;
    this.#abandon();
    this.#owner.onFailed(this, error);
  }

  /** Part of a response was sent: the client must see that it is not whole. */
  #break(error: ProxyError): void {
    if (!this.#over) this.onRewritten(error);
  }

  #abandon(): void {
    const connection = this.#connection;
    this.#leave();
    if (this.#target instanceof RewrittenBody) this.#target.destroy();
    this.#client.detach();
    connection?.destroy();
  }

  #leave(): void {
    this.#over = true;
    this.#upload?.stop();
    this.#endPatience();
    this.#search?.end();
    this.#returnReader();
    if (this.#connection !== null) this.bytesSent = this.#connection.writer.written - this.#writtenBefore;
    this.#connection = null;
  }

  #returnReader(): void {
    if (this.#reader === null) return;
    this.#services.returnReader(this.ctx.farm!.config.protocol.maxResponseHeaderSize, this.#reader);
    this.#reader = null;
  }
}
