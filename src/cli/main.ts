// The command line. Each command stands in a file of its own and registers itself.
import { enableCompileCache } from 'node:module';

enableCompileCache();

const { Command } = await import('commander');
const { registerRun } = await import('./run.ts');
const { registerStatus } = await import('./status.ts');
const { registerReload } = await import('./reload.ts');
const { VERSION } = await import('../index.ts');

const program = new Command('narrows')
  .description('an application request router')
  .version(VERSION)
  .showHelpAfterError('(--help says more)')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2)); // wrong usage is 2 (CONTRACT 1)
registerRun(program);
registerStatus(program);
registerReload(program);
await program.parseAsync();
