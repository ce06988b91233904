// A request body that may have to be sent again, kept while it is sent: its beginning in memory, the rest in a file, and nothing
// at all of one that is too long for both.
import { Buffer } from 'node:buffer';
import { SpillFile } from './spill-file.ts';
import type { SpillFiles } from './spill-files.ts';

export interface KeptBodyLimits {
  readonly bodyMemory: number;
  readonly bodyFile: number;
}

export class KeptBody {
  /** All of it has come, with its trailers. */
  whole = false;
  trailers = '';
  /** Bytes that were kept. */
  length = 0;
  /** It was too long, or could not be written: it cannot be sent again. */
  lost = false;
  readonly #limits: KeptBodyLimits;
  readonly #files: SpillFiles;
  readonly #pieces: Buffer[] = [];
  #inMemory = 0;
  #file: SpillFile | null = null;

  constructor(limits: KeptBodyLimits, files: SpillFiles) {
    this.#limits = limits;
    this.#files = files;
  }

  /** Bytes in memory that are not on their way to the file. */
  get inMemory(): number {
    return this.#inMemory;
  }

  get behind(): boolean {
    return this.#file?.behind ?? false;
  }

  /** True where the whole of what has come is here. */
  get usable(): boolean {
    return !this.lost && this.#file?.broken !== true;
  }

  /** @param act called when `behind` has become false */
  whenCaughtUp(act: (() => void) | null): void {
    if (this.#file !== null) this.#file.onCaughtUp = act;
  }

  /** Copies buffer[start, end). */
  append(buffer: Buffer, start: number, end: number): void {
    if (!this.usable) return;
    const room = Math.min(end - start, this.#file === null ? this.#limits.bodyMemory - this.#inMemory : 0);
    if (room > 0) {
      this.#pieces.push(Buffer.from(buffer.subarray(start, start + room)));
      this.#inMemory += room;
    }
    this.length += end - start;
    if (room < end - start && !this.#spill(Buffer.from(buffer.subarray(start + room, end)))) this.release();
  }

  end(trailers: string): void {
    this.whole = true;
    this.trailers = trailers;
  }

  /** Bytes from `at` on, which is the start of a piece in memory, or in the file. Null where they cannot be read. */
  read(at: number): Buffer | Promise<Buffer | null> | null {
    if (!this.usable) return null;
    if (at >= this.#inMemory) return this.#file?.read(at - this.#inMemory) ?? null;
    let start = 0;
    for (const piece of this.#pieces) {
      if (start + piece.length > at) return piece.subarray(at - start);
      start += piece.length;
    }
    return null;
  }

  /** The request is settled, or is not tried again. */
  release(): void {
    this.#pieces.length = 0;
    this.#inMemory = 0;
    this.#file?.close();
    this.#file = null;
    this.lost = true;
  }

  #spill(bytes: Buffer): boolean {
    if (bytes.length + (this.#file?.length ?? 0) > this.#limits.bodyFile) return false;
    this.#file ??= new SpillFile(this.#files);
    return this.#file.append(bytes);
  }
}
