// One connection to a server: idle in its pool, or lent to one exchange.
import { BatchedWriter } from '../../base/batched-writer.ts';
import { Deadline, type DeadlineQueue } from '../../base/deadlines.ts';
import type { BufferHolder } from '../../model/client.ts';
import type { SecureServer } from '../../transport/connect-securely.ts';
import { type DialTarget, dial } from '../../transport/dial.ts';
import type { ServerSocket, SocketReader } from '../../transport/server-socket.ts';
import type { ReadBuffers } from './read-buffers.ts';

/** Silence after which the system asks whether the peer of a session is still there, ms. */
const KEEP_ALIVE_AFTER = 60_000;

/** Who has borrowed the connection: an exchange. */
export interface ConnectionUser {
  onConnected(): void;
  /** buffer[0, length); used up when this returns, unless `holder` then retains it. */
  onBytes(buffer: Buffer, length: number): void;
  readonly holder: BufferHolder;
  onDrain(): void;
  /** The server has ended its side. */
  onServerEnd(): void;
  /** The connection broke, or could not be made. */
  onLost(error: Error | null): void;
  onDeadline(): void;
  /** An operator stops the server at once. */
  onCut(): void;
}

export class ServerConnection implements SocketReader {
  readonly socket: ServerSocket;
  readonly writer: BatchedWriter;
  /** Exchanges that it has served; above 0 the server may be about to close it. */
  served = 0;
  /** Coarse monotonic ms since when it is idle. */
  idleSince = 0;
  /** Of the pool, when it was opened: an old one is not kept. */
  generation = 0;
  connected = false;
  /** It is known to the server as one user's: never pooled again. */
  pinned = false;
  /** It closes so that another worker may open one. */
  givenUp = false;
  /** How long it is kept idle, ms: protocol.idleTimeout, or less where the server said so. */
  keepFor = 0;
  /** By TLS. */
  readonly secure: boolean;
  readonly #deadline: Deadline;
  readonly #buffers: ReadBuffers;
  readonly #onClosed: (connection: ServerConnection) => void;
  #buffer: Buffer | null = null;
  #session = false;
  /** More came for the session than the shared buffer holds. */
  #wantsOwnBuffer = false;
  #user: ConnectionUser | null = null;
  #error: Error | null = null;

  /** @param secure null: without TLS */
  constructor(
    target: DialTarget,
    secure: SecureServer | null,
    preface: Buffer | null,
    buffers: ReadBuffers,
    onClosed: (connection: ServerConnection) => void,
  ) {
    this.secure = secure !== null;
    this.#buffers = buffers;
    this.#onClosed = onClosed;
    this.#deadline = new Deadline(this);
    const onReady = (): void => {
      this.connected = true;
      this.#user?.onConnected();
    };
    this.socket = dial(target, this, secure, onReady, preface);
    this.writer = new BatchedWriter(this.socket);
    this.socket.on('drain', () => {
      this.socket.setTimeout(0);
      this.#user?.onDrain();
    });
    this.socket.on('timeout', () => this.#user?.onDeadline());
    this.socket.on('end', () => this.#onEnd());
    this.socket.on('error', (error) => {
      this.#error = error;
    });
    this.socket.on('close', () => this.#onClose());
  }

  get usable(): boolean {
    return !this.socket.destroyed && !this.socket.writeFailed && this.socket.readable;
  }

  lend(user: ConnectionUser): void {
    this.#user = user;
  }

  /**
   * Bytes go to and fro for `user` from now on, perhaps for days. While little comes it is read through a buffer that all
   * sessions share, so that a silent one holds none; its user has to write at once and as text what it gets from there.
   */
  beginSession(user: ConnectionUser): void {
    this.#user = user;
    this.#session = true;
    this.#deadline.stop();
    this.socket.setTimeout(0);
    this.socket.allowHalfOpen = true;
    this.socket.setKeepAlive(true, KEEP_ALIVE_AFTER);
  }

  /** Closes it once everything is written. @param most where the server does not take it */
  endSession(most: DeadlineQueue): void {
    this.#user = null;
    if (this.socket.destroyed) return;
    this.#deadline.start(most);
    this.socket.destroySoon();
  }

  /** The exchange is over: whatever comes now finds no user. */
  takeBack(): void {
    this.#user = null;
    this.#deadline.stop();
    // TLS passes on the records that it has, although nothing more is to be read: the last one may come then.
    if (this.socket.isPaused()) this.socket.resume();
  }

  /** @param said seconds, by the server's Keep-Alive field; below 0: it said nothing. @param most ms, protocol.idleTimeout */
  keepAsLongAs(said: number, most: number): void {
    // One second less than the server says: it may be closing while our request is on its way (DESIGN 5).
    this.keepFor = said < 0 ? most : Math.min(most, (said - 1) * 1000);
  }

  /** Ends it at once, whoever uses it. */
  cut(): void {
    if (this.#user !== null) this.#user.onCut();
    else this.destroy();
  }

  startDeadline(queue: DeadlineQueue): void {
    this.#deadline.start(queue);
  }

  stopDeadline(): void {
    this.#deadline.stop();
  }

  destroy(): void {
    this.#user = null;
    this.#deadline.stop();
    this.socket.destroy();
  }

  onDeadline(): void {
    if (this.#user !== null) this.#user.onDeadline();
    else this.socket.destroy(); // idle for protocol.idleTimeout
  }

  nextBuffer(): Buffer {
    if (this.#session && !this.#wantsOwnBuffer) return this.#buffers.shared;
    this.#buffer ??= this.#buffers.take();
    return this.#buffer;
  }

  onBytes(length: number, buffer: Buffer): void {
    const user = this.#user;
    if (user === null) {
      this.socket.destroy(); // bytes that nobody asked for (CONTRACT 3)
      return;
    }
    user.onBytes(buffer, length);
    if (this.#buffer !== null && user.holder.retains) this.#leave(this.#buffer, user.holder);
    if (this.#session) this.#chooseBuffer(length === buffer.length);
  }

  /** The client's socket still reads from it. */
  #leave(buffer: Buffer, holder: BufferHolder): void {
    this.#buffer = null;
    holder.whenReleased(() => this.#buffers.give(buffer));
  }

  /** @param isMore the last read filled its buffer */
  #chooseBuffer(isMore: boolean): void {
    this.#wantsOwnBuffer = isMore;
    if (isMore || this.#buffer === null) return;
    this.#buffers.give(this.#buffer);
    this.#buffer = null;
  }

  #onEnd(): void {
    if (this.#user === null) this.socket.destroy();
    // An alert of TLS is an error, and the end of the connection comes right behind it.
    else if (this.#error !== null) this.#user.onLost(this.#error);
    else this.#user.onServerEnd();
  }

  #onClose(): void {
    this.#deadline.stop();
    if (this.#buffer !== null) this.#buffers.give(this.#buffer);
    this.#buffer = null;
    this.#onClosed(this);
    const user = this.#user;
    this.#user = null;
    user?.onLost(this.#error);
  }
}
