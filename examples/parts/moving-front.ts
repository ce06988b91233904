// Two front tiers on machines of their own, and keepalived on each: the address moves to the one that is left.
import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from './deployment.ts';
import { NARROWS, startNarrows } from './narrows.ts';
import { MACHINES, PREFIX, SHARED_ADDRESS } from './network.ts';
import type { StartedProcess } from './started-process.ts';

const FRONTS = [
  { number: 1, machine: 'front-1', peer: 'front-2', priority: 150 },
  { number: 2, machine: 'front-2', peer: 'front-1', priority: 100 },
] as const;

/** @param listen ports, by what the file calls them; @returns all four processes */
export async function startMovingFronts(
  deployment: Deployment,
  file: string,
  listen: Readonly<Record<string, number>>,
  env: Readonly<Record<string, string>>,
): Promise<StartedProcess[]> {
  // For all addresses: the shared one is not always here.
  const own = Object.fromEntries(Object.entries(listen).map(([name, port]) => [name, `:${port}`]));
  chmodSync(deployment.folder, 0o711); // keepalived runs its script as nobody
  const started: StartedProcess[] = [];
  for (const front of FRONTS) {
    const { number, machine } = front;
    const all = { ...env, ...own };
    const title = `front tier ${number}`;
    started.push(await startNarrows(deployment, { title, file, env: all, machine, tellsHealth: number === 1 }));
    started.push(await startKeepalived(deployment, front));
  }
  return started;
}

function startKeepalived(
  deployment: Deployment,
  { number, machine, peer, priority }: (typeof FRONTS)[number],
): Promise<StartedProcess> {
  const folder = join(deployment.folder, `keepalived-${number}`);
  const shared = ['--address', `${SHARED_ADDRESS}/${PREFIX}`, '--interface', 'eth0', '--peer', MACHINES[peer]];
  execFileSync(NARROWS, ['vrrp-config', ...shared, '--priority', String(priority), '-o', folder], { stdio: 'pipe' });
  const files = ['-f', join(folder, 'keepalived.conf'), '-p', join(folder, 'pid'), '-r', join(folder, 'vrrp.pid')];
  return deployment.start(['keepalived', '--dont-fork', '--log-console', '--vrrp', ...files], {
    title: `keepalived ${number}`,
    machine,
    ready: /Startup complete/,
    onLine: (line) => {
      const state = /Entering (MASTER|BACKUP|FAULT) STATE/.exec(line)?.[1];
      if (state === 'MASTER') deployment.say(`front tier ${number} holds ${SHARED_ADDRESS}`);
      if (state === 'FAULT') deployment.say(`front tier ${number} is not ready: it lets ${SHARED_ADDRESS} go`);
    },
  });
}
