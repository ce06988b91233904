// Narrows as a process of a deployment: its configuration, its environment, and what of its log is worth a line.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Deployment } from './deployment.ts';
import type { Machine } from './network.ts';
import type { StartedProcess } from './started-process.ts';

export const NARROWS = fileURLToPath(new URL('../../bin/narrows', import.meta.url));

export interface NarrowsOptions {
  title: string;
  /** Its configuration, relative to examples/. */
  file: string;
  /** What the configuration takes from the environment. */
  env: Readonly<Record<string, string>>;
  /** Further options of `narrows run`. */
  options?: readonly string[];
  machine?: Machine;
  /** Changes of health are told. */
  tellsHealth?: boolean;
}

/** Rejects with an Error of one line when it does not start. */
export function startNarrows(deployment: Deployment, narrows: NarrowsOptions): Promise<StartedProcess> {
  const { title, env, machine = 'inside', options = [], tellsHealth = false } = narrows;
  const file = fileURLToPath(new URL(`../${narrows.file}`, import.meta.url));
  const state = join(deployment.folder, title.replaceAll(' ', '-'));
  return deployment.start([NARROWS, 'run', '-c', file, '--workers', '1', ...options], {
    title,
    machine,
    env: { ...env, STATE: state },
    onLine: (line) => {
      const told = sentence(line, tellsHealth);
      if (told !== null) deployment.say(`${title}: ${told}`);
    },
  });
}

/** A line of the log as a sentence; null where it is of no interest here. */
function sentence(line: string, tellsHealth: boolean): string | null {
  if (!line.startsWith('{')) return line;
  const { level, event, msg } = JSON.parse(line) as { level: string; event?: string; msg: string };
  const isHealth = event === 'serverUnhealthy' || event === 'serverHealthy';
  if (isHealth) return tellsHealth ? msg : null;
  return level === 'error' || level === 'fatal' ? msg : null;
}
