// The secret of the affinity cookies where the configuration names none: made once in the state directory, so that a
// restart logs nobody out (CONTRACT 2, affinity value).
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../base/make-folder.ts';

const FILE_NAME = 'affinity.secret';
const SHAPE = /^[0-9a-f]{64}$/;

/**
 * The secret in `stateDirectory`, made there if there is none; one for this run where that cannot be done.
 * @param stateDirectory absolute; null: nothing is read or written
 * @param warn told what went wrong, and what follows from it
 */
export function affinitySecret(stateDirectory: string | null, warn: (message: string) => void): string {
  if (stateDirectory === null) return newSecret();
  const file = join(stateDirectory, FILE_NAME);
  try {
    return read(file, warn) ?? make(stateDirectory, file, warn);
  } catch (error) {
    warn(
      `${(error as Error).message}: affinity cookies hold until this router stops; set affinity.secret to keep them`,
    );
    return newSecret();
  }
}

/** The secret that a router with `stateDirectory` uses, for who only looks: nothing is made. Null when there is none. */
export function existingAffinitySecret(stateDirectory: string | null): string | null {
  if (stateDirectory === null) return null;
  try {
    return read(join(stateDirectory, FILE_NAME), () => {});
  } catch {
    return null; // not readable by this user: then no cookie is recognised, which explain says
  }
}

/** Null when there is no file. Throws when it holds no secret or may not be read. */
function read(file: string, warn: (message: string) => void): string | null {
  let secret: string;
  try {
    secret = readFileSync(file, 'latin1').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  if (!SHAPE.test(secret)) throw new Error(`${file} holds no secret`);
  // Windows has no such bits: there the folder's access list protects the file.
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    warn(`${file} may be read by other users: chmod 600 it`);
  }
  return secret;
}

/**
 * Written under another name and linked to its own: whoever comes second finds the whole file of the first, never an
 * empty one, and takes it.
 */
function make(stateDirectory: string, file: string, warn: (message: string) => void): string {
  makeFolder(stateDirectory);
  const secret = newSecret();
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(draft, `${secret}\n`, { flag: 'wx', mode: 0o600 });
    publish(draft, file, secret);
    return secret;
  } catch (error) {
    const winner = (error as NodeJS.ErrnoException).code === 'EEXIST' ? read(file, warn) : null;
    if (winner === null) throw error;
    return winner;
  } finally {
    rmSync(draft, { force: true });
  }
}

function publish(draft: string, file: string, secret: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    // File systems without hard links, as network shares often are.
    writeFileSync(file, `${secret}\n`, { flag: 'wx', mode: 0o600 });
  }
}

function newSecret(): string {
  return randomBytes(32).toString('hex');
}
