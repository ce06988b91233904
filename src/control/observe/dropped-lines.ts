// Lines that could not be written: counted for ever, said once in a while.
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';

const PERIOD = 10_000;
const NEWLINE = 0x0a;

export class DroppedLines {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #path: string;
  #total = 0;
  #unsaid = 0;
  #waiting = false;

  constructor(path: string, logger: Logger, clock: Clock) {
    this.#path = path;
    this.#logger = logger;
    this.#clock = clock;
  }

  get total(): number {
    return this.#total;
  }

  /** @param lines bytes of whole lines */
  add(lines: Uint8Array): void {
    let count = 0;
    for (let at = lines.indexOf(NEWLINE); at !== -1; at = lines.indexOf(NEWLINE, at + 1)) count++;
    this.#total += count;
    this.#unsaid += count;
    if (!this.#waiting) this.#say();
  }

  #say(): void {
    if (this.#unsaid === 0) {
      this.#waiting = false;
      return;
    }
    this.#logger.warn(
      { event: 'access-log-dropped', path: this.#path, lines: this.#unsaid, total: this.#total },
      'access log lines were dropped: the file takes them slower than they come',
    );
    this.#unsaid = 0;
    this.#waiting = true;
    this.#clock.after(PERIOD, () => this.#say());
  }
}
