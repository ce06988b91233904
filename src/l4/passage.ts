// The way between a client and one server: a connection to the server is made, then bytes pass in both directions, with back-pressure,
// and each side may end alone:
//
//   client                        Passage                              server
//     │                              │ 1. ────────────────────── connect ►│
//     │ ── bytes ───────────────────►│ 2. ── held bytes first ────────────►│
//     │ ◄──────────────────────────  │ 3. ◄───────────────────────── bytes │
//     │ ── end ─────────────────────►│ 4. ── end ──►   and the other way
//     │                              │ 5. over: both have ended, or one broke off, and the other is told so
//
// What one side breaks off never looks whole to the other: it is reset too.
import type { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { Deadline, type DeadlineOwner, type DeadlineQueue } from '../base/deadlines.ts';
import { latin1Slice } from '../base/latin1.ts';
import type { ConnectionEnd } from '../model/connection-record.ts';
import type { Server } from '../model/farm.ts';
import { type DialTarget, dial } from '../transport/dial.ts';
import type { ServerSocket, SocketReader } from '../transport/server-socket.ts';
import type { ReadBuffers } from './read-buffers.ts';
import type { VirtualServerServices } from './services.ts';

/** Short reads in a row after which a large buffer is given back. */
const SHORT_READS = 8;

const CONNECTING = 0;
const OPEN = 1;
/** The server is gone, the client still sends: it has some time to see the end. */
const LINGERING = 2;
/** The client is gone in order, the server has not taken everything yet. */
const FINISHING = 3;
const OVER = 4;

export interface PassageOwner {
  /** The server is reached: begin() is due. */
  onConnected(): void;
  /** The server could not be reached; nothing was sent. @param code of the system, or ETIMEDOUT */
  onUnreachable(code: string): void;
  onOver(end: ConnectionEnd, reason: string): void;
}

export class Passage implements SocketReader, DeadlineOwner {
  readonly server: Server;
  readonly #client: Socket;
  readonly #socket: ServerSocket;
  readonly #owner: PassageOwner;
  readonly #services: VirtualServerServices;
  readonly #buffers: ReadBuffers;
  readonly #deadline = new Deadline(this);
  #phase = CONNECTING;
  /** Set once it is open. */
  #idle: DeadlineQueue | null = null;
  #toServer = 0;
  #toClient = 0;
  /** Of its own, while much comes from the server. */
  #large: Buffer | null = null;
  #shortReads = 0;
  /** The client has not taken everything yet: the server is not read. */
  #clientIsFull = false;
  #endedFirst: 'client' | 'server' | null = null;
  #clientEnded = false;
  #serverEnded = false;
  #serverClosed = false;
  #error: NodeJS.ErrnoException | null = null;

  /**
   * @param patience for the connection
   * @param preface what we have to say to the server ourselves; null for nothing
   */
  constructor(
    client: Socket,
    server: Server,
    target: DialTarget,
    patience: DeadlineQueue,
    preface: Buffer | null,
    owner: PassageOwner,
    services: VirtualServerServices,
  ) {
    this.#client = client;
    this.server = server;
    this.#owner = owner;
    this.#services = services;
    this.#buffers = services.buffers;
    this.#socket = dial(target, this, null, () => owner.onConnected(), preface, true);
    this.#socket.on('drain', () => client.resume());
    this.#socket.on('end', () => this.#onServerEnd());
    this.#socket.on('error', (error) => {
      this.#error = error;
    });
    this.#socket.on('close', () => this.#onServerClosed());
    this.#deadline.start(patience);
  }

  /** From the client, and to it. */
  get bytesIn(): number {
    return this.#toServer;
  }

  get bytesOut(): number {
    return this.#toClient;
  }

  /**
   * @param held what the client has said already
   */
  begin(held: Buffer, idle: DeadlineQueue): void {
    this.#phase = OPEN;
    this.#idle = idle;
    this.#moved();
    if (held.length > 0) this.#pass(held);
    this.#client.on('data', this.#onData).on('end', this.#onClientEnd);
    if (this.#client.readableEnded) this.#onClientEnd();
    else if (!this.#serverIsFull) this.#client.resume();
  }

  /** Ends both sides at once. */
  cut(end: ConnectionEnd, reason: string): void {
    this.#break(end, reason);
  }

  // ---- 2. from the client -----------------------------------------------------------------------------------------

  readonly #onData = (piece: Buffer): void => {
    this.#pass(piece);
    if (this.#serverIsFull) this.#client.pause();
  };

  #pass(piece: Buffer): void {
    if (this.#socket.writeFailed || this.#socket.destroyed) return; // what the server still says is passed on
    this.#toServer += piece.length;
    this.server.state.attemptBytes(piece.length, 0);
    this.#socket.write(piece);
    this.#moved();
  }

  get #serverIsFull(): boolean {
    return this.#socket.writableNeedDrain && this.#socket.writableLength > 0;
  }

  // ---- 3. from the server -----------------------------------------------------------------------------------------

  nextBuffer(): Buffer {
    return this.#large ?? this.#buffers.shared;
  }

  onBytes(length: number, buffer: Buffer): void {
    this.#toClient += length;
    this.server.state.attemptBytes(0, length);
    if (buffer === this.#large) {
      this.#client.write(buffer.subarray(0, length), this.#onTaken);
    } else {
      // As text it is copied, so that others may read into the buffer.
      this.#client.write(latin1Slice(buffer, 0, length), 'latin1', this.#onTaken);
      if (length === buffer.length) this.#large = this.#buffers.lend();
    }
    if (this.#client.writableLength > 0) {
      this.#clientIsFull = true; // the buffer belongs to the write until it is taken (DESIGN 5)
      this.#socket.pause();
    } else if (this.#large !== null) this.#considerShared(length);
    this.#moved();
  }

  readonly #onTaken = (): void => {
    if (!this.#clientIsFull || this.#client.writableLength > 0) return;
    this.#clientIsFull = false;
    this.#socket.resume();
  };

  #considerShared(length: number): void {
    this.#shortReads = length <= this.#buffers.shared.length ? this.#shortReads + 1 : 0;
    if (this.#shortReads === SHORT_READS) this.#giveLargeBack(true);
  }

  #giveLargeBack(isFree: boolean): void {
    if (this.#large !== null) this.#buffers.takeBack(this.#large, isFree);
    this.#large = null;
    this.#shortReads = 0;
  }

  /** Bytes have passed: the time of silence begins anew. */
  #moved(): void {
    if (this.#phase === OPEN) this.#deadline.start(this.#idle!);
  }

  // ---- 4. each side ends alone ------------------------------------------------------------------------------------

  readonly #onClientEnd = (): void => {
    this.#clientEnded = true;
    this.#endedFirst ??= 'client';
    this.#moved();
    this.#socket.end();
  };

  #onServerEnd(): void {
    if (this.#phase === CONNECTING) return; // it is closed next
    this.#serverEnded = true;
    this.#endedFirst ??= 'server';
    this.#moved();
    this.#client.end();
  }

  // ---- 5. over ----------------------------------------------------------------------------------------------------

  onDeadline(): void {
    if (this.#phase === CONNECTING) return this.#giveUp('ETIMEDOUT');
    if (this.#serverClosed)
      this.#client.destroy(); // it had its time to see the end
    else this.#break('idle', '');
  }

  #onServerClosed(): void {
    this.#serverClosed = true;
    if (this.#phase === OVER) return;
    if (this.#phase === CONNECTING) return this.#giveUp(this.#error?.code ?? 'closed');
    if (this.#phase === FINISHING && this.#error === null) return this.#settle(this.#endedFirst!, '');
    if (!this.#serverEnded || this.#phase === FINISHING)
      return this.#break('serverBroke', this.#error?.code ?? 'closed');
    if (this.#clientEnded) return; // the last bytes are on their way to the client
    // The client goes on sending. Closing at once would destroy what it has not read yet (DESIGN 5).
    this.#phase = LINGERING;
    this.#deadline.start(this.#services.deadlines.queue(this.#services.lingerTimeout));
    this.#client.resume();
  }

  /** The client's socket is closed. @param code of the error that closed it; null for none */
  onClientClosed(code: string | null): void {
    if (this.#phase === OVER) return;
    if (this.#serverEnded && this.#serverClosed) return this.#settle(this.#endedFirst!, '');
    if (this.#serverEnded && this.#clientEnded) {
      this.#phase = FINISHING; // the time of silence goes on
      return;
    }
    this.#break('clientBroke', code ?? 'closed');
  }

  #giveUp(code: string): void {
    if (this.#phase === OVER) return;
    this.#phase = OVER;
    this.#deadline.stop();
    this.#socket.destroy();
    this.#owner.onUnreachable(code);
  }

  #break(end: ConnectionEnd, reason: string): void {
    if (this.#phase === OVER) return;
    breakOff(this.#socket);
    breakOff(this.#client);
    this.#settle(end, reason);
  }

  #settle(end: ConnectionEnd, reason: string): void {
    this.#phase = OVER;
    this.#deadline.stop();
    this.#giveLargeBack(!this.#clientIsFull);
    this.#owner.onOver(end, reason);
  }
}

/** The other end sees an error; a Unix socket knows no reset. */
export function breakOff(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
