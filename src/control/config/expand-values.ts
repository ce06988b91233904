// `${ENV}` and `${file:PATH}` in the strings of a configuration (CONTRACT 2). `$${` stands for `${`.
import { dirname, resolve } from 'node:path';
import { closestWord } from '../../base/closest-word.ts';
import { whyUnreadable } from '../../base/why-unreadable.ts';
import type { LocatedProblem } from '../../model/config-error.ts';
import type { ConfigNode, Place, ScalarNode } from '../../model/config-node.ts';
import { readBounded } from './read-bounded.ts';

export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  /** Takes the path of each file that was read, for the watcher. */
  fileRead(path: string): void;
  problems: LocatedProblem[];
}

const REFERENCE = /\$\$\{|\$\{([^}]*)\}/g;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const LARGEST_SECRET = 64 * 1024;

/** Expands every string below `node`, in place. */
export function expandValues(node: ConfigNode, around: Surroundings): void {
  const done = new Set<ConfigNode>(); // an alias makes one node stand at several places
  const walk = (current: ConfigNode): void => {
    if (done.has(current)) return;
    done.add(current);
    if (current.kind === 'list') current.items.forEach(walk);
    else if (current.kind === 'map') for (const { node: child } of current.entries.values()) walk(child);
    else if (typeof current.value === 'string' && current.value.includes('${')) expandScalar(current, around);
  };
  walk(node);
}

function expandScalar(node: ScalarNode, around: Surroundings): void {
  node.value = String(node.value).replaceAll(REFERENCE, (whole, name: string | undefined) => {
    if (name === undefined) return '${';
    const value = name.startsWith('file:')
      ? fileText(name.slice('file:'.length), node.place, around)
      : variable(name, node.place, around);
    return value ?? whole;
  });
}

function variable(name: string, place: Place, { env, problems }: Surroundings): string | null {
  if (!VARIABLE.test(name)) {
    const message = `\${${name}} names no environment variable`;
    problems.push({ ...place, severity: 'error', message, suggestion: 'write $${ for a literal ${' });
    return null;
  }
  const value = env[name];
  if (value !== undefined) return value;
  const near = closestWord(name, Object.keys(env));
  const suggestion = near ? `did you mean "${near}"?` : `set ${name} where the router is started`;
  problems.push({ ...place, severity: 'error', message: `the environment variable ${name} is not set`, suggestion });
  return null;
}

/** The file's text without the line end that editors put at its end. */
function fileText(written: string, place: Place, { fileRead, problems }: Surroundings): string | null {
  const path = resolve(dirname(place.file), written);
  try {
    const text = readBounded(path, LARGEST_SECRET);
    fileRead(path);
    return text.replace(/\r?\n$/, '');
  } catch (error) {
    problems.push({
      ...place,
      severity: 'error',
      message: `\${file:${written}} cannot be read: ${whyUnreadable(error)}`,
      suggestion: `expected a readable file ${path}`,
    });
    return null;
  }
}
