// The process that `narrows` is.
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// Compiled code is kept where only this user writes: Node's default, a folder in /tmp, others could fill beforehand.
enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'narrows'));

// Whoever reads our output may go away (`narrows check | head`): that ends nobody's router.
process.stdout.on('error', ignoreBrokenPipe);
process.stderr.on('error', ignoreBrokenPipe);

const { createProgram } = await import('./program.ts');
await createProgram().parseAsync();

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
