// Who changed what, when, from where and why: kept in memory for listing and undoing, and appended to a file of the state directory.
import { appendFileSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { makeFolder } from '../../base/make-folder.ts';
import type { AuditEntry, Author, Change } from '../../model/farm-operations.ts';

/** Entries that are listed. */
const MOST_LISTED = 1000;
/** Bytes after which the file begins anew; the one before stays beside it. */
const MOST_BYTES = 8 * 1024 * 1024;

export class AuditLog {
  readonly #path: string | null;
  readonly #clock: Clock;
  readonly #warn: (message: string) => void;
  readonly #entries: AuditEntry[] = [];
  #lastId = 0;

  /** @param warn a disk that fails is said, and keeps nobody from changing anything */
  constructor(stateDirectory: string | null, clock: Clock, warn: (message: string) => void) {
    this.#path = stateDirectory === null ? null : join(stateDirectory, 'audit.jsonl');
    this.#clock = clock;
    this.#warn = warn;
    this.#readBack();
  }

  record(author: Author, change: Change, undoes?: number): AuditEntry {
    const at = new Date(this.#clock.wall()).toISOString();
    const entry: AuditEntry = {
      id: ++this.#lastId,
      at,
      ...author,
      change,
      ...(undoes === undefined ? {} : { undoes }),
    };
    this.#remember(entry);
    this.#append(entry);
    return entry;
  }

  /** The latest, oldest first. */
  get entries(): readonly AuditEntry[] {
    return this.#entries;
  }

  find(id: number): AuditEntry | undefined {
    return this.#entries.find((entry) => entry.id === id);
  }

  #remember(entry: AuditEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > MOST_LISTED) this.#entries.shift();
  }

  #readBack(): void {
    if (this.#path === null) return;
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch {
      return; // none yet, or none that we may read: appending will say so
    }
    for (const line of text.split('\n').slice(-MOST_LISTED - 1)) {
      try {
        const entry = JSON.parse(line) as AuditEntry;
        if (typeof entry.id !== 'number' || typeof entry.change !== 'object') continue;
        this.#lastId = Math.max(this.#lastId, entry.id);
        this.#remember(entry);
      } catch {
        // The line that a crash cut off, or the empty one at the end.
      }
    }
  }

  #append(entry: AuditEntry): void {
    if (this.#path === null) return;
    try {
      makeFolder(join(this.#path, '..'));
      const size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
      if (size > MOST_BYTES) renameSync(this.#path, `${this.#path}.1`);
      appendFileSync(this.#path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    } catch (error) {
      this.#warn(`a change was not recorded on disk: ${(error as Error).message}`);
    }
  }
}
