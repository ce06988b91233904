// Reading the files of an import, and naming paths in what is written.
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { decodeText } from '../base/decode-text.ts';
import { whyUnreadable } from '../base/why-unreadable.ts';
import { refusedFile } from '../model/config-error.ts';

/** @throws ConfigError where the file cannot be read */
export function readSource(file: string): string {
  try {
    return decodeText(readFileSync(file));
  } catch (error) {
    throw refusedFile(file, `the file cannot be read: ${whyUnreadable(error)}`);
  }
}

/** `path` as it is written in the file `out`, or in one in the current folder. */
export function pathFrom(out: string | null, path: string): string {
  const from = out === null ? '.' : dirname(out);
  return relative(resolve(from), resolve(path)).replaceAll('\\', '/') || '.';
}
