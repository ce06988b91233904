// The names in a folder without regard to letter case. What was read is kept while the folder does not change, so that
// a request for something that does not exist costs a look at the folder's date and not a walk through its names.
import { opendir, stat } from 'node:fs/promises';
import { systemClock } from './clock.ts';

/** In a folder with more entries than this, names must be spelled as they are. */
const MOST_NAMES = 20_000;
const MOST_FOLDERS = 200;
/** A folder that changed less than this before it was read may change again without a new date. */
const SETTLED_MS = 2000;

interface Names {
  readonly mtimeMs: number;
  readonly exact: ReadonlySet<string>;
  /** In lower case → as on the disk. */
  readonly folded: ReadonlyMap<string, string>;
}

const known = new Map<string, Names>();

/** The name in `folder` that equals `name` when letter case is not looked at, an exact one first; null when there is none. */
export async function findNameInAnyCase(folder: string, name: string): Promise<string | null> {
  try {
    const { mtimeMs } = await stat(folder);
    const kept = known.get(folder);
    const names = kept?.mtimeMs === mtimeMs ? kept : await readNames(folder, mtimeMs);
    return names.exact.has(name) ? name : (names.folded.get(name.toLowerCase()) ?? null);
  } catch {
    return null; // no folder, or none that may be read: the name as it is written was looked for before
  }
}

async function readNames(folder: string, mtimeMs: number): Promise<Names> {
  const exact = new Set<string>();
  for await (const { name } of await opendir(folder, { bufferSize: 256 })) {
    exact.add(name);
    if (exact.size > MOST_NAMES) return { mtimeMs, exact: new Set(), folded: new Map() };
  }
  // Of several spellings the last in order wins, so that every worker finds the same one.
  const folded = new Map([...exact].sort().map((name) => [name.toLowerCase(), name]));
  const names = { mtimeMs, exact, folded };
  // The date of a folder is the system's, whatever clock the router runs on.
  if (systemClock.wall() - mtimeMs > SETTLED_MS) keep(folder, names);
  return names;
}

function keep(folder: string, names: Names): void {
  known.delete(folder);
  known.set(folder, names);
  if (known.size > MOST_FOLDERS) known.delete(known.keys().next().value!);
}
