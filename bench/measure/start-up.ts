// How long Narrows takes from exec to the line `ready`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { narrowsConfig, narrowsLauncher, plainVariant } from '../proxies/catalogue.ts';

/** Milliseconds of each of `times` starts. */
export async function startUpTimes(times: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < times) found.push(await startOnce());
  return found;
}

async function startOnce(): Promise<number> {
  const startedAt = performance.now();
  const args = ['run', '-c', narrowsConfig(plainVariant)];
  const child = spawn(narrowsLauncher(), args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === 'ready') return performance.now() - startedAt;
    }
    throw new Error('it ended before it was ready');
  } finally {
    child.kill();
    await ended;
  }
}
