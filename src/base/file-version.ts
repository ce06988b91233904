// Whether something on the disk is still what it was when it was looked at.
import type { Stats } from 'node:fs';

/** What changed less than this before the look may change again without another date: clocks of disks tick slowly. */
const SETTLED_MS = 1000;

export interface FileVersion {
  /** Another text for every other content, name or place. */
  readonly version: string;
  /** When something of it changed last, its name and rights included; ms since 1970. */
  readonly changedMs: number;
}

/** The version that `stats` are of. */
export function versionOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${dev}.${ino}.${size}.${mtimeMs}.${ctimeMs}`;
}

/** Whether a look at wall time `now` can be relied on as long as the version is the same. */
export function isSettled({ changedMs }: Pick<FileVersion, 'changedMs'>, now: number): boolean {
  return now - changedMs > SETTLED_MS;
}
