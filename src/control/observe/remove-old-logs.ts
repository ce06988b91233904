// Removes what a rolling log has left behind beyond the number of files to keep.
import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { namePattern } from './path-template.ts';

/**
 * Looks in the folder of the present file only; the age of a file is when it was last written.
 *
 * @param present path of the present file, made of `template`
 * @param keep how many files stay, the present one included: at least 1
 */
export async function removeOldLogs(template: string, present: string, keep: number): Promise<void> {
  const folder = dirname(present);
  const pattern = namePattern(template);
  const older: { path: string; written: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (path === present || !pattern.test(name)) continue;
    older.push({ path, written: (await stat(path)).mtimeMs });
  }
  // Clocks of file systems are coarse: of files as old as each other the greater name is taken for the newer.
  older.sort((a, b) => b.written - a.written || (a.path < b.path ? 1 : -1));
  for (const { path } of older.slice(keep - 1)) await rm(path, { force: true });
}
