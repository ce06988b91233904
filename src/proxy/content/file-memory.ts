// What is remembered of files that were served: which file a path led to, with its compressed neighbours, and what
// stands in small ones. Nothing is believed without a look at the disk: one stat for the file, its folder and each
// neighbour says whether all of it is as it was. That costs less than half of finding and reading them again.
import { stat } from 'node:fs/promises';
import { systemClock } from '../../base/clock.ts';
import { type FileVersion, isSettled, versionOf } from '../../base/file-version.ts';
import type { FoundFile } from '../../base/find-file.ts';
import type { Encoded } from './precompressed.ts';

const MOST_PATHS = 2000;
const LARGEST_KEPT = 65_536;
const MOST_BYTES = 16 * 1024 * 1024;

/** Where a path leads. */
export interface Choice {
  readonly file: FoundFile;
  readonly neighbours: readonly Encoded[];
}

interface Remembered {
  readonly choice: Choice;
  readonly checks: readonly { path: string; version: string }[];
}

export class FileMemory {
  readonly #now: () => number;
  readonly #paths = new Map<string, Remembered>();
  readonly #contents = new Map<string, { version: string; bytes: Buffer }>();
  #bytes = 0;

  /** @param now wall time of the disk */
  constructor(now: () => number = systemClock.wall) {
    this.#now = now;
  }

  /** What `key` led to, if all of it is still so. */
  async recall(key: string): Promise<Choice | null> {
    const known = this.#paths.get(key);
    if (known === undefined) return null;
    const seen = await Promise.all(known.checks.map(({ path }) => look(path)));
    this.#paths.delete(key);
    if (!known.checks.every(({ version }, index) => version === seen[index])) return null;
    this.#paths.set(key, known); // now the youngest
    return known.choice;
  }

  /** @param folders those in which another file would change the choice: a neighbour, a default document */
  async remember(key: string, choice: Choice, folders: readonly string[]): Promise<void> {
    const now = this.#now();
    const found: (FileVersion & { path: string })[] = [choice.file, ...choice.neighbours.map(({ file }) => file)];
    if (!found.every((each) => isSettled(each, now))) return;
    for (const path of new Set(folders)) {
      const stats = await stat(path).catch(() => null);
      if (stats === null || !isSettled({ changedMs: stats.ctimeMs }, now)) return;
      found.push({ path, version: versionOf(stats), changedMs: stats.ctimeMs });
    }
    this.#paths.set(key, { choice, checks: found.map(({ path, version }) => ({ path, version })) });
    if (this.#paths.size > MOST_PATHS) this.#paths.delete(this.#paths.keys().next().value!);
  }

  /** What stands in `file`, where that is known of this very version. */
  contentOf({ realPath, version }: FoundFile): Buffer | null {
    const kept = this.#contents.get(realPath);
    return kept?.version === version ? kept.bytes : null;
  }

  /** Whether the content of `file` is to be given to keep(). */
  wants(file: FoundFile): boolean {
    return file.size > 0 && file.size <= LARGEST_KEPT && isSettled(file, this.#now());
  }

  /** Keeps what was read of `file` while it was of `version`; nobody may change `bytes` afterwards. */
  keep({ realPath, version }: FoundFile, seen: string, bytes: Buffer): void {
    if (seen !== version) return;
    this.#drop(realPath);
    this.#contents.set(realPath, { version, bytes });
    this.#bytes += bytes.length;
    while (this.#bytes > MOST_BYTES) this.#drop(this.#contents.keys().next().value!);
  }

  #drop(realPath: string): void {
    this.#bytes -= this.#contents.get(realPath)?.bytes.length ?? 0;
    this.#contents.delete(realPath);
  }
}

async function look(path: string): Promise<string | null> {
  return stat(path).then(versionOf, () => null);
}
