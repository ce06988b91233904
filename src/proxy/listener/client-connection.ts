// One client connection: reads heads one after the other, starts the journey of each request, and is the way back for
// its answer. Requests that come early (pipelining) wait unread until the answer before them is wholly written.
//
// It is one state machine and so one file: every event of the socket passes through here. What the bytes mean is
// RequestReader's, how an answer is framed is ResponseWriter's.
import { Deadline } from '../../base/deadlines.ts';
import { sendAnswer } from '../../model/answer.ts';
import type { BodySink, ClientExchange } from '../../model/client.ts';
import type { LimitsConfig } from '../../model/config.ts';
import { errorAnswer } from '../../model/error-answer.ts';
import { asProxyError, ProxyError } from '../../model/proxy-error.ts';
import type { RequestHead } from '../../wire/http1/request-head.ts';
import type { AcceptedConnection } from './client-peer.ts';
import type { ListenerServices } from './listener-services.ts';
import { newRequest } from './new-request.ts';
import { RequestReader } from './request-reader.ts';
import { ResponseWriter } from './response-writer.ts';

/** Reading a head, or waiting for one. */
const WAITING = 0;
/** A request is on its journey. */
const BUSY = 1;
/** Answered; what still comes is read and dropped, so that closing does not destroy the answer (DESIGN 5). */
const LINGERING = 2;
const CLOSED = 3;

export class ClientConnection extends ResponseWriter implements ClientExchange {
  readonly #services: ListenerServices;
  readonly #deadline: Deadline;
  readonly #reader: RequestReader;
  readonly #onClosed: (connection: ClientConnection) => void;
  #state = WAITING;
  #advancing = false;
  #paused = false;
  #sink: BodySink | null = null;
  #bodyWanted = false;
  #inputEnded = false;
  #keep = true;
  /** The client said that it sends no further request. */
  #clientCloses = false;
  /** Its head said that it waits for a 100, none has gone to it, and no byte of the body has come. */
  #awaits100 = false;
  /** The request is settled, its answer is still on its way. */
  #settled = false;
  #lingered = 0;
  #leaving = false;
  gone: ProxyError | null = null;

  constructor(
    accepted: AcceptedConnection,
    services: ListenerServices,
    onClosed: (connection: ClientConnection) => void,
  ) {
    super(accepted);
    const { socket } = accepted;
    this.#services = services;
    this.#onClosed = onClosed;
    this.#reader = new RequestReader(services);
    this.#deadline = new Deadline(this);
    socket.on('data', (piece: Buffer) => this.#onData(piece));
    socket.on('end', () => this.#onEnd());
    socket.on('drain', () => this.#onDrain());
    socket.on('timeout', () => this.#onStalled());
    socket.on('error', () => {}); // 'close' follows and says the same
    socket.on('close', () => this.#onClose());
    this.#wait(this.#limits.headTimeout);
  }

  /** True while a request is on its way, or has begun to come. */
  get busy(): boolean {
    return this.#state === BUSY || (this.#state === WAITING && this.#reader.held > 0);
  }

  /** Id of the snapshot that the request under way runs on; null between requests, and in a session, which may outlive many. */
  get pinnedSnapshot(): number | null {
    return this.#state === BUSY && !this.inSession ? this.snapshotId : null;
  }

  /** Its listener is closing: the next answer says that it is the last. */
  leave(): void {
    this.#leaving = true;
  }

  /** Ends a connection that waits for a request. */
  closeIfIdle(): void {
    if (this.#state === WAITING && !this.busy) this.#end();
  }

  /** Nothing was asked that is not answered: a request that comes now comes too late. */
  #end(): void {
    this.#state = LINGERING;
    this.socket.end(() => this.socket.destroy());
  }

  // ---- from the socket ------------------------------------------------------------------------------------------

  #onData(piece: Buffer): void {
    if (this.#state === LINGERING) return this.#discard(piece.length);
    this.#reader.append(piece);
    this.#advance();
  }

  #onEnd(): void {
    this.#inputEnded = true;
    if (this.#state === LINGERING) this.socket.destroySoon();
    else this.#seeEnd();
  }

  #onDrain(): void {
    this.socket.setTimeout(0);
    if (this.#settled) this.finish();
    else if (this.#state === BUSY) this.#sink?.onClientDrain();
  }

  /** The client has taken none of what waits for it in bodyProgressTimeout (Node counts partial writes as progress). */
  #onStalled(): void {
    if (!this.unsent) return void this.socket.setTimeout(0);
    this.#fail(new ProxyError('clientGone', 'the client stopped reading the response'));
    this.socket.destroy();
  }

  #onClose(): void {
    if (this.#state === CLOSED) return;
    this.#reader.returnScanner();
    this.#deadline.stop();
    this.#fail(new ProxyError('clientGone', 'the client closed the connection'));
    this.#state = CLOSED;
    this.#reader.clear();
    this.#onClosed(this);
    this.#services.released(this);
  }

  onDeadline(): void {
    if (this.#state === BUSY) {
      this.#fail(new ProxyError('requestTimeout', 'the request body stopped coming (limits.bodyProgressTimeout)'));
    } else if (this.#state === WAITING && this.#reader.started) {
      this.#refuse(new ProxyError('requestTimeout', 'the request head took longer than limits.headTimeout'));
    } else if (this.unsent) {
      this.#wait(this.#limits.idleTimeout); // the last answer is still on its way: #onStalled watches it
      this.socket.setTimeout(this.#limits.bodyProgressTimeout);
    } else {
      this.socket.destroy();
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
    while (going && this.#reader.held > 0) {
      if (this.#state === WAITING) going = this.#readHead();
      else if (this.#state === BUSY && !this.#reader.body.done) going = this.#readBody();
      else going = false;
    }
    this.#advancing = false;
    if (this.#state === BUSY) this.#boundLookAhead();
    if (this.#inputEnded) this.#seeEnd();
  }

  /** @returns true when a head was complete */
  #readHead(): boolean {
    const reader = this.#reader;
    const wasStarted = reader.started;
    const head = reader.readHead();
    if (head !== null) {
      this.#begin(head);
      return true;
    }
    if (reader.refusal !== null) this.#refuse(reader.refusal);
    else if (reader.started && !wasStarted) this.#wait(this.#limits.headTimeout);
    return false;
  }

  #begin(head: RequestHead): void {
    const services = this.#services;
    this.#state = BUSY;
    this.#deadline.stop();
    this.beginOn(services.snapshot);
    this.#keep = head.keepAlive;
    this.#clientCloses = !head.keepAlive;
    this.#awaits100 = head.expectContinue;
    this.beginAnswer(head.minorVersion);
    services.handle(newRequest(services, this, head, this));
  }

  /** @returns true when all of the body was read */
  #readBody(): boolean {
    if (!this.#bodyWanted) return false;
    const { body } = this.#reader;
    this.#awaits100 = false;
    try {
      this.#reader.readBody(this.#sink);
    } catch (error) {
      this.#reader.clear();
      this.#keep = false;
      this.#fail(asProxyError(error));
      return false;
    }
    this.#sink?.onBodyPause();
    this.#awaitBody();
    return body.done;
  }

  /** While the client is to send more of its body, and does not wait for a 100, its time runs (CONTRACT 2). */
  #awaitBody(): void {
    if (this.#reader.body.done) this.#deadline.stop();
    else if (this.#bodyWanted && !this.#awaits100 && !this.inSession) this.#wait(this.#limits.bodyProgressTimeout);
  }

  /** Reading ahead stops at limits.headerBytes, and at once while nobody takes the body. */
  #boundLookAhead(): void {
    if (this.#paused || this.#reader.held === 0) return;
    const bound = this.#reader.body.done ? this.#limits.headerBytes : 0;
    if (this.#reader.held > bound) {
      this.#paused = true;
      this.socket.pause();
    }
  }

  /** After the client's FIN: with a whole request it is a half-close, else the client is gone (CONTRACT 3). */
  #seeEnd(): void {
    if (this.#state === WAITING) return this.#end();
    const whole = this.#reader.body.done;
    if (whole && !this.#limits.abortOnClientEnd) return;
    if (!whole && this.#reader.held > 0) return; // more of the body is still held
    if (this.inSession) return this.#reader.endSession(this.#sink);
    this.#keep = false;
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
    if (!this.#paused && !this.#reader.body.done) {
      this.#paused = true;
      this.socket.pause();
    }
  }

  resumeBody(): void {
    this.#bodyWanted = true;
    this.#awaitBody();
    this.#resumeReading();
    if (this.#reader.held === 0 && !this.#inputEnded) return; // of an end that came before its session nothing else tells
    // Inside #begin the loop of #advance stands above us: the body is pushed from here, the next head is not started.
    if (!this.#advancing) this.#advance();
    else if (this.#reader.held > 0) this.#readBody();
  }

  limitBody(bytes: number): void {
    this.#reader.body.limitTo(bytes);
  }

  get bodyPending(): boolean {
    return !this.#reader.body.done;
  }

  #resumeReading(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.socket.resume();
  }

  // ---- writing --------------------------------------------------------------------------------------------------

  get bytesIn(): number {
    return this.#reader.bytesIn;
  }

  sendInformational(head: string): void {
    this.writeInformational(head);
    if (!this.#awaits100 || !head.startsWith('HTTP/1.1 100')) return;
    this.#awaits100 = false;
    this.#awaitBody();
  }

  sendHead(head: string, bodyLength: number): void {
    this.#dropRestOfBody();
    if (!this.#reader.body.done || this.#isLast() || this.endsByClose(bodyLength)) this.#keep = false;
    this.writeHead(head, bodyLength, this.#keep);
  }

  switchTo(head: string): void {
    this.#keep = false;
    this.#reader.body.beginSession();
    this.writeSwitch(head);
  }

  /** No further request can come, or is wanted; where the listener asks something else of clients now, not even what has come. */
  #isLast(): boolean {
    return this.outdated || (this.#reader.held === 0 && (this.#inputEnded || this.#leaving));
  }

  /** A body that nobody wanted and that has come already is dropped here, so that the connection can be kept. */
  #dropRestOfBody(): void {
    if (this.#reader.body.done || this.#sink !== null || this.#reader.held === 0) return;
    this.#bodyWanted = true;
    this.#readBody();
  }

  endBody(trailers: string): void {
    this.writeEnd(trailers);
    this.flush();
  }

  finish(): void {
    this.#sink = null;
    this.#bodyWanted = false;
    if (this.#state !== BUSY) return;
    this.#settled = this.#keep && this.crowded; // the next request waits until the answer is written (CONTRACT 3)
    if (this.#settled) return;
    if (this.#keep && this.#reader.body.done) this.#next();
    else if (this.#clientCloses && this.#reader.isThrough && !this.#paused && !this.unsent) this.socket.destroy();
    else this.#linger();
  }

  flush(): boolean {
    const taken = this.writeOut();
    // TLS has never taken anything yet: there it is watched once it is much, or for long.
    const isSlow = this.secure ? this.crowded : this.unsent;
    if (isSlow && !this.inSession) this.socket.setTimeout(this.#limits.bodyProgressTimeout);
    return taken;
  }

  abortResponse(): void {
    this.#sink = null;
    if (this.#state === CLOSED) return;
    this.#state = LINGERING;
    this.breakOff();
  }

  /** The answer is written: on to the next request. */
  #next(): void {
    this.#state = WAITING;
    this.sendAtOnce();
    this.#resumeReading();
    if (this.#isLast() && this.#inputEnded) return this.#linger();
    // The last answer did not always say that it was the last: a request that comes at once is still taken (CONTRACT 6).
    this.#wait(this.#isLast() ? this.#services.snapshot.config.shutdownIdleGrace : this.#limits.idleTimeout);
    // What was read ahead is taken up in a turn of its own when the answer was made inside the loop of #advance.
    if (this.#reader.held > 0 && !this.#advancing) this.#advance();
  }

  /** Ends our side, then reads and drops until the client ends its own, or lingerTimeout, or lingerBytes. */
  #linger(): void {
    this.#state = LINGERING;
    this.#reader.clear();
    this.#lingered = 0;
    this.#wait(this.#limits.lingerTimeout); // what is unsent by then has a time-out of its own
    if (this.unsent) this.socket.setTimeout(this.#limits.bodyProgressTimeout); // of TLS, or after a session, nobody has set it
    if (this.#inputEnded) return this.socket.destroySoon();
    this.socket.end(() => {
      if (this.#state === LINGERING) this.#wait(this.#limits.lingerTimeout);
    });
    this.#resumeReading();
  }

  #discard(bytes: number): void {
    this.#lingered += bytes;
    if (this.#lingered > this.#limits.lingerBytes) this.socket.destroy();
  }

  #refuse(error: ProxyError): void {
    this.#services.refused();
    this.#reader.returnScanner();
    this.#state = BUSY;
    this.#keep = false;
    this.beginAnswer(1); // also where the version is not known
    sendAnswer(this, errorAnswer(error, '', undefined), 'GET', this.#services.date);
    this.finish();
  }

  get #limits(): LimitsConfig {
    return this.#services.snapshot.config.limits;
  }

  #wait(duration: number): void {
    this.#deadline.start(this.#services.deadlines.queue(duration));
  }
}
