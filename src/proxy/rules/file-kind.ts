// What stands on the disk at a physical path: for conditions IsFile and IsDirectory (url-rewrite.md 6).
import { posix } from 'node:path';
import { findFile } from '../../base/find-file.ts';
import type { Site } from '../../model/site.ts';

/** 'none' also where something may not be looked at (base/find-file.ts); hidden files are seen, as on Windows. */
export type FileKind = 'file' | 'directory' | 'none';

/** @param path physical, absolute; backslashes are slashes. What fails on the disk counts as none. */
export async function fileKind(site: Site | null, path: string): Promise<FileKind> {
  const slashed = posix.normalize(path.replaceAll('\\', '/'));
  if (!slashed.startsWith('/')) return 'none';
  const folder = site === null ? undefined : foldersOf(site).find((each) => slashed.startsWith(`${each}/`));
  const found = await findFile(
    folder ?? '/',
    slashed.slice(folder?.length ?? 0),
    site?.config.ignoreCase === true,
    true,
  ).catch(() => null);
  return found?.kind ?? 'none';
}

/** Deepest first: links may not lead out of the folder that a file is looked up in. */
function foldersOf({ config }: Site): string[] {
  const folders = config.virtualDirectories.map(({ folder }) => folder);
  if (config.root !== null) folders.push(config.root);
  return folders.toSorted((a, b) => b.length - a.length);
}
