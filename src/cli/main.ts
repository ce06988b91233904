// The process that `narrows` is.
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
 * fill beforehand. Where there is none, or it cannot be written, code is compiled each time.
 */
function keepCompiledCode(): void {
  const { NODE_COMPILE_CACHE, XDG_CACHE_HOME, LOCALAPPDATA, HOME } = process.env;
  const caches = XDG_CACHE_HOME || LOCALAPPDATA || (HOME ? join(HOME, '.cache') : undefined);
  const folder = NODE_COMPILE_CACHE || (caches ? join(caches, 'narrows') : undefined);
  if (folder === undefined) return;
  process.env.NODE_COMPILE_CACHE = folder; // workers take it from the environment
  enableCompileCache(folder);
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
