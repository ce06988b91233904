// The commands that there are. Each stands in a file of its own and registers itself.
import { Command } from 'commander';
import { VERSION } from '../index.ts';
import { registerAffinity } from './affinity.ts';
import { registerAudit } from './audit.ts';
import { registerCerts } from './certs.ts';
import { registerCheck } from './check.ts';
import { registerCompletion } from './completion.ts';
import { registerDemo } from './demo/demo.ts';
import { registerDrain } from './drain.ts';
import { registerExplain } from './explain.ts';
import { registerFarm } from './farm.ts';
import { registerHealth } from './health.ts';
import { registerImportHtaccess } from './import-htaccess.ts';
import { registerImportIis } from './import-iis.ts';
import { registerReload } from './reload.ts';
import { registerRun } from './run.ts';
import { registerServerStates } from './server-states.ts';
import { registerServers } from './servers.ts';
import { registerStatus } from './status.ts';
import { registerVrrpConfig } from './vrrp/vrrp-config.ts';

export function createProgram(): Command {
  const program = new Command('narrows')
    .description('an application request router')
    .version(VERSION)
    .showHelpAfterError('(--help says more)')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2)); // wrong usage is 2 (CONTRACT 1)
  registerRun(program);
  registerCheck(program);
  registerExplain(program);
  registerImportIis(program);
  registerImportHtaccess(program);
  registerCerts(program);
  registerStatus(program);
  registerReload(program);
  registerServers(program);
  registerServerStates(program);
  registerDrain(program);
  registerHealth(program);
  registerAffinity(program);
  registerFarm(program);
  registerAudit(program);
  registerVrrpConfig(program);
  registerDemo(program);
  registerCompletion(program);
  return program;
}
