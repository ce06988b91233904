// For the architecture test: the sources of this repository and what each of them imports.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Import {
  /** A file of this repository, as `src/base/clock.ts`; else the module as written: `node:net`, `zod`. */
  target: string;
  /** True when it is gone at run time: `import type`. */
  typeOnly: boolean;
  /** True for `import()`: it is loaded when that line runs. */
  dynamic: boolean;
}

export interface SourceFile {
  /** Relative to the repository, with `/`. */
  path: string;
  lines: number;
  text: string;
  imports: readonly Import[];
}

/** All files that match `pattern`, relative to the repository. */
export function sourceFiles(pattern: string): SourceFile[] {
  return globSync(pattern, { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.includes('node_modules'))
    .sort()
    .map((path) => sourceFile(path, readFileSync(join(root, path), 'utf8')));
}

export function sourceFile(path: string, text: string): SourceFile {
  return { path, text, lines: text.split('\n').length - 1, imports: importsOf(path, text) };
}

const STATEMENT = /^(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm;
const CALL = /\bimport\(\s*'([^']+)'/g;

function importsOf(path: string, text: string): Import[] {
  const statements = [...text.matchAll(STATEMENT)].map((match) => ({
    target: resolved(path, match[2] ?? match[3]!),
    typeOnly: match[1] !== undefined,
    dynamic: false,
  }));
  const code = text.replaceAll(/^\s*(?:\/\/|\*).*$/gm, '');
  const calls = [...code.matchAll(CALL)].map((match) => ({
    target: resolved(path, match[1]!),
    typeOnly: false,
    dynamic: true,
  }));
  return [...statements, ...calls];
}

function resolved(from: string, written: string): string {
  if (!written.startsWith('.')) return written;
  return relative(root, join(root, dirname(from), written)).replaceAll('\\', '/');
}
