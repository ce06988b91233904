// Reads the names in a folder that somebody else may fill: only so many of them.
import { type Dirent, opendirSync } from 'node:fs';

export interface FolderRead {
  /** In the order of their names. */
  entries: Dirent[];
  /** True when there are more: which ones are left out is up to the disk. */
  cutOff: boolean;
}

/** In a folder with more entries than this, some are not seen. */
export const MOST_ENTRIES = 20_000;

/** @throws Error where `path` cannot be read or is no folder */
export function readFolder(path: string, most = MOST_ENTRIES): FolderRead {
  const folder = opendirSync(path, { bufferSize: 256 });
  try {
    const entries: Dirent[] = [];
    let cutOff = false;
    for (let entry = folder.readSync(); entry !== null && !cutOff; entry = folder.readSync()) {
      if (entries.length < most) entries.push(entry);
      else cutOff = true;
    }
    return { entries: entries.sort((a, b) => (a.name < b.name ? -1 : 1)), cutOff };
  } finally {
    folder.closeSync();
  }
}
