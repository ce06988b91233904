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
export async function readInput(text: string, file: string, options: ReadOptions): Promise<Input> {
  const { foreign } = options;
  if (!isXml(text, file)) {
    const read = readOwn(text, resolve(file), options.env ?? process.env);
    const hasSites = foreign !== undefined && read.root?.entries.has('sites') === true;
    return inputOf(text, file, read, hasSites ? await foreign.addSiteFiles(read.root!) : NO_FILES);
  }
  if (foreign === undefined) throw refusedFile(file, 'files of IIS are not read here', 'expected YAML');
  const read = await foreign.read(text, resolve(file));
  return inputOf(text, file, read, read.root === null ? NO_FILES : await foreign.addSiteFiles(read.root));
}

/** The same for YAML alone: nothing else is looked for. */
export function readYamlInput(text: string, file: string, env: ReadOptions['env'] = process.env): Input {
  if (isXml(text, file)) throw refusedFile(file, 'files of IIS are not read here', 'expected YAML');
  return inputOf(text, file, readOwn(text, resolve(file), env), NO_FILES);
}

type Added = Omit<Read, 'root'>;

const NO_FILES: Added = { files: [], problems: [] };

/** @throws ConfigError where there is no tree */
function inputOf(text: string, file: string, { root, files, problems }: Read, added: Added): Input {
  const shownAs = namesLike(file);
  const place = (problem: LocatedProblem) => ({ ...problem, file: shownAs(problem.file) });
  if (!root) throw new ConfigError(problems.map(place));
  const found = [...problems, ...added.problems, ...refuseNames(root)];
  return {
    raw: plainValue(root) as Record<string, unknown>,
    file: resolve(file),
    source: fileSource(root, shownAs, added.files),
    files: [...new Set([...files, ...added.files])],
    found: found.map(place),
    ofIis: isXml(text, file),
    readSoundly: !found.some((problem) => problem.severity === 'error'),
  };
}

/** The same for an object that a program gives; without sites there are no files to look for. */
export async function readObject(config: Record<string, unknown>, { foreign }: ReadOptions): Promise<Input> {
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
  const { files, problems } = await foreign.addSiteFiles(root);
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
