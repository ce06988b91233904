// A text and everything that belongs to it → the configuration as written: YAML with its includes and references, or a
// file of IIS; then what files in the folders of sites add.
import { resolve } from 'node:path';
import { ConfigError, type LocatedProblem, refusedFile } from '../../model/config-error.ts';
import { type ConfigNode, type MapNode, type Place, plainValue } from '../../model/config-node.ts';
import { type ConfigSource, fileSource, namesLike, objectSource } from './config-source.ts';
import { expandValues } from './expand-values.ts';
import { type ForeignFormats, isXml } from './foreign-formats.ts';
import { readFiles } from './read-files.ts';
import { refuseNames } from './refuse-names.ts';
import { isMap } from './written-lists.ts';

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
  const found = [...problems, ...added.problems, ...refuseNames(root)];
  return {
    raw: plainValue(root) as Record<string, unknown>,
    file: path,
    source: fileSource(root, shownAs, added.files),
    files: [...new Set([...files, ...added.files])],
    found: found.map(place),
    ofIis: isXml(text, file),
    readSoundly: !found.some((problem) => problem.severity === 'error'),
  };
}

/** The same for an object that a program gives; without sites there are no files to look for. */
export function readObject(config: Record<string, unknown>, { foreign }: ReadOptions): Input {
  const plain = {
    raw: config,
    file: null,
    source: objectSource,
    files: [],
    found: [],
    readSoundly: true,
    ofIis: false,
  };
  if (!foreign || !isMap(config.sites)) return plain;
  const root = treeOf(config, objectSource.locate([])) as MapNode;
  const { files, problems } = foreign.addSiteFiles(root);
  const found = [...problems, ...refuseNames(root)];
  return {
    ...plain,
    raw: plainValue(root) as Record<string, unknown>,
    source: fileSource(root, (file) => file, files),
    files,
    found,
    readSoundly: !found.some(({ severity }) => severity === 'error'),
  };
}

function treeOf(value: unknown, place: Place): ConfigNode {
  if (Array.isArray(value)) return { kind: 'list', place, items: value.map((item) => treeOf(item, place)) };
  if (!isMap(value)) return { kind: 'scalar', place, value: value as string };
  const entries = Object.entries(value).map(
    ([key, child]) => [key, { keyPlace: place, node: treeOf(child, place) }] as const,
  );
  return { kind: 'map', place, entries: new Map(entries), braces: null };
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
  throw refusedFile(file, 'files of IIS are not read here', 'expected YAML');
}
