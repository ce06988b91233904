// A request body that may have to be sent again, kept while it is sent: its beginning in memory, the rest in a file, and nothing
// at all of one that is too long for both.
import { Buffer } from 'node:buffer';
import { SpillFile } from './spill-file.ts';
import type { SpillFiles } from './spill-files.ts';

/** Bytes; each block is as large as all before it, between these. */
const SMALLEST_BLOCK = 1024;
const LARGEST_BLOCK = 65_536;

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
  /** False where it was too long, or more of it came than the disk took: it cannot be sent again. */
  usable = true;
  readonly #limits: KeptBodyLimits;
  readonly #files: SpillFiles;
  /** All full but the last. */
  readonly #blocks: Buffer[] = [];
  /** Bytes of the last one that are filled. */
  #filled = 0;
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

  /** @param act called when `behind` has become false */
  whenCaughtUp(act: (() => void) | null): void {
    if (this.#file !== null) this.#file.onCaughtUp = act;
  }

  /** Copies buffer[start, end). */
  append(buffer: Buffer, start: number, end: number): void {
    if (!this.usable) return;
    const room = Math.min(end - start, this.#file === null ? this.#limits.bodyMemory - this.#inMemory : 0);
    this.#remember(buffer, start, start + room);
    this.length += end - start;
    if (room < end - start && !this.#spill(Buffer.from(buffer.subarray(start + room, end)))) this.release();
  }

  /** However small the pieces are in which a client sends it, the blocks are not. */
  #remember(buffer: Buffer, start: number, end: number): void {
    for (let at = start; at < end; ) {
      let block = this.#blocks.at(-1);
      if (block === undefined || this.#filled === block.length) {
        const wanted = Math.max(SMALLEST_BLOCK, end - at, this.#inMemory);
        block = Buffer.allocUnsafeSlow(Math.min(wanted, LARGEST_BLOCK));
        this.#blocks.push(block);
        this.#filled = 0;
      }
      const copied = buffer.copy(block, this.#filled, at, end);
      this.#filled += copied;
      this.#inMemory += copied;
      at += copied;
    }
  }

  end(trailers: string): void {
    this.whole = true;
    this.trailers = trailers;
  }

  /** Bytes from `at` on: some of those that are there. Null where they cannot be read. */
  read(at: number): Buffer | Promise<Buffer | null> | null {
    if (!this.usable) return null;
    if (at >= this.#inMemory) return this.#file?.read(at - this.#inMemory) ?? null;
    let start = 0;
    let index = 0;
    while (start + this.#blocks[index]!.length <= at) start += this.#blocks[index++]!.length;
    return this.#blocks[index]!.subarray(at - start, Math.min(this.#inMemory - start, this.#blocks[index]!.length));
  }

  /** The request is settled, or is not tried again. */
  release(): void {
    this.#blocks.length = 0;
    this.#inMemory = 0;
    this.#file?.close();
    this.#file = null;
    this.usable = false;
  }

  #spill(bytes: Buffer): boolean {
    if (bytes.length + (this.#file?.length ?? 0) > this.#limits.bodyFile) return false;
    this.#file ??= new SpillFile(this.#files);
    return this.#file.append(bytes);
  }
}
