// What files hold, as one text to compare: only those are read that can hold something else than when they were read last.
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import { versionOf } from '../../base/file-version.ts';
import { readFolder } from '../../base/read-folder.ts';
import { readRegularFile } from '../../base/read-regular-file.ts';

/** What is larger is not read: no file of a configuration is. */
const LARGEST = 64 * 1024 * 1024;
/** What changed less than this before it was read may change again without another date: a tick of FAT is 2 s. */
const SETTLED = 3000;

interface Known {
  version: string;
  /** Whether another content has another version for certain. */
  isSettled: boolean;
  digest: string;
}

export class FileDigests {
  readonly #clock: Clock;
  readonly #read: typeof readRegularFile;
  #known: ReadonlyMap<string, Known> = new Map();

  constructor(clock: Clock, read = readRegularFile) {
    this.#clock = clock;
    this.#read = read;
  }

  /** One digest over the bytes of all files that can be read: one more that is absent changes nothing. */
  of(files: readonly string[]): string {
    const hash = createHash('sha256');
    const known = new Map<string, Known>();
    for (const file of files) {
      let one: Known;
      try {
        one = this.#look(file);
      } catch {
        continue; // absent for a moment while it is being replaced, or gone for good: either way different from before
      }
      known.set(file, one);
      hash.update(`${file}\0${one.digest}\0`);
    }
    this.#known = known;
    return hash.digest('hex');
  }

  /** The version is taken before the bytes: what is written meanwhile has another one, and is read again. */
  #look(file: string): Known {
    const now = this.#clock.wall();
    const stats = statSync(file);
    const version = versionOf(stats);
    const before = this.#known.get(file);
    if (before?.isSettled && before.version === version) return before;
    const content = stats.isDirectory() ? namesIn(file) : this.#read(file, LARGEST);
    const digest = createHash('sha256').update(content).digest('hex');
    return { version, isSettled: now - Math.max(stats.mtimeMs, stats.ctimeMs) > SETTLED, digest };
  }
}

/** A folder is what it has in it, by name. */
function namesIn(folder: string): string {
  return readFolder(folder)
    .entries.map(({ name }) => name)
    .join('\0');
}
