// A text and everything that belongs to it → the configuration as written: YAML with its includes and references, or a
// file of IIS; then what files in the folders of sites add.
import { resolve } from 'node:path';
import { ConfigError, type LocatedProblem } from '../../model/config-error.ts';
import { type MapNode, plainValue } from '../../model/config-node.ts';
import { type ConfigSource, fileSource, namesLike } from './config-source.ts';
import { expandValues } from './expand-values.ts';
import { type ForeignFormats, isXml } from './foreign-formats.ts';
import { readFiles } from './read-files.ts';

export interface Input {
  raw: Record<string, unknown>;
  /** Null for an object. */
  file: string | null;
  source: ConfigSource;
  files: string[];
  /** Problems of reading. */
  found: LocatedProblem[];
  /** False when a file could not be read: then references may be unresolved for that reason alone. */
  readSoundly: boolean;
  /** It is a file of IIS: ARR's defaults are what its owner is used to. */
  ofIis: boolean;
}

export interface ReadOptions {
  env?: Readonly<Record<string, string | undefined>>;
  foreign?: ForeignFormats;
}

/**
 * Reads `text` as if it stood in `file`.
 * @throws ConfigError where there is nothing that could be checked further
 */
export function readInput(text: string, file: string, { env = process.env, foreign }: ReadOptions): Input {
  const path = resolve(file);
  const shownAs = namesLike(file);
  const { root, files, problems } = isXml(text, file)
    ? readForeign(text, file, path, foreign)
    : readOwn(text, path, env);
  const place = (problem: LocatedProblem) => ({ ...problem, file: shownAs(problem.file) });
  if (!root) throw new ConfigError(problems.map(place));
  const added = foreign?.addSiteFiles(root) ?? { files: [], problems: [] };
  const found = [...problems, ...added.problems];
  return {
    raw: plainValue(root) as Record<string, unknown>,
    file: path,
    source: fileSource(root, shownAs),
    files: [...new Set([...files, ...added.files])],
    found: found.map(place),
    ofIis: isXml(text, file),
    readSoundly: !found.some((problem) => problem.severity === 'error'),
  };
}

interface Read {
  root: MapNode | null;
  files: string[];
  problems: LocatedProblem[];
}

function readOwn(text: string, path: string, env: NonNullable<ReadOptions['env']>): Read {
  const { root, files, problems } = readFiles(text, path);
  const fileRead = (secret: string) => void (files.includes(secret) || files.push(secret));
  if (root) expandValues(root, { env, fileRead, problems });
  return { root, files, problems };
}

function readForeign(text: string, file: string, path: string, foreign: ForeignFormats | undefined): Read {
  if (foreign) return foreign.read(text, path);
  const message = 'files of IIS are not read here';
  throw new ConfigError([{ file, line: 1, column: 1, severity: 'error', message, suggestion: 'expected YAML' }]);
}
