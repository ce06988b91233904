// Imports the modules of `extensions`, in each thread for itself: a function cannot cross (CONTRACT 7).
import type { ConfigPath, ConfigProblem } from '../model/config.ts';
import type { Extension } from '../model/extensions.ts';
import { balancingMethod } from '../model/load-balancing.ts';

/** An extension, and the entry of the configuration that names its module. */
export interface LoadedExtension {
  readonly extension: Extension;
  readonly path: ConfigPath;
}

/** What loadExtensions found: the sound ones, and what is wrong with the others. */
export interface LoadedExtensions {
  readonly list: readonly LoadedExtension[];
  readonly problems: readonly ConfigProblem[];
}

const KINDS: readonly string[] = [
  'stage',
  'loadBalancing',
  'outcomeSink',
  'rewriteProvider',
] satisfies Extension['kind'][];

/**
 * Imports the modules, in order. A module that was imported before is not read again: a changed one needs a restart.
 * @param addresses file: URLs
 */
export async function loadExtensions(addresses: readonly string[]): Promise<LoadedExtensions> {
  const list: LoadedExtension[] = [];
  const problems: ConfigProblem[] = [];
  const names = new Map<string, string>();
  for (const [index, address] of addresses.entries()) {
    const path = ['extensions', index];
    try {
      const extension = await importOne(address);
      const key = extension.name.toLowerCase();
      const holder = names.get(key);
      if (holder !== undefined) throw new Error(`${holder} has the name "${extension.name}" too`);
      names.set(key, address);
      list.push({ extension, path });
    } catch (error) {
      problems.push({ path, severity: 'error', message: `extension ${address}: ${reasonOf(error)}` });
    }
  }
  return { list, problems };
}

/** @throws Error that says what is wrong with the module */
async function importOne(address: string): Promise<Extension> {
  if (!address.startsWith('file:')) throw new Error('only a file: URL can be an extension');
  const module: { default?: unknown; extension?: unknown } = await import(address);
  const found = module.default ?? module.extension;
  if (typeof found !== 'object' || found === null) {
    throw new Error('it exports no object, neither as default nor as extension');
  }
  const { kind, name, create } = found as Record<string, unknown>;
  if (!KINDS.includes(kind as string)) {
    throw new Error(`its kind is ${JSON.stringify(kind)}, expected one of ${KINDS.join(', ')}`);
  }
  if (typeof name !== 'string' || name === '') throw new Error('it has no name');
  if (typeof create !== 'function') throw new Error('it has no function create');
  if (balancingMethod(name) !== undefined) throw new Error(`"${name}" is the name of a method of ours`);
  return found as Extension;
}

/** One line: what was thrown may be anything. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0]!;
}
