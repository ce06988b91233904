// `npm run example -- NAME`: one of the worked deployments, on this machine, until Ctrl-C.
import { parseArgs } from 'node:util';
import { Deployment } from './parts/deployment.ts';
import { MACHINES, Network, SHARED_ADDRESS, whyNoNetwork } from './parts/network.ts';
import { startSharedHosting } from './parts/shared-hosting/start.ts';
import { startThreeTier } from './parts/three-tier/start.ts';

/** By the name of their folder. */
const EXAMPLES = new Map([
  ['three-tier-active-passive', startThreeTier],
  ['three-tier-active-active', startThreeTier],
  ['shared-hosting-active-passive', startSharedHosting],
  ['shared-hosting-active-active', startSharedHosting],
]);

const { values, positionals } = parseArgs({
  options: { 'free-ports': { type: 'boolean' }, netns: { type: 'boolean' } },
  allowPositionals: true,
});
const [name = ''] = positionals;
const start = EXAMPLES.get(name);
if (start === undefined || positionals.length > 1) {
  const names = [...EXAMPLES.keys()].map((known) => `  ${known}\n`).join('');
  process.stderr.write(`npm run example -- NAME [--free-ports | --netns], with NAME one of\n${names}`);
  process.exit(2);
}

const freePorts = values['free-ports'] === true;
let code = 0;
/** At the second time what is left is killed: nothing may stay behind. */
const stop = (): void =>
  deployment.isStopping ? deployment.kill() : void deployment.stop().then(() => process.exit(code));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop); // before there is anything to leave behind
const deployment = new Deployment(freePorts, values.netns ? makeNetwork() : null);
try {
  const places = await start(deployment, name);
  process.stdout.write(
    `${name}\n\n${places}${clientPlace()}\nexamples/${name}/README.md says what to try. Ctrl-C ends all of it.\n`,
  );
} catch (error) {
  // What was told to end while it started has not failed.
  if (!deployment.isStopping) {
    process.stderr.write(`${(error as Error).message}\n`);
    code = 1;
    stop();
  }
}

/** Exits where that cannot be done here. */
function makeNetwork(): Network {
  try {
    const why = whyNoNetwork();
    if (why !== null) throw new Error(why);
    return new Network(freePorts ? `narrows-${process.pid}` : 'narrows');
  } catch (error) {
    process.stderr.write(`--netns: ${(error as Error).message}\n`);
    process.exit(1);
  }
}

function clientPlace(): string {
  const { network } = deployment;
  if (network === null) return '';
  const client = network.nameOf('client');
  return `\n  The front tiers share ${SHARED_ADDRESS}; ask from another machine (${MACHINES.client}): ip netns exec ${client} curl -i http://${SHARED_ADDRESS}:8080/\n`;
}
