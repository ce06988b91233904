// Sends a kept body again, no faster than the server takes it.
import type { Buffer } from 'node:buffer';
import type { KeptBody } from './kept-body.ts';

export interface ReplayTarget {
  /** The next bytes. @returns false when no more is taken for now: pump() goes on */
  onReplay(piece: Buffer): boolean;
  /** All that was kept is sent. */
  onReplayed(): void;
  /** It could not be read. */
  onReplayFailed(): void;
}

export class BodyReplay {
  readonly #body: KeptBody;
  readonly #target: ReplayTarget;
  #at = 0;
  #reading = false;
  #over = false;

  constructor(body: KeptBody, target: ReplayTarget) {
    this.#body = body;
    this.#target = target;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Nothing more is wanted. */
  stop(): void {
    this.#over = true;
  }

  /** Sends as much as is taken. */
  pump(): void {
    while (!this.#over && !this.#reading && this.#at < this.#body.length) {
      const piece = this.#body.read(this.#at);
      if (piece instanceof Promise) return this.#await(piece);
      if (piece === null) return this.#fail();
      if (!this.#send(piece)) return;
    }
    if (this.#over || this.#reading) return;
    this.#over = true;
    this.#target.onReplayed();
  }

  #send(piece: Buffer): boolean {
    this.#at += piece.length;
    return this.#target.onReplay(piece);
  }

  #await(pending: Promise<Buffer | null>): void {
    this.#reading = true;
    void pending.then((piece) => {
      this.#reading = false;
      if (this.#over) return;
      if (piece === null) this.#fail();
      else if (this.#send(piece)) this.pump();
    });
  }

  #fail(): void {
    this.#over = true;
    this.#target.onReplayFailed();
  }
}
