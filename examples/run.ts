// `npm run example -- NAME`: one of the worked deployments, on this machine, until Ctrl-C.
import { parseArgs } from 'node:util';
import { Deployment } from './parts/deployment.ts';
import { startSharedHosting } from './parts/shared-hosting/start.ts';
import { startThreeTier } from './parts/three-tier/start.ts';

/** By the name of their folder. */
const EXAMPLES = new Map([
  ['three-tier-active-passive', startThreeTier],
  ['three-tier-active-active', startThreeTier],
  ['shared-hosting-active-passive', startSharedHosting],
  ['shared-hosting-active-active', startSharedHosting],
]);

const { values, positionals } = parseArgs({ options: { 'free-ports': { type: 'boolean' } }, allowPositionals: true });
const [name = ''] = positionals;
const start = EXAMPLES.get(name);
if (start === undefined || positionals.length > 1) {
  const names = [...EXAMPLES.keys()].map((known) => `  ${known}\n`).join('');
  process.stderr.write(`npm run example -- NAME [--free-ports], with NAME one of\n${names}`);
  process.exit(2);
}

const deployment = new Deployment(values['free-ports'] === true);
let code = 0;
const stop = (): void => void deployment.stop().then(() => process.exit(code));
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
try {
  const places = await start(deployment, name);
  process.stdout.write(`${name}\n\n${places}\nexamples/${name}/README.md says what to try. Ctrl-C ends all of it.\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  code = 1;
  stop();
}
