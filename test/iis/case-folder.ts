// The files of a case in a folder of their own. For the configuration this folder is the drive C: of a Windows machine.
import type { Buffer } from 'node:buffer';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Case } from './case-file.ts';

/** Real IIS configuration files, which are no part of the repository. */
export const CORPUS = resolve(import.meta.dirname, '../../../shared/corpus/iis');

export class CaseFolder {
  readonly path: string;

  constructor({ entries }: Case) {
    this.path = realpathSync(mkdtempSync(join(tmpdir(), 'narrows-case-')));
    for (const { path, text, corpus } of entries) {
      const place = join(this.path, path);
      mkdirSync(path.endsWith('/') ? place : dirname(place), { recursive: true });
      if (path.endsWith('/')) continue;
      writeFileSync(place, corpus === null ? text : fromCorpus(corpus));
    }
  }

  /** Where the drives of the configuration are: C: is this folder, any other a folder of its letter in it. */
  get pathMap(): Record<string, string> {
    const others = ['D', 'E', 'F'].map((drive) => [`${drive}:`, join(this.path, drive)]);
    return { 'C:': this.path, ...Object.fromEntries(others) };
  }

  /** `text` with paths of this folder as an administrator of Windows knows them: `C:/wwwroot/app.css`. */
  shown(text: string): string {
    return text.replaceAll(this.path, 'C:');
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

function fromCorpus({ path, lines }: NonNullable<Case['entries'][number]['corpus']>): Buffer | string {
  const bytes = readFileSync(join(CORPUS, path));
  if (lines === null) return bytes;
  const [first, last] = lines;
  return `${bytes
    .toString()
    .split('\n')
    .slice(first - 1, last)
    .join('\n')}\n`;
}

/**
 * Whether there is a corpus. Absent, what needs it is skipped, loudly; one that is there and empty is a mistake of the
 * machine that runs the tests.
 * @throws Error
 */
export function hasCorpus(): boolean {
  if (!existsSync(CORPUS)) return false;
  if (process.env.CI === 'true' && readdirSync(CORPUS).length === 0) throw new Error(`${CORPUS} is empty`);
  return true;
}
