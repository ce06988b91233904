// A file of the state directory that holds one JSON value: written whole under another name and renamed, so that nobody ever finds half of it.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../base/make-folder.ts';

export class StateFile {
  /** Null: there is no state directory, and nothing is kept. */
  readonly #path: string | null;
  readonly #warn: (message: string) => void;

  /** @param warn told what went wrong, and what follows from it */
  constructor(stateDirectory: string | null, name: string, warn: (message: string) => void) {
    this.#path = stateDirectory === null ? null : join(stateDirectory, name);
    this.#warn = warn;
  }

  /** Whether there is a place to write to. */
  get exists(): boolean {
    return this.#path !== null;
  }

  /** What was written last; undefined where there is nothing. What cannot be read is put aside, and said. */
  read(): unknown {
    if (this.#path === null) return undefined;
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#warn(`${(error as Error).message}: starting without it`);
      return undefined;
    }
    try {
      return JSON.parse(text);
    } catch (error) {
      this.putAside((error as Error).message);
      return undefined;
    }
  }

  /** What read() gave is none of ours. */
  putAside(reason: string): void {
    const aside = `${this.#path}.broken`;
    this.#warn(`${this.#path} cannot be used (${reason}): it is kept as ${aside}, and we start without it`);
    try {
      renameSync(this.#path!, aside);
    } catch (error) {
      this.#warn((error as Error).message);
    }
  }

  /** @returns whether it is on the disk now */
  write(value: unknown): boolean {
    if (this.#path === null) return false;
    const draft = `${this.#path}.${process.pid}`;
    try {
      makeFolder(dirname(this.#path));
      writeFileSync(draft, `${JSON.stringify(value)}\n`, { mode: 0o600 });
      renameSync(draft, this.#path);
      return true;
    } catch (error) {
      this.#warn(`${(error as Error).message}: it is lost with a restart`);
      return false;
    }
  }
}
