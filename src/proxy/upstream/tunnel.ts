// A session: what follows on the 101 to an Upgrade. Bytes go both ways until both sides have ended, or one broke:
//
//   client                        Tunnel                               server
//     │ ◄─────── what the server sent behind its 101 ──│ 1. what the client sent behind its head ──►│
//     │ ── bytes ───────────────────►│ 2. ── with back-pressure ──────────►│
//     │ ◄── with back-pressure ──────│ 3. ◄───────────────────────── bytes │
//     │ ── end ─────────────────────►│ 4. ── end ──►   and the other way: each side ends alone
//     │ ◄── close frame ─────────────│ 5. ── close frame ──►   when it has to end, between two frames
//     │                              │ 6. over: the outcome
//
// The bytes are passed as they are. Of a WebSocket the headers of frames are followed from the first byte on, because
// where a frame ends cannot be found out later. Buffers: see ServerConnection.beginSession().
import type { DeadlineQueue } from '../../base/deadlines.ts';
import type { BodySink, BufferHolder, ClientExchange } from '../../model/client.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import { FieldKind } from '../../wire/http1/fields.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import { closeFrame, GOING_AWAY } from '../../wire/websocket/close-frame.ts';
import { FrameFollower } from '../../wire/websocket/frame-follower.ts';
import type { Exchange } from './exchange.ts';
import type { ExchangeOwner } from './exchange-owner.ts';
import type { ConnectionUser, ServerConnection } from './server-connection.ts';
import { CLOSE_GRACE, type Sessions } from './sessions.ts';
import { isWebSocket } from './upgrade-policy.ts';
import type { UpstreamServices } from './upstream-services.ts';

export class Tunnel implements BodySink, ConnectionUser {
  readonly #exchange: Exchange;
  readonly #owner: ExchangeOwner;
  readonly #connection: ServerConnection;
  readonly #client: ClientExchange;
  readonly #sessions: Sessions;
  /** Null: it may be silent for as long as it likes. */
  readonly #idle: DeadlineQueue | null;
  /** Once one side has ended: the other one is not to be forgotten (a peer that vanished says nothing). */
  readonly #halfOpen: DeadlineQueue;
  readonly #grace: DeadlineQueue;
  /** Null: it is no WebSocket. */
  readonly #fromClient: FrameFollower | null;
  readonly #fromServer: FrameFollower | null;
  readonly #sentBefore: number;
  /** Value of the Upgrade field of the 101. */
  readonly #protocol: string;
  #clientEnded = false;
  #serverEnded = false;
  /** Why it has to end; null while it has not. */
  #closing: ProxyError | null = null;
  #closeCode = 0;
  /** Nothing more is passed on: a close frame went there, the peer's or ours. */
  #clientTold = false;
  #serverTold = false;
  #over = false;

  constructor(
    exchange: Exchange,
    owner: ExchangeOwner,
    connection: ServerConnection,
    services: UpstreamServices,
    head: ResponseHead,
  ) {
    const { protocol } = exchange.ctx.farm!.config;
    const { idleTimeout } = protocol.upgrade;
    this.#exchange = exchange;
    this.#owner = owner;
    this.#connection = connection;
    this.#client = exchange.ctx.client!;
    this.#sessions = services.sessions;
    this.#idle = idleTimeout === 0 ? null : services.deadlines.queue(idleTimeout);
    this.#halfOpen = services.deadlines.queue(idleTimeout === 0 ? protocol.timeout : idleTimeout);
    this.#grace = services.deadlines.queue(CLOSE_GRACE);
    this.#sentBefore = connection.writer.written;
    this.#protocol = head.fieldOfKind(FieldKind.upgrade)!;
    const hasFrames = isWebSocket(this.#protocol);
    this.#fromClient = hasFrames ? new FrameFollower() : null;
    this.#fromServer = hasFrames ? new FrameFollower() : null;
  }

  /** Of its farm, ms. */
  get closeSpread(): number {
    return this.#exchange.ctx.farm!.config.protocol.upgrade.closeSpread;
  }

  /** 1. @param text the head of the 101 for the client; buffer[start, end) came behind it */
  begin(text: string, buffer: Buffer, start: number, end: number): void {
    this.#client.switchTo(`${text}Upgrade: ${this.#protocol}\r\n`);
    this.#owner.onSwitched(this.#exchange);
    this.#sessions.add(this);
    this.#exchange.server.state.sessionStarted();
    this.#connection.beginSession(this);
    if (start < end) this.#toClient(buffer, start, end);
    if (!this.#client.flush()) this.#connection.socket.pause();
    this.#passed();
    this.#client.attach(this);
    if (!this.#over) this.#client.resumeBody();
  }

  // ---- 2. from the client -----------------------------------------------------------------------------------------

  onBody(buffer: Buffer, start: number, end: number): void {
    if (this.#over) return;
    if (this.#closing === null) {
      this.#fromClient?.pass(buffer, start, end);
      this.#toServer(buffer, start, end);
    } else this.#lastOfClient(buffer, start, end);
  }

  onBodyPause(): void {
    if (this.#over) return;
    this.#passed();
    if (!this.#connection.writer.flush()) this.#client.pauseBody();
  }

  onDrain(): void {
    this.#passed();
    this.#client.resumeBody();
  }

  #toServer(buffer: Buffer, start: number, end: number): void {
    if (this.#connection.socket.writeFailed) return; // what the server still says is passed on
    this.#exchange.server.state.sessionBytes(end - start, 0);
    this.#connection.writer.bytes(buffer, start, end);
  }

  // ---- 3. from the server -----------------------------------------------------------------------------------------

  get holder(): BufferHolder {
    return this.#client;
  }

  onBytes(buffer: Buffer, length: number): void {
    this.#exchange.bytesReceived += length;
    if (this.#closing === null) this.#toClient(buffer, 0, length);
    else this.#lastOfServer(buffer, 0, length);
    if (this.#over) return;
    this.#passed();
    if (!this.#client.flush()) this.#connection.socket.pause();
  }

  onClientDrain(): void {
    this.#passed();
    this.#connection.socket.resume();
  }

  #toClient(buffer: Buffer, start: number, end: number): void {
    this.#fromServer?.pass(buffer, start, end);
    this.#exchange.server.state.sessionBytes(0, end - start);
    this.#client.sendBody(buffer, start, end);
  }

  /** Bytes have passed: what runs against silence begins anew. */
  #passed(): void {
    if (this.#closing !== null) return;
    if (this.#clientEnded || this.#serverEnded) this.#connection.startDeadline(this.#halfOpen);
    else if (this.#idle !== null) this.#connection.startDeadline(this.#idle);
  }

  // ---- 4. each side ends alone ------------------------------------------------------------------------------------

  onBodyEnd(): void {
    if (this.#over) return;
    this.#clientEnded = true;
    this.#passed();
    this.#connection.writer.flush();
    this.#connection.socket.end(); // when it is written and the server has ended too, 'close' follows: onLost()
    if (this.#closing !== null) this.#endIfTold();
  }

  onServerEnd(): void {
    this.#serverEnded = true;
    this.#passed();
    this.#client.endBody('');
    if (this.#closing !== null) this.#endIfTold();
  }

  // ---- 5. it has to end -------------------------------------------------------------------------------------------

  /** An operator stops the server at once. */
  onCut(): void {
    this.#sessions.closeWithin(this, GOING_AWAY);
  }

  /** Ends it as its protocol has it. @param code of RFC 6455 7.4 */
  close(code: number): void {
    const why = code === GOING_AWAY ? `${this.#exchange.server.id} was stopped by an operator` : 'the router stops';
    this.#close(code, new ProxyError('sessionStopped', `the session was closed (${code}): ${why}`));
  }

  #close(code: number, why: ProxyError): void {
    if (this.#over || this.#closing !== null) return;
    this.#closing = why;
    this.#closeCode = code;
    if (this.#fromClient === null) return this.#cut();
    this.#connection.startDeadline(this.#grace);
    if (this.#fromServer!.isBetween) this.#tellClient();
    if (this.#fromClient.isBetween) this.#tellServer();
    this.#endIfTold();
  }

  /** The frame that is under way goes on whole, and ours follows on it. */
  #lastOfServer(buffer: Buffer, start: number, end: number): void {
    let rest = start;
    if (!this.#clientTold) {
      rest = this.#fromServer!.passFrame(buffer, start, end);
      this.#client.sendBody(buffer, start, rest < 0 ? end : rest);
      if (rest < 0) return;
      this.#tellClient();
    }
    this.#fromServer!.pass(buffer, rest, end);
    this.#endIfTold();
  }

  #lastOfClient(buffer: Buffer, start: number, end: number): void {
    let rest = start;
    if (!this.#serverTold) {
      rest = this.#fromClient!.passFrame(buffer, start, end);
      this.#toServer(buffer, start, rest < 0 ? end : rest);
      if (rest < 0) return;
      this.#tellServer();
    }
    this.#fromClient!.pass(buffer, rest, end);
    this.#endIfTold();
  }

  #tellClient(): void {
    this.#clientTold = true;
    if (this.#fromServer!.closed || this.#serverEnded) return;
    const frame = Buffer.from(closeFrame(this.#closeCode, '', false), 'latin1');
    this.#client.sendBody(frame, 0, frame.length);
    this.#client.flush();
  }

  #tellServer(): void {
    this.#serverTold = true;
    const { writer, socket } = this.#connection;
    if (this.#fromClient!.closed || this.#clientEnded || socket.writeFailed) return;
    writer.text(closeFrame(this.#closeCode, '', true));
    writer.flush();
  }

  /** Both know, and both have said so, or have ended: nothing more is to come. */
  #endIfTold(): void {
    if (!this.#clientTold || !this.#serverTold) return;
    const clientDone = this.#fromClient!.closed || this.#clientEnded;
    const serverDone = this.#fromServer!.closed || this.#serverEnded;
    if (clientDone && serverDone) this.#end(this.#closing);
  }

  /** A peer that was told and does not answer has had its time; one that could not be told sees a connection that breaks off. */
  #cut(): void {
    if (this.#clientTold && this.#serverTold) return this.#end(this.#closing);
    this.#sessions.cut++;
    this.#break(this.#closing!);
  }

  // ---- 6. over ----------------------------------------------------------------------------------------------------

  onDeadline(): void {
    if (this.#closing !== null) return this.#cut();
    const limit = this.#idle === null ? 'protocol.timeout' : 'protocol.upgrade.idleTimeout';
    const silence = new ProxyError('sessionIdle', `one side had ended, and the other sent nothing for ${limit}`);
    if (this.#serverEnded) return this.#end(silence); // what it said before may still be on its way to the client
    if (this.#clientEnded) return this.#break(silence);
    const why = new ProxyError('sessionIdle', 'nothing passed for protocol.upgrade.idleTimeout');
    this.#close(GOING_AWAY, why);
  }

  /** The server's connection is closed: as it should be when both sides have ended. */
  onLost(error: Error | null): void {
    if (this.#clientEnded && this.#serverEnded) return this.#end(this.#closing);
    const how = (error as NodeJS.ErrnoException | null)?.code ?? 'closed';
    const fault = new ProxyError('sessionBroken', `${this.#exchange.server.id} broke off the session: ${how}`, error);
    if (this.#serverEnded)
      this.#end(this.#closing ?? fault); // what it said before is on its way to the client
    else this.#break(this.#closing ?? fault);
  }

  onClientGone(error: ProxyError): void {
    if (this.#over) return;
    if (this.#clientEnded && this.#serverEnded) return this.#end(this.#closing); // its socket was done first
    this.#settle();
    this.#connection.destroy();
    this.#owner.onDone(this.#exchange, this.#closing ?? error);
  }

  onConnected(): void {}

  #end(error: ProxyError | null): void {
    if (this.#over) return;
    this.#settle();
    this.#connection.endSession(this.#grace);
    this.#owner.onDone(this.#exchange, error);
  }

  #break(error: ProxyError): void {
    if (this.#over) return;
    this.#settle();
    this.#connection.destroy();
    this.#client.abortResponse();
    this.#owner.onDone(this.#exchange, error);
  }

  #settle(): void {
    this.#over = true;
    this.#sessions.delete(this);
    this.#client.detach();
    this.#exchange.server.state.sessionEnded();
    this.#exchange.bytesSent += this.#connection.writer.written - this.#sentBefore;
  }
}
