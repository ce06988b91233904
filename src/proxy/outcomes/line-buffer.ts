// Collects log lines as bytes and hands them over whole: the writing happens on another thread (DESIGN 2, Logs).

/** Takes the bytes of whole lines. The memory behind them is the taker's from then on, so it may be transferred. */
export type TakeLines = (lines: Uint8Array<ArrayBuffer>) => void;

export class LineBuffer {
  readonly #size: number;
  readonly #take: TakeLines;
  #buffer: Buffer<ArrayBuffer>;
  #used = 0;

  /** @param size bytes to collect at most before they are handed over */
  constructor(size: number, take: TakeLines) {
    this.#size = size;
    this.#take = take;
    this.#buffer = Buffer.allocUnsafeSlow(size);
  }

  /** @param line ASCII, with its `\n` */
  append(line: string): void {
    if (this.#used + line.length > this.#buffer.length) this.handOver();
    if (line.length > this.#buffer.length) {
      this.#take(Buffer.concat([Buffer.from(line, 'latin1')]));
      return;
    }
    this.#used += this.#buffer.write(line, this.#used, 'latin1');
  }

  /** Hands over what there is; nothing happens when there is nothing. */
  handOver(): void {
    if (this.#used === 0) return;
    const lines = this.#buffer.subarray(0, this.#used);
    this.#buffer = Buffer.allocUnsafeSlow(this.#size);
    this.#used = 0;
    this.#take(lines);
  }
}
