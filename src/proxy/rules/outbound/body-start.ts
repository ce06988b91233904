// The first filter of a body: shows its first bytes to its character set, and says which rule it is that fails.
import { type BodyCharset, MARK_BYTES } from './body-charset.ts';
import type { BodyFilter } from './body-filter.ts';
import { asFailure, type ResponseRun } from './response-run.ts';

export class BodyStart implements BodyFilter {
  readonly #run: ResponseRun;
  readonly #charset: BodyCharset;
  readonly #next: BodyFilter;
  #start = '';

  constructor(run: ResponseRun, charset: BodyCharset, next: BodyFilter) {
    this.#run = run;
    this.#charset = charset;
    this.#next = next;
  }

  write(buffer: Buffer, start: number, end: number): void {
    if (this.#start.length < MARK_BYTES) {
      this.#start += buffer.toString('latin1', start, Math.min(end, start + MARK_BYTES - this.#start.length));
      this.#charset.seeStart(this.#start);
    }
    this.#run.beginWork();
    try {
      this.#next.write(buffer, start, end);
    } catch (error) {
      throw asFailure(error, this.#run);
    }
  }

  end(): void {
    this.#run.beginWork();
    try {
      this.#next.end();
    } catch (error) {
      throw asFailure(error, this.#run);
    }
  }
}
