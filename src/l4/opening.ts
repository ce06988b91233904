// The first bytes of a client, for who has to see them before a server is chosen: a PROXY header, a ClientHello, the beginning of a
// protocol. They are held, and passed on with what follows.
import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { Deadline, type DeadlineOwner, type DeadlineQueue } from '../base/deadlines.ts';

/** What made it look: bytes came, the client ended its side, or the time is over. */
export type OpeningEvent = 'bytes' | 'end' | 'late';

/** Looks at all that has come. @returns true once it has seen enough */
export type OpeningReader = (bytes: Buffer, event: OpeningEvent) => boolean;

export class Opening implements DeadlineOwner {
  readonly #socket: Socket;
  readonly #reader: OpeningReader;
  readonly #deadline = new Deadline(this);
  #bytes: Buffer = Buffer.alloc(0);
  #isOver = false;

  /** @param reader called until it returns true: `socket` is paused by then, and what it holds comes behind the bytes seen */
  constructor(socket: Socket, patience: DeadlineQueue, reader: OpeningReader) {
    this.#socket = socket;
    this.#reader = reader;
    this.#deadline.start(patience);
    socket.on('data', this.#onData).on('end', this.#onEnd);
    socket.resume();
  }

  /** It reads no more. */
  stop(): void {
    if (this.#isOver) return; // whoever has stopped it may be reading by now
    this.#isOver = true;
    this.#deadline.stop();
    this.#socket.off('data', this.#onData).off('end', this.#onEnd);
    this.#socket.pause();
  }

  onDeadline(): void {
    this.#look('late');
  }

  readonly #onData = (piece: Buffer): void => {
    this.#bytes = this.#bytes.length === 0 ? piece : Buffer.concat([this.#bytes, piece]);
    this.#socket.pause();
    if (!this.#look('bytes')) this.#socket.resume();
  };

  readonly #onEnd = (): void => void this.#look('end');

  #look(event: OpeningEvent): boolean {
    const isDone = this.#reader(this.#bytes, event);
    if (isDone) this.stop();
    return isDone;
  }
}
