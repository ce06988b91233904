// The file and everything it includes → one tree. Maps merge, lists append; a value given twice is a fault that names
// both places.
import { globSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { decodeText } from '../../base/decode-text.ts';
import { whyUnreadable } from '../../base/why-unreadable.ts';
import type { LocatedProblem } from '../../model/config-error.ts';
import type { ConfigNode, MapNode } from '../../model/config-node.ts';
import { readYaml } from './read-yaml.ts';

export interface FilesRead {
  /** Null where nothing could be read: then `problems` says why. */
  root: MapNode | null;
  /** Absolute paths. */
  files: string[];
  problems: LocatedProblem[];
}

/** Reads `text`, standing in `file`, and what it includes. */
export function readFiles(text: string, file: string): FilesRead {
  const result: FilesRead = { root: null, files: [file], problems: [] };
  result.root = readYaml(text, file, result.problems);
  if (result.root) mergeIncludes(result.root, file, result);
  return result;
}

function mergeIncludes(root: MapNode, file: string, result: FilesRead): void {
  const include = root.entries.get('include');
  if (!include) return;
  root.entries.delete('include');
  const patterns = include.node.kind === 'list' ? include.node.items : [include.node];
  for (const pattern of patterns) {
    if (pattern.kind !== 'scalar' || typeof pattern.value !== 'string') {
      report(result, pattern, 'include takes patterns of file names', 'write include: [ conf.d/*.yaml ]');
      continue;
    }
    const found = globSync(pattern.value, { cwd: dirname(file) }).map((path) => resolve(dirname(file), path));
    // A name without wildcards is meant to exist; `conf.d/*.yaml` may well find nothing.
    if (found.length === 0 && !/[*?[{]/.test(pattern.value))
      report(result, pattern, `there is no file ${resolve(dirname(file), pattern.value)}`);
    for (const path of found.sort()) includeFile(root, path, pattern, result);
  }
}

function includeFile(root: MapNode, path: string, pattern: ConfigNode, result: FilesRead): void {
  if (result.files.includes(path)) {
    report(result, pattern, `${path} is included twice`);
    return;
  }
  result.files.push(path);
  let text: string;
  try {
    text = decodeText(readFileSync(path));
  } catch (error) {
    report(result, pattern, `${path} cannot be read: ${whyUnreadable(error)}`);
    return;
  }
  const included = readYaml(text, path, result.problems);
  if (!included) return;
  mergeIncludes(included, path, result);
  mergeMaps(root, included, result);
}

function mergeMaps(into: MapNode, from: MapNode, result: FilesRead): void {
  for (const [key, entry] of from.entries) {
    const present = into.entries.get(key);
    if (!present) into.entries.set(key, entry);
    else if (present.node.kind === 'map' && entry.node.kind === 'map') mergeMaps(present.node, entry.node, result);
    else if (present.node.kind === 'list' && entry.node.kind === 'list') present.node.items.push(...entry.node.items);
    else {
      const { file, line, column } = present.keyPlace;
      const message = `"${key}" is written twice: here and at ${file}:${line}:${column}`;
      result.problems.push({ ...entry.keyPlace, severity: 'error', message, suggestion: 'keep one of them' });
    }
  }
}

function report(result: FilesRead, node: ConfigNode, message: string, suggestion?: string): void {
  result.problems.push({ ...node.place, severity: 'error', message, ...(suggestion ? { suggestion } : {}) });
}
