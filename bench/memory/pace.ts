// Keeps a reader slow: it has taken its bytes, and waits until that many are due.
import { setTimeout as pause } from 'node:timers/promises';

export class Pace {
  readonly #bytesPerSecond: number;
  #startedAt = 0;
  #taken = 0;

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  async take(bytes: number): Promise<void> {
    this.#startedAt ||= performance.now();
    this.#taken += bytes;
    const due = this.#startedAt + (this.#taken / this.#bytesPerSecond) * 1000;
    const early = due - performance.now();
    if (early > 1) await pause(early);
  }
}
