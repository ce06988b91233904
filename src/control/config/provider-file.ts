// The files of FileMapProvider and FileContainsProvider (url-rewrite.md 15): lines of text.
import { decodeText } from '../../base/decode-text.ts';
import { readRegularFile } from '../../base/read-regular-file.ts';
import type { Config } from '../../model/config.ts';

/** Every worker holds the content of the file. */
const LARGEST = 8 * 1024 * 1024;

/** The lines of `file`, without their ends. @throws Error where it cannot be read */
export function providerLines(file: string): string[] {
  return decodeText(readRegularFile(file, LARGEST))
    .replace(/^\ufeff/, '')
    .split(/\r?\n/);
}

/** Keys and values of `lines`. @returns firstWithout the number of the first line that has no separator; 0: all have one */
export function mapEntries(
  lines: readonly string[],
  separator: string,
): { entries: [key: string, value: string][]; firstWithout: number } {
  let firstWithout = 0;
  const entries = lines.flatMap((line, index): [string, string][] => {
    const at = line.indexOf(separator);
    if (line === '') return [];
    if (at !== -1) return [[line.slice(0, at), line.slice(at + separator.length)]];
    firstWithout ||= index + 1;
    return [];
  });
  return { entries, firstWithout };
}

/** The files that the providers of `config` were read from. */
export function providerFiles({ providers, sites }: Pick<Config, 'providers' | 'sites'>): string[] {
  const all = [...providers, ...sites.flatMap(({ levels }) => levels.flatMap((level) => level.providers))];
  return [...new Set(all.flatMap((provider) => (provider.kind === 'extension' ? [] : provider.file)))];
}
