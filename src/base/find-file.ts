// What a URL path names below a folder: one file, one folder, or nothing. Whatever could name something outside the
// folder, something hidden, or on Windows something other than it says, names nothing.
import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type FileVersion, versionOf } from './file-version.ts';
import { findNameInAnyCase } from './folder-names.ts';

export interface FoundFile extends FileVersion {
  readonly kind: 'file';
  /** Below the root as it was given; names are spelled as they are on the disk. */
  readonly path: string;
  /** The same without links: what is opened. */
  readonly realPath: string;
  readonly size: number;
  readonly mtimeMs: number;
}

export interface FoundFolder {
  readonly kind: 'directory';
  readonly path: string;
  readonly realPath: string;
}

/** There is no such file, or none that may be looked at. */
const ABSENT: ReadonlySet<unknown> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'EINVAL',
  'EACCES',
  'EPERM',
]);

/**
 * @param root absolute path of a folder
 * @param path decoded path of a URL below `root`, with or without a slash in front; with one at its end it names folders only
 * @param ignoreCase where no name is spelled so, letter case is not looked at, as on Windows
 * @param hidden whether names that begin with a dot are found: to know of a file is not to serve it
 * @returns null when there is nothing, or nothing that may be served. @throws when the disk fails
 */
export async function findFile(
  root: string,
  path: string,
  ignoreCase: boolean,
  hidden = false,
): Promise<FoundFile | FoundFolder | null> {
  const names = path.split('/').filter((name) => name !== '');
  if (!names.every((name) => namesItself(name) && (hidden || !isHidden(name)))) return null;
  let found = await lookAt(root, names);
  if (found === null && ignoreCase) {
    const spelled = await spellAsOnDisk(root, names);
    found = spelled === null ? null : await lookAt(root, spelled);
  }
  return found?.kind === 'file' && path.endsWith('/') ? null : found;
}

/** `.well-known` is for everybody to see (RFC 8615). */
function isHidden(name: string): boolean {
  return name.startsWith('.') && name !== '.well-known';
}

/**
 * Whether a segment of a path may be looked up: no dot segment, no separator, drive or stream (`:`), no name that Windows
 * reads as another: with a dot or blank at its end (dot segments are such), or short (`WEB~1.CON`).
 */
function namesItself(name: string): boolean {
  if (/[\x00-\x1f\x7f\\/:]|[. ]$|~\d+(?:\.|$)/.test(name)) return false;
  return process.platform !== 'win32' || !/^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\.|$)/i.test(name);
}

async function lookAt(root: string, names: readonly string[]): Promise<FoundFile | FoundFolder | null> {
  const path = join(root, ...names);
  try {
    const realPath = await realpath(path);
    if (!(await isBelow(root, realPath))) return null;
    const facts = await stat(realPath);
    if (facts.isDirectory()) return { kind: 'directory', path, realPath };
    if (!facts.isFile()) return null; // a device or a pipe could be waited for without end
    const { size, mtimeMs, ctimeMs } = facts;
    return { kind: 'file', path, realPath, size, mtimeMs, version: versionOf(facts), changedMs: ctimeMs };
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code)) return null;
    throw error;
  }
}

/** A link may lead elsewhere below the root, and nowhere else. The root itself may be a link (`current` → `release-7`). */
async function isBelow(root: string, realPath: string): Promise<boolean> {
  return isInside(root, realPath) || isInside(await realpath(root), realPath);
}

function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

async function spellAsOnDisk(root: string, names: readonly string[]): Promise<string[] | null> {
  const spelled: string[] = [];
  for (const name of names) {
    const found = await findNameInAnyCase(join(root, ...spelled), name);
    if (found === null) return null;
    spelled.push(found);
  }
  return spelled;
}
