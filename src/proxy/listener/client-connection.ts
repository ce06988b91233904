// One client connection: reads heads one after the other, starts the journey of each request, and is the way back for
// its answer. Requests that come early (pipelining) wait unread until the answer before them is wholly written.
//
// It is one state machine and so one file: every byte and every event of the socket passes through here.
import type { Socket } from 'node:net';
import { BatchedWriter } from '../../base/batched-writer.ts';
import { Deadline, type DeadlineQueue } from '../../base/deadlines.ts';
import { HeldBytes } from '../../base/held-bytes.ts';
import { sendAnswer } from '../../model/answer.ts';
import {
  BODY_NONE,
  BODY_STREAMED,
  type BodySink,
  type ClientConnectionInfo,
  type ClientExchange,
} from '../../model/client.ts';
import { errorAnswer } from '../../model/error-answer.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import { RequestContext } from '../../model/request-context.ts';
import { FieldKind } from '../../wire/http1/fields.ts';
import { NEED_MORE, REFUSED } from '../../wire/http1/head-scanner.ts';
import type { RequestHead } from '../../wire/http1/request-head.ts';
import { RequestHeadScanner } from '../../wire/http1/request-head-scanner.ts';
import { chunkSizeLine } from '../../wire/http1/serialise.ts';
import { clientBehind } from './client-address.ts';
import { InboundBody } from './inbound-body.ts';
import type { ListenerServices } from './listener-services.ts';
import { refusalKind } from './refusal.ts';

/** Reading a head, or waiting for one. */
const WAITING = 0;
/** A request is on its journey. */
const BUSY = 1;
/** Answered; what still comes is read and dropped, so that closing does not destroy the answer (DESIGN 5). */
const LINGERING = 2;
const CLOSED = 3;

export class ClientConnection implements ClientExchange, ClientConnectionInfo {
  readonly listener: string;
  readonly localPort: number;
  readonly secure = false;
  readonly trusted: boolean;
  readonly peerAddress: string;
  readonly peerPort: number;
  readonly #socket: Socket;
  readonly #services: ListenerServices;
  readonly #writer: BatchedWriter;
  readonly #deadline: Deadline;
  readonly #held = new HeldBytes();
  readonly #body = new InboundBody();
  readonly #onClosed: (connection: ClientConnection) => void;
  #state = WAITING;
  #advancing = false;
  #paused = false;
  #scanner: RequestHeadScanner | null = null;
  #head: RequestHead | null = null;
  #sink: BodySink | null = null;
  #bodyWanted = false;
  #inputEnded = false;
  #keep = true;
  #chunking = false;
  #bodyMuted = false;
  #lingered = 0;
  #noDelay = false;
  #snapshotId = 0;
  #writtenBefore = 0;
  headSent = false;
  gone: ProxyError | null = null;
  bytesIn = 0;

  constructor(
    socket: Socket,
    listener: string,
    localPort: number,
    services: ListenerServices,
    onClosed: (connection: ClientConnection) => void,
  ) {
    this.#socket = socket;
    this.listener = listener;
    this.localPort = localPort;
    this.#services = services;
    this.#onClosed = onClosed;
    const address = socket.remoteAddress ?? '';
    this.peerAddress = address.startsWith('::ffff:') ? address.slice(7) : address;
    this.peerPort = socket.remotePort ?? 0;
    this.trusted = services.snapshot.trustedProxies?.has(this.peerAddress) === true;
    this.#writer = new BatchedWriter(socket);
    this.#deadline = new Deadline(this);
    socket.on('data', (piece: Buffer) => this.#onData(piece));
    socket.on('end', () => this.#onEnd());
    socket.on('drain', () => this.#onDrain());
    socket.on('timeout', () => this.#onStalled());
    socket.on('error', () => {}); // 'close' follows and says the same
    socket.on('close', () => this.#onClose());
    this.#wait('headTimeout');
  }

  /** Asked of the system only when something wants to know: a call for each connection would be wasted. */
  get localAddress(): string {
    return this.#socket.localAddress ?? '';
  }

  /** True when no request is on its way and none has begun. */
  get idle(): boolean {
    return this.#state === WAITING && this.#held.buffer === null;
  }

  /** Id of the snapshot that the request under way runs on; null between requests. */
  get pinnedSnapshot(): number | null {
    return this.#state === BUSY ? this.#snapshotId : null;
  }

  /** Ends an idle connection; a busy one ends after its answer. */
  closeWhenIdle(): void {
    if (this.idle) this.#socket.end(() => this.#socket.destroy());
  }

  destroy(): void {
    this.#socket.destroy();
  }

  // ---- from the socket ------------------------------------------------------------------------------------------

  #onData(piece: Buffer): void {
    if (this.#state === LINGERING) {
      this.#lingered += piece.length;
      if (this.#lingered > this.#services.snapshot.config.limits.lingerBytes) this.#socket.destroy();
      return;
    }
    this.#held.append(piece);
    this.#advance();
  }

  #onEnd(): void {
    this.#inputEnded = true;
    if (this.#state === LINGERING) this.#socket.destroySoon();
    else if (this.#state === WAITING) this.#socket.end(() => this.#socket.destroy());
    else this.#checkGone();
  }

  #onDrain(): void {
    this.#socket.setTimeout(0);
    if (this.#state === BUSY && this.headSent) this.#sink?.onClientDrain();
  }

  /** The client has taken none of what waits for it in bodyProgressTimeout (Node counts partial writes as progress). */
  #onStalled(): void {
    if (!this.#writer.retains) return void this.#socket.setTimeout(0);
    this.#fail(new ProxyError('clientGone', 'the client stopped reading the response'));
    this.#socket.destroy();
  }

  #onClose(): void {
    if (this.#state === CLOSED) return;
    const busy = this.#state === BUSY;
    this.#returnScanner();
    this.#deadline.stop();
    if (busy) this.#fail(new ProxyError('clientGone', 'the client closed the connection'));
    this.#state = CLOSED;
    this.#held.clear();
    this.#onClosed(this);
    this.#services.released(this);
  }

  onDeadline(): void {
    if (this.#state === BUSY) {
      this.#fail(new ProxyError('requestTimeout', 'the request body stopped coming (limits.bodyProgressTimeout)'));
    } else if (this.#state === WAITING && this.#scanner?.started === true) {
      this.#refuse(new ProxyError('requestTimeout', 'the request head took longer than limits.headTimeout'));
    } else if (this.#writer.retains) {
      this.#deadline.start(this.#deadlineQueue('idleTimeout')); // the last answer is still on its way: #onStalled watches it
    } else {
      this.#socket.destroy();
    }
  }

  #fail(error: ProxyError): void {
    if (this.gone !== null || this.#state !== BUSY) return;
    this.gone = error;
    this.#sink?.onClientGone(error);
  }

  // ---- reading --------------------------------------------------------------------------------------------------

  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    let going = true;
    while (going && this.#held.buffer !== null) {
      if (this.#state === WAITING) going = this.#readHead();
      else if (this.#state === BUSY && !this.#body.done) going = this.#readBody();
      else going = false;
    }
    this.#advancing = false;
    if (this.#state === BUSY) {
      this.#boundLookAhead();
      if (this.#inputEnded) this.#checkGone();
    }
  }

  /** @returns true when a head was complete */
  #readHead(): boolean {
    const held = this.#held;
    const { limits } = this.#services.snapshot.config;
    this.#scanner ??= this.#services.scanners.pop() ?? new RequestHeadScanner(limits);
    const scanner = this.#scanner;
    const wasStarted = scanner.started;
    const after = scanner.scan(held.buffer!, held.start, held.end);
    if (after >= 0) {
      this.bytesIn = after - held.start;
      const head = scanner.head();
      this.#returnScanner();
      held.consumeTo(after);
      this.#begin(head);
      return true;
    }
    if (after === REFUSED) {
      const { status, reason } = scanner.refusal!;
      this.#refuse(new ProxyError(refusalKind(status), reason));
    } else if (after === NEED_MORE && scanner.started && !wasStarted) {
      this.#wait('headTimeout');
    }
    return false;
  }

  #begin(head: RequestHead): void {
    const services = this.#services;
    const { snapshot } = services;
    this.#state = BUSY;
    this.#deadline.stop();
    this.#head = head;
    this.#snapshotId = snapshot.id;
    this.headSent = false;
    this.#keep = head.keepAlive;
    this.#writtenBefore = this.#writer.written;
    this.#body.begin(head, snapshot.config.limits.requestBody);
    let clientAddress = this.peerAddress;
    let clientPort = this.peerPort;
    if (head.has(FieldKind.xForwardedFor)) {
      if (this.trusted) {
        const client = clientBehind(this, head.fieldOfKind(FieldKind.xForwardedFor) ?? '', snapshot.trustedProxies!);
        clientAddress = client.address;
        clientPort = client.port;
      } else {
        services.untrustedForward(this.peerAddress);
      }
    }
    services.handle(
      new RequestContext(
        services.newId(),
        services.clock.wall(),
        services.clock.monotonic(),
        this,
        clientAddress,
        clientPort,
        head,
        snapshot,
        this,
        null,
      ),
    );
  }

  /** @returns true when all of the body was read */
  #readBody(): boolean {
    if (!this.#bodyWanted) return false;
    const held = this.#held;
    const before = held.start;
    try {
      const after = this.#body.take(held.buffer!, before, held.end, this.#sink);
      this.bytesIn += after - before;
      held.consumeTo(after);
    } catch (error) {
      held.clear();
      this.#keep = false;
      this.#fail(error as ProxyError);
      return false;
    }
    this.#sink?.onBodyPause();
    if (this.#body.done) this.#deadline.stop();
    else if (this.#bodyWanted) this.#wait('bodyProgressTimeout');
    return this.#body.done;
  }

  /** Reading ahead stops at limits.headerBytes, and at once while nobody takes the body. */
  #boundLookAhead(): void {
    if (this.#paused || this.#held.buffer === null) return;
    const bound = this.#body.done ? this.#services.snapshot.config.limits.headerBytes : 0;
    if (this.#held.length > bound) {
      this.#paused = true;
      this.#socket.pause();
    }
  }

  /** After the client's FIN: with a whole request it is a half-close, else the client is gone (CONTRACT 3). */
  #checkGone(): void {
    const { abortOnClientEnd } = this.#services.snapshot.config.limits;
    this.#keep = false;
    if (this.#body.done && !abortOnClientEnd) return;
    if (!this.#body.done && this.#held.buffer !== null) return; // more of the body is still held
    this.#fail(new ProxyError('clientGone', 'the client ended the connection before the request was complete'));
  }

  attach(sink: BodySink): void {
    this.#sink = sink;
    if (this.gone !== null) sink.onClientGone(this.gone);
  }

  detach(): void {
    this.#sink = null;
    this.#bodyWanted = false;
    this.#deadline.stop();
  }

  pauseBody(): void {
    this.#bodyWanted = false;
    this.#deadline.stop();
    if (!this.#paused && !this.#body.done) {
      this.#paused = true;
      this.#socket.pause();
    }
  }

  resumeBody(): void {
    this.#bodyWanted = true;
    if (!this.#body.done) this.#wait('bodyProgressTimeout');
    this.#resumeReading();
    if (this.#held.buffer === null) return;
    // Inside #begin the loop of #advance stands above us: the body is pushed from here, the next head is not started.
    if (this.#advancing) this.#readBody();
    else this.#advance();
  }

  get bodyPending(): boolean {
    return !this.#body.done;
  }

  #resumeReading(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket.resume();
  }

  // ---- writing --------------------------------------------------------------------------------------------------

  get takesChunks(): boolean {
    return this.#head === null || this.#head.minorVersion === 1;
  }

  get retains(): boolean {
    return this.#writer.retains;
  }

  get bytesOut(): number {
    return this.#writer.written - this.#writtenBefore;
  }

  sendInformational(head: string): void {
    if (this.#head!.minorVersion === 0) return;
    this.#writer.text(head);
    this.#writer.flush();
  }

  sendHead(head: string, bodyLength: number): void {
    this.headSent = true;
    this.#dropRestOfBody();
    this.#bodyMuted = bodyLength === BODY_NONE;
    this.#chunking = bodyLength === BODY_STREAMED && this.takesChunks;
    if (bodyLength === BODY_STREAMED) this.#setNoDelay();
    const endsByClose = bodyLength === BODY_STREAMED && !this.#chunking;
    if (endsByClose || !this.#body.done || this.#inputEnded || this.#services.stopping) this.#keep = false;
    const connection = this.#keep ? (this.takesChunks ? '' : 'Connection: keep-alive\r\n') : 'Connection: close\r\n';
    this.#writer.text(
      this.#chunking ? `${head}Transfer-Encoding: chunked\r\n${connection}\r\n` : `${head}${connection}\r\n`,
    );
  }

  /** A body that nobody wanted and that has come already is dropped here, so that the connection can be kept. */
  #dropRestOfBody(): void {
    if (this.#body.done || this.#sink !== null || this.#held.buffer === null) return;
    this.#bodyWanted = true;
    this.#readBody();
  }

  sendBody(buffer: Buffer, start: number, end: number): void {
    if (this.#bodyMuted || start === end) return;
    if (this.#chunking) this.#writer.text(chunkSizeLine(end - start));
    this.#writer.bytes(buffer, start, end);
    if (this.#chunking) this.#writer.text('\r\n');
  }

  sendChunks(buffer: Buffer, start: number, end: number): void {
    if (!this.#bodyMuted) this.#writer.bytes(buffer, start, end);
  }

  endBody(trailers: string): void {
    if (this.#chunking && !this.#bodyMuted) this.#writer.text(`0\r\n${trailers}\r\n`);
    this.flush();
  }

  finish(): void {
    this.#sink = null;
    this.#bodyWanted = false;
    if (this.#state !== BUSY) return;
    if (this.#keep && this.#body.done) this.#next();
    else this.#linger();
  }

  flush(): boolean {
    const taken = this.#writer.flush();
    if (this.#writer.retains) this.#socket.setTimeout(this.#services.snapshot.config.limits.bodyProgressTimeout);
    return taken;
  }

  abortResponse(): void {
    this.#sink = null;
    if (this.#state === CLOSED) return;
    this.#state = LINGERING;
    if (this.peerAddress === '') this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  /** The answer is written: on to the next request. */
  #next(): void {
    this.#state = WAITING;
    this.#head = null;
    this.#setNoDelay();
    this.#resumeReading();
    if (this.#services.stopping && this.#held.buffer === null) return this.#linger();
    this.#wait('idleTimeout');
    // What was read ahead is taken up in a turn of its own when the answer was made inside the loop of #advance.
    if (this.#held.buffer !== null && !this.#advancing) this.#advance();
  }

  /** Ends our side, then reads and drops until the client ends its own, or lingerTimeout, or lingerBytes. */
  #linger(): void {
    this.#state = LINGERING;
    this.#held.clear();
    this.#lingered = 0;
    this.#deadline.stop();
    if (this.#inputEnded) return this.#socket.destroySoon();
    this.#socket.end(() => {
      if (this.#state === LINGERING) this.#wait('lingerTimeout');
    });
    this.#resumeReading();
  }

  /** Only a connection that says more than one thing needs it: the system call is spared where each request has its own. */
  #setNoDelay(): void {
    if (this.#noDelay) return;
    this.#noDelay = true;
    this.#socket.setNoDelay(true);
  }

  #refuse(error: ProxyError): void {
    this.#services.refused(error, this.peerAddress);
    this.#returnScanner();
    this.#state = BUSY;
    this.#keep = false;
    sendAnswer(this, errorAnswer(error, '', undefined), 'GET', this.#services.date);
    this.finish();
  }

  #returnScanner(): void {
    if (this.#scanner === null) return;
    this.#scanner.reset();
    this.#services.scanners.push(this.#scanner);
    this.#scanner = null;
  }

  #wait(limit: 'headTimeout' | 'idleTimeout' | 'bodyProgressTimeout' | 'lingerTimeout'): void {
    this.#deadline.start(this.#deadlineQueue(limit));
  }

  #deadlineQueue(limit: 'headTimeout' | 'idleTimeout' | 'bodyProgressTimeout' | 'lingerTimeout'): DeadlineQueue {
    const services = this.#services;
    return services.deadlines.queue(services.snapshot.config.limits[limit]);
  }
}
