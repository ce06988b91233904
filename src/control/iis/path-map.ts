// Paths of the machine that the files come from → paths here (CONTRACT 1).
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { PathOptions } from './iis-options.ts';

type MappedPath = { path: string } | { fault: string; suggestion: string };

/** What every Windows has, where the environment here does not say otherwise. */
const WINDOWS: ReadonlyMap<string, string> = new Map([
  ['systemdrive', 'C:'],
  ['systemroot', 'C:\\Windows'],
  ['windir', 'C:\\Windows'],
  ['programfiles', 'C:\\Program Files'],
]);

/**
 * Where `written` is on this machine.
 * @param file that names it: a relative path starts at its folder
 */
export function mapPath(written: string, file: string, options: PathOptions): MappedPath {
  const expanded = expandNames(written, options.env);
  if ('fault' in expanded) return expanded;
  const { text } = expanded;
  if (!isWindowsPath(text))
    return { path: isAbsolute(text) ? text : resolve(dirname(file), existingName(dirname(file), text.split(/[\\/]/))) };
  const wanted = normalised(text);
  let best: { length: number; to: string } | null = null;
  for (const [from, to] of Object.entries(options.pathMap)) {
    const source = expandNames(from, options.env);
    if ('fault' in source) continue;
    const prefix = normalised(source.text);
    const covers = wanted === prefix || wanted.startsWith(`${prefix}\\`);
    if (covers && (best === null || prefix.length > best.length)) best = { length: prefix.length, to };
  }
  if (best === null) {
    const suggestion = `say where it is: --map '${folderToMap(text)}=/srv/…', or pathMap in YAML`;
    return { fault: `${text} is a path of another machine`, suggestion };
  }
  const rest = trimmed(text).slice(best.length).split('\\').filter(Boolean);
  return { path: resolve(best.to, existingName(best.to, rest)) };
}

/** Whether `path` is a drive or UNC path of Windows. */
export function isWindowsPath(path: string): boolean {
  return /^(?:[A-Za-z]:(?:[\\/]|$)|\\\\|\/\/[^/])/.test(path);
}

export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** `%NAME%` from the environment, whose names have no letter case on Windows. */
export function expandNames(
  written: string,
  env: PathOptions['env'],
): { text: string } | { fault: string; suggestion: string } {
  let missing: string | null = null;
  const text = written.replace(/%([A-Za-z_][\w()]*)%/g, (whole, name: string) => {
    const key = Object.keys(env).find((each) => each.toLowerCase() === name.toLowerCase());
    const value = (key === undefined ? undefined : env[key]) ?? WINDOWS.get(name.toLowerCase());
    if (value === undefined) missing ??= name;
    return value ?? whole;
  });
  if (missing === null) return { text };
  return { fault: `the environment has no ${missing}`, suggestion: `start narrows with ${missing}=…` };
}

/** The names of `parts` below `folder` as they are written on disk: on Windows letter case does not count. */
function existingName(folder: string, parts: readonly string[]): string {
  let at = folder;
  const found: string[] = [];
  for (const part of parts) {
    let name = part;
    if (!existsSync(join(at, part))) {
      try {
        name = readdirSync(at).find((each) => each.toLowerCase() === part.toLowerCase()) ?? part;
      } catch {
        // The folder is missing: so is what is below it.
      }
    }
    found.push(name);
    at = join(at, name);
  }
  return found.join('/');
}

function trimmed(path: string): string {
  return path.replaceAll('/', '\\').replace(/\\+$/, '');
}

function normalised(path: string): string {
  return trimmed(path).toLowerCase();
}

/** The drive and first folder: what one most likely wants to map. */
function folderToMap(path: string): string {
  return /^(?:[A-Za-z]:\\[^\\]*|\\\\[^\\]+\\[^\\]+)/.exec(trimmed(path))?.[0] ?? path;
}
