// Where request bodies are kept that are too long for memory: files of the state directory without a name, so that nothing is
// left of them whatever happens. A disk that is full or broken costs a request its further attempts, and nothing else.
import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** In all files of the process at one time, bytes. */
const MOST_SPILLED = 2 ** 30;

export class SpillFiles {
  /** Null: none are made. */
  directory: string | null = null;
  #left: number;

  /** @param threads that share MOST_SPILLED, each an equal part */
  constructor(threads: number) {
    this.#left = Math.floor(MOST_SPILLED / threads);
  }

  /** @returns false when there is no room left */
  take(bytes: number): boolean {
    if (this.directory === null || bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#left += bytes;
  }

  /** @returns a new file, for the caller to close @throws what the file system throws; then nothing is left open */
  async open(): Promise<FileHandle> {
    const directory = this.directory!;
    await mkdir(directory, { recursive: true });
    const path = join(directory, `body-${randomUUID()}.tmp`);
    const file = await open(path, 'wx+', 0o600);
    try {
      await unlink(path);
    } catch (error) {
      await file.close(); // a handle that is left to the garbage collector ends the worker
      throw error;
    }
    return file;
  }
}
