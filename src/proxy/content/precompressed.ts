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

/** The neighbours of `file`, the smallest first. @param folder that it was found in */
export async function findNeighbours(folder: string, file: FoundFile): Promise<Encoded[]> {
  const found = await Promise.all(CODINGS.map((coding) => neighbour(folder, file, coding)));
  return found.filter((encoded) => encoded !== null);
}

/** The one that a client with this Accept-Encoding is sent; null: the file itself. */
export function chooseEncoded(neighbours: readonly Encoded[], accept: string | undefined): Encoded | null {
  if (neighbours.length === 0) return null;
  const [best] = acceptedCodings(
    accept,
    neighbours.map(({ coding }) => coding),
  );
  return neighbours.find(({ coding }) => coding === best) ?? null;
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
