// Changes a body that has no Content-Encoding: what comes in goes out before write() returns.
import type { BodyOutput, BodyTransform } from '../../../model/body-transform.ts';
import { asProxyError } from '../../../model/proxy-error.ts';
import type { BodyFilter } from './body-filter.ts';

/** Makes the filters of one body; the last of them gives its bytes to `output`. */
export type FilterChain = (output: BodyFilter) => BodyFilter;

export class PlainRewrite implements BodyTransform, BodyFilter {
  /** What it holds is bounded, and asking for less would not make it less. */
  readonly full = false;
  readonly #chain: FilterChain;
  #first: BodyFilter | null = null;
  #output: BodyOutput | null = null;
  #ended = false;

  constructor(chain: FilterChain) {
    this.#chain = chain;
  }

  begin(output: BodyOutput): void {
    this.#output = output;
    this.#first = this.#chain({
      write: (buffer, start, end) => output.write(buffer, start, end),
      end: () => output.done(),
    });
  }

  write(buffer: Buffer, start: number, end: number): void {
    try {
      this.#first?.write(buffer, start, end);
    } catch (error) {
      this.#fail(error);
    }
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    try {
      this.#first?.end();
    } catch (error) {
      this.#fail(error);
    }
  }

  pause(): void {}

  resume(): void {}

  destroy(): void {
    this.#first = null;
  }

  #fail(error: unknown): void {
    this.#first = null;
    this.#output!.fail(asProxyError(error));
  }
}
