// Whether the file that was opened stands where one was looked for. Whoever may write below the root of a site could swap a
// folder on the way for a link in between, and so have any file of the machine sent.
import { readlink } from 'node:fs';

/** Linux says by what name an open file is known; elsewhere, and without /proc, `path` is believed. */
export function isOpenAs(fd: number, path: string, tell: (is: boolean) => void): void {
  if (process.platform !== 'linux') return tell(true);
  readlink(`/proc/self/fd/${fd}`, (error, name) =>
    // One that was replaced since is sent as it was opened.
    tell(error !== null || name === path || name === `${path} (deleted)`),
  );
}
