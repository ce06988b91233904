// A client for whom there is no server yet: what it says is held, so that one who breaks off is seen, and gives up his place. One
// who ends his side may still want an answer: that is passed on.
import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';

/** Bytes from which on it is not read any more. */
const MOST_HELD = 65_536;

export class HeldClient {
  readonly #socket: Socket;
  readonly #pieces: Buffer[] = [];
  #length = 0;

  /** @param first what it has said already */
  constructor(socket: Socket, first: Buffer) {
    this.#socket = socket;
    this.#keep(first);
    socket.on('data', this.#onData);
    if (this.#length < MOST_HELD) socket.resume();
  }

  /** It reads no more. @returns all that the client has said */
  release(): Buffer {
    this.#socket.off('data', this.#onData);
    this.#socket.pause();
    return this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
  }

  readonly #onData = (piece: Buffer): void => {
    this.#keep(piece);
    if (this.#length >= MOST_HELD) this.#socket.pause();
  };

  #keep(piece: Buffer): void {
    if (piece.length > 0) this.#pieces.push(piece);
    this.#length += piece.length;
  }
}
