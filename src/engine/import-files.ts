// Reading the files of an import, and naming paths in what is written.
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { decodeText } from '../base/decode-text.ts';
import { ConfigError } from '../model/config-error.ts';

/** @throws ConfigError where the file cannot be read */
export function readInput(file: string): string {
  try {
    return decodeText(readFileSync(file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message;
    throw refusedFile(file, `the file cannot be read: ${reason}`);
  }
}

/** The whole file is at fault. */
export function refusedFile(file: string, message: string, suggestion?: string): ConfigError {
  const problem = { file, line: 1, column: 1, severity: 'error' as const, message };
  return new ConfigError([suggestion === undefined ? problem : { ...problem, suggestion }]);
}

/** `path` as it is written in the file `out`, or in one in the current folder. */
export function pathFrom(out: string | null, path: string): string {
  const from = out === null ? '.' : dirname(out);
  return relative(resolve(from), resolve(path)).replaceAll('\\', '/') || '.';
}
