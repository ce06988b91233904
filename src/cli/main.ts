// The process that `narrows` is.
import { mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

keepCompiledCode();

// Whoever reads our output may go away (`narrows check | head`): that ends nobody's router.
process.stdout.on('error', ignoreBrokenPipe);
process.stderr.on('error', ignoreBrokenPipe);

const { createProgram } = await import('./program.ts');
await createProgram().parseAsync();

/**
 * Halves the time to `ready`. The folder is one where only this user writes: Node's default, in /tmp, others could
 * fill beforehand. Where there is none, or it cannot be made, code is compiled each time.
 */
function keepCompiledCode(): void {
  const { XDG_CACHE_HOME, LOCALAPPDATA, HOME } = process.env;
  const caches = XDG_CACHE_HOME || LOCALAPPDATA || (HOME ? join(HOME, '.cache') : undefined);
  if (caches === undefined) return;
  const folder = join(caches, 'narrows');
  // Made here: Node, asked for a folder where none can be (HOME=/proc), tries for ever.
  if (!isFolder(caches) || !isFolder(folder)) return;
  process.env.NODE_COMPILE_CACHE = folder; // workers take it from the environment
  enableCompileCache(folder);
}

/** Makes `path` if it is not there. */
function isFolder(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EEXIST';
  }
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
