// The part of one request body that is kept in a file. Bytes are written behind, in the order in which they came.
import { Buffer } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import type { SpillFiles } from './spill-files.ts';

/** Bytes that wait to be written before the client is asked to wait. */
const BEHIND = 262_144;
/** Of one read. */
const PIECE = 65_536;

export class SpillFile {
  /** Bytes taken, written or not. */
  length = 0;
  /** The disk took no more: what was taken before can be read, and nothing is added. */
  broken = false;
  /** Called when `behind` has become false. */
  onCaughtUp: (() => void) | null = null;
  readonly #files: SpillFiles;
  /** From #written on. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #written = 0;
  #work: Promise<void> | null = null;
  #file: FileHandle | null = null;
  #closed = false;

  constructor(files: SpillFiles) {
    this.#files = files;
  }

  /** True while the disk is slower than the client. */
  get behind(): boolean {
    return !this.broken && this.#pendingBytes > BEHIND;
  }

  /** @param bytes its own, not changed by anybody. @returns false when there is no room for it */
  append(bytes: Buffer): boolean {
    if (this.broken || !this.#files.take(bytes.length)) return false;
    this.length += bytes.length;
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#work ??= this.#write();
    return true;
  }

  /** Bytes from `at` on. Null where the file cannot be read. */
  async read(at: number): Promise<Buffer | null> {
    while (at >= this.#written && this.#work !== null) await this.#work;
    if (at >= this.#written) return this.#unwritten(at - this.#written);
    if (this.#file === null) return null;
    try {
      const buffer = Buffer.allocUnsafe(Math.min(PIECE, this.#written - at));
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, at);
      return bytesRead === 0 ? null : buffer.subarray(0, bytesRead);
    } catch {
      return null;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onCaughtUp = null;
    this.#files.giveBack(this.length);
    if (this.#work === null) this.#closeFile();
  }

  async #write(): Promise<void> {
    try {
      this.#file ??= await this.#files.open();
      while (this.#pending.length > 0 && !this.#closed) await this.#writePending(this.#file);
    } catch {
      this.broken = true; // the disk is full, or gone
    }
    this.#work = null;
    if (this.#closed) return this.#closeFile();
    this.onCaughtUp?.();
  }

  async #writePending(file: FileHandle): Promise<void> {
    const wasBehind = this.behind;
    const pieces = [...this.#pending]; // they stay until the disk has them
    const bytes = this.#pendingBytes;
    const { bytesWritten } = await file.writev(pieces, this.#written);
    if (bytesWritten !== bytes) throw new Error('the disk took a part of it'); // a hole would be sent as the body
    this.#pending.splice(0, pieces.length);
    this.#written += bytes;
    this.#pendingBytes -= bytes;
    if (wasBehind && !this.behind) this.onCaughtUp?.();
  }

  #unwritten(offset: number): Buffer | null {
    let start = 0;
    for (const piece of this.#pending) {
      if (offset < start + piece.length) return piece.subarray(offset - start);
      start += piece.length;
    }
    return null;
  }

  #closeFile(): void {
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#file?.close().catch(() => {});
    this.#file = null;
  }
}
