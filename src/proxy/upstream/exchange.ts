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
// The marks below are these numbers. It is one state machine and so one file. A deadline runs only against the side that
// we wait for: here against the server, in the listener against the client (CONTRACT 2).
import type { DeadlineQueue } from '../../base/deadlines.ts';
import { HeldBytes } from '../../base/held-bytes.ts';
import { BODY_NONE, BODY_STREAMED, type BodySink, type ClientExchange } from '../../model/client.ts';
import type { Server } from '../../model/farm.ts';
import { asProxyError, ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { BodyKind } from '../../wire/http1/body-kind.ts';
import { REFUSED } from '../../wire/http1/head-scanner.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import type { ResponseHeadScanner } from '../../wire/http1/response-head-scanner.ts';
import { chunkSizeLine } from '../../wire/http1/serialise.ts';
import { connectFailure, lostBeforeResponse, lostInsideResponse } from './connection-failure.ts';
import { authenticatesConnection } from './connection-pins.ts';
import { ResponseBody } from './response-body.ts';
import type { ConnectionUser, ServerConnection } from './server-connection.ts';
import type { ServerPool, Waiter } from './server-pool.ts';
import type { UpstreamServices } from './upstream-services.ts';

/** What an exchange tells the journey. Of onFailed and onDone exactly one is called, once. */
export interface ExchangeOwner {
  /** The server's final head has come. @returns status line and field lines for the client */
  onResponseHead(exchange: Exchange, head: ResponseHead): string;
  /** Nothing of a final response has gone to the client: another attempt may follow. */
  onFailed(exchange: Exchange, error: ProxyError): void;
  /** The response is with the client; with an error: as far as it got. */
  onDone(exchange: Exchange, error: ProxyError | null): void;
}

export class Exchange implements BodySink, ConnectionUser, Waiter {
  readonly ctx: RequestContext;
  readonly server: Server;
  /** True when the connection had served before. */
  reused = false;
  /** True once a byte of the body was sent: then the request cannot be sent again. */
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
  readonly #owner: ExchangeOwner;
  readonly #services: UpstreamServices;
  readonly #client: ClientExchange;
  readonly #pool: ServerPool;
  readonly #timeout: DeadlineQueue;
  readonly #startedAt: number;
  #connection: ServerConnection | null = null;
  #requestHead = '';
  #scanner: ResponseHeadScanner | null = null;
  #held: HeldBytes | null = null;
  #head: ResponseHead | null = null;
  #body: ResponseBody | null = null;
  #uploading = false;
  #sendingHead = false;
  /** Response bytes still to be collected before the next flush (minResponseBuffer). */
  #holdBack = 0;
  #reusable = true;
  #over = false;
  #stopWaiting: (() => void) | null = null;
  #writtenBefore = 0;

  constructor(ctx: RequestContext, server: Server, owner: ExchangeOwner, services: UpstreamServices) {
    this.ctx = ctx;
    this.server = server;
    this.#owner = owner;
    this.#services = services;
    this.#client = ctx.exchange!;
    this.#pool = services.pools.of(server);
    this.#timeout = services.deadlines.queue(ctx.farm!.config.protocol.timeout);
    this.#startedAt = services.clock.monotonic();
  }

  /**
   * 1. Takes a connection.
   * @param fresh a new one, whatever is idle
   * @param repeatable whether the request may be sent once more if an idle connection turns out to be closed
   * @param patience milliseconds left for getting connected
   */
  begin(fresh: boolean, repeatable: boolean, patience: number): void {
    try {
      this.#requestHead = this.#services.planFor(this.ctx).headFor(this.ctx, this.server);
    } catch (error) {
      return this.#fail(asProxyError(error));
    }
    this.#client.attach(this);
    if (this.#over) return;
    const pinned = this.#services.pins.connectionFor(this.ctx, this.server);
    const idle = pinned ?? (fresh ? null : this.#pool.takeIdle(repeatable));
    if (idle === null) return this.#dial(patience);
    this.reused = idle.served > 0;
    this.#borrow(idle);
    this.#send();
  }

  #dial(patience: number): void {
    const target = this.#services.targetFor(this.server);
    if (target === null) {
      return this.#fail(new ProxyError('nameNotResolved', `the name of ${this.server.id} has no address`));
    }
    this.#stopWaiting ??= this.#services.clock.after(patience, () => this.onDeadline());
    const connection = this.#pool.open(target, this.ctx.farm!.config.protocol.maxConnections);
    if (connection === null) this.#pool.wait(this);
    else this.#borrow(connection);
  }

  /** protocol.maxConnections held us up; try again. */
  onConnectionFree(): void {
    const idle = this.#pool.takeIdle(false);
    if (idle === null) return this.#dial(0);
    this.#gotConnection();
    this.reused = idle.served > 0;
    this.#borrow(idle);
    this.#send();
  }

  #borrow(connection: ServerConnection): void {
    this.#connection = connection;
    this.connected = connection.connected;
    this.#writtenBefore = connection.writer.written;
    connection.lend(this);
  }

  onConnected(): void {
    this.connected = true;
    this.#gotConnection();
    this.#send();
  }

  #gotConnection(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = null;
  }

  /** 2. The head and what there is of the body, in one write. */
  #send(): void {
    const connection = this.#connection!;
    connection.writer.text(this.#requestHead);
    this.#requestHead = '';
    if (this.#client.bodyPending) {
      this.#uploading = true;
      this.#sendingHead = true;
      this.#client.resumeBody();
      this.#sendingHead = false;
      if (this.#over) return;
    }
    this.#flushToServer();
    if (!this.#uploading || this.ctx.inbound.expectContinue) connection.startDeadline(this.#timeout);
  }

  /** 3. */
  onBody(buffer: Buffer, start: number, end: number): void {
    const connection = this.#connection;
    if (connection === null || connection.socket.writeFailed) return; // the server's answer is still being read
    this.bodySent = true;
    if (this.ctx.inbound.bodyKind !== BodyKind.chunked) return connection.writer.bytes(buffer, start, end);
    connection.writer.text(chunkSizeLine(end - start));
    connection.writer.bytes(buffer, start, end);
    connection.writer.text('\r\n');
  }

  onBodyPause(): void {
    if (!this.#sendingHead) this.#flushToServer();
  }

  onBodyEnd(trailers: string): void {
    this.#uploading = false;
    const connection = this.#connection;
    if (connection === null) return;
    if (this.ctx.inbound.bodyKind === BodyKind.chunked) connection.writer.text(`0\r\n${trailers}\r\n`);
    connection.startDeadline(this.#timeout);
  }

  #flushToServer(): void {
    const connection = this.#connection;
    if (connection === null || connection.socket.writeFailed || connection.writer.flush()) return;
    this.#client.pauseBody();
    connection.socket.setTimeout(this.ctx.farm!.config.protocol.timeout);
  }

  onDrain(): void {
    if (this.#uploading) this.#client.resumeBody();
  }

  get retainsBuffer(): boolean {
    return this.#client.retains;
  }

  onBytes(buffer: Buffer, length: number): void {
    this.answered = true;
    this.bytesReceived += length;
    this.#connection!.startDeadline(this.#timeout);
    if (this.#head !== null) return this.#relay(buffer, 0, length);
    if (this.#held === null) return this.#readHead(buffer, 0, length);
    this.#held.append(Buffer.from(buffer.subarray(0, length)));
    this.#readHead(this.#held.buffer!, this.#held.start, this.#held.end);
  }

  /** 4. */
  #readHead(buffer: Buffer, start: number, end: number): void {
    const { maxResponseHeaderSize } = this.ctx.farm!.config.protocol;
    this.#scanner ??= this.#services.borrowScanner(maxResponseHeaderSize);
    const scanner = this.#scanner;
    const after = scanner.scan(buffer, start, end);
    if (after === REFUSED) {
      const { reason, status } = scanner.refusal!;
      this.#returnScanner();
      return this.#fail(
        new ProxyError(
          status === 431 ? 'responseHeadTooLarge' : 'invalidResponse',
          `${this.server.id} sent an invalid response: ${reason}`,
        ),
      );
    }
    if (after < 0) return this.#hold(buffer, start, end);
    const head = scanner.head(this.ctx.inbound.method);
    this.#held?.consumeTo(after);
    if (head.isInterim) return this.#interim(head, buffer, after, end);
    this.#returnScanner();
    this.#respond(head, buffer, after, end);
  }

  /** The read buffer is used again for the next read: what is not understood yet is copied. */
  #hold(buffer: Buffer, start: number, end: number): void {
    if (this.#held !== null && this.#held.buffer !== null) return;
    this.#held ??= new HeldBytes();
    this.#held.append(Buffer.from(buffer.subarray(start, end)));
  }

  #interim(head: ResponseHead, buffer: Buffer, after: number, end: number): void {
    this.#client.sendInformational(`HTTP/1.1${head.text.slice(8)}\r\n`);
    this.#scanner!.reset();
    if (after < end) this.#readHead(buffer, after, end);
  }

  /** 5. */
  #respond(head: ResponseHead, buffer: Buffer, after: number, end: number): void {
    if (head.status === 101) {
      return this.#fail(new ProxyError('invalidResponse', `${this.server.id} switched protocols without being asked`));
    }
    this.responseTime = this.#services.clock.monotonic() - this.#startedAt;
    this.upstreamStatus = head.status;
    if (this.#uploading) this.#stopUpload();
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
    const { protocol } = this.ctx.farm!.config;
    const held = head.bodyKind === BodyKind.chunked ? protocol.bufferChunkedResponses : true;
    this.#holdBack = held ? protocol.minResponseBuffer : 0;
    this.#client.sendHead(text, bodyLength(head));
    this.#relay(buffer, after, end);
  }

  /** The server has answered before the request was whole: nothing more is written to it (CONTRACT 3). */
  #stopUpload(): void {
    this.#uploading = false;
    this.#reusable = false;
    this.#client.detach();
    this.#client.attach(this);
  }

  /** 6. */
  #relay(buffer: Buffer, start: number, end: number): void {
    const body = this.#body!;
    const after = body.done ? start : body.take(buffer, start, end, this.#client);
    if (body.error !== null) {
      return this.#break(
        new ProxyError('incompleteResponse', `${this.server.id}: malformed chunked body: ${body.error}`),
      );
    }
    if (body.done) {
      if (after < end) this.#reusable = false; // bytes after a complete response (CONTRACT 3)
      return this.#finish();
    }
    if (this.#holdBack > 0) {
      this.#holdBack -= end - start;
      if (this.#holdBack > 0) return;
      this.#holdBack = this.ctx.farm!.config.protocol.minResponseBuffer;
    }
    if (this.#client.flush()) return;
    this.#connection!.socket.pause();
    this.#connection!.stopDeadline();
  }

  onClientDrain(): void {
    const connection = this.#connection;
    if (connection === null || !connection.socket.isPaused()) return;
    connection.startDeadline(this.#timeout);
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
    this.#client.endBody(this.#body!.trailers);
    this.#leave();
    this.#giveBack(connection, this.#head!);
    this.#owner.onDone(this, null);
  }

  #giveBack(connection: ServerConnection, head: ResponseHead): void {
    const { protocol } = this.ctx.farm!.config;
    if (!this.#reusable || !protocol.keepAlive) return connection.destroy();
    if (authenticatesConnection(this.ctx, head)) return this.#services.pins.pin(this.ctx, this.server, connection);
    // One second less than the server says: it may be closing while our request is on its way (DESIGN 5).
    const said = head.keepAliveTimeout < 0 ? Number.POSITIVE_INFINITY : (head.keepAliveTimeout - 1) * 1000;
    connection.keepFor = Math.min(protocol.idleTimeout, said);
    if (connection.keepFor <= 0) connection.destroy();
    else this.#pool.giveBack(connection);
  }

  onLost(error: Error | null): void {
    const { id, config } = this.server;
    if (this.#head !== null) return this.#break(lostInsideResponse(id, error));
    if (!this.connected) {
      if (config.target.kind === 'tcp') this.#services.addresses.skip(config.target.host);
      return this.#fail(connectFailure(id, error));
    }
    this.#fail(lostBeforeResponse(id, this.#uploading, error));
  }

  onDeadline(): void {
    const { id } = this.server;
    if (this.#head !== null) this.#break(new ProxyError('responseTimeout', `${id} stopped sending its response`));
    else if (!this.connected) this.#fail(new ProxyError('connectTimeout', `could not connect to ${id} in time`));
    else if (this.#uploading) this.#fail(new ProxyError('sendTimeout', `${id} stopped reading the request`));
    else this.#fail(new ProxyError('responseTimeout', `${id} did not answer in time`));
  }

  onClientGone(error: ProxyError): void {
    if (this.#over) return;
    this.#abandon();
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
    if (this.#over) return;
    this.#abandon();
    this.#client.abortResponse();
    this.#owner.onDone(this, error);
  }

  #abandon(): void {
    const connection = this.#connection;
    this.#leave();
    this.#client.detach();
    connection?.destroy();
  }

  #leave(): void {
    this.#over = true;
    this.#gotConnection();
    this.#returnScanner();
    this.#pool.stopWaiting(this);
    if (this.#connection !== null) this.bytesSent = this.#connection.writer.written - this.#writtenBefore;
    this.#connection = null;
  }

  #returnScanner(): void {
    if (this.#scanner === null) return;
    this.#services.returnScanner(this.ctx.farm!.config.protocol.maxResponseHeaderSize, this.#scanner);
    this.#scanner = null;
  }
}

function bodyLength(head: ResponseHead): number {
  if (head.bodyKind === BodyKind.none) return BODY_NONE;
  return head.bodyKind === BodyKind.length ? head.contentLength : BODY_STREAMED;
}
