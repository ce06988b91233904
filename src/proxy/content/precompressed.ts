// Compressed neighbours of a file: `app.js.br`, `.zst`, `.gz` beside `app.js`, made beforehand by whoever built the site.
import { relative, sep } from 'node:path';
import { type FoundFile, findFile } from '../../base/find-file.ts';
import { acceptedCodings } from '../../wire/accept-encoding.ts';

const EXTENSIONS = { br: '.br', zstd: '.zst', gzip: '.gz' } as const;
/** The smallest first: that is what a client gets which likes them all alike. */
const CODINGS = ['br', 'zstd', 'gzip'] as const;

export interface Encoded {
  readonly coding: keyof typeof EXTENSIONS;
  readonly file: FoundFile;
}

/**
 * @param folder that `file` was found in
 * @param accept the client's Accept-Encoding
 * @returns whether `file` has neighbours, so that answers vary, and the one that is sent; null for the file itself
 */
export async function chooseEncoded(
  folder: string,
  file: FoundFile,
  accept: string | undefined,
): Promise<{ varies: boolean; chosen: Encoded | null }> {
  const found = await Promise.all(CODINGS.map((coding) => neighbour(folder, file, coding)));
  const neighbours = found.filter((encoded) => encoded !== null);
  if (neighbours.length === 0) return { varies: false, chosen: null };
  const offered = neighbours.map(({ coding }) => coding);
  const [best] = acceptedCodings(accept, offered);
  return { varies: true, chosen: neighbours.find(({ coding }) => coding === best) ?? null };
}

/** One that is older than the file was made from another version of it. */
async function neighbour(folder: string, file: FoundFile, coding: keyof typeof EXTENSIONS): Promise<Encoded | null> {
  const path = relative(folder, file.path).replaceAll(sep, '/');
  const found = await findFile(folder, path + EXTENSIONS[coding], false);
  if (found?.kind !== 'file' || wholeSeconds(found) < wholeSeconds(file)) return null;
  return { coding, file: found };
}

/** Tools that compress copy the date, and not all copy fractions of seconds. */
function wholeSeconds({ mtimeMs }: FoundFile): number {
  return Math.floor(mtimeMs / 1000);
}
