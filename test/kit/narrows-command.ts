// Commands of the command line, run to their end as real processes.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { NARROWS } from './router-process.ts';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `narrows` with `args` to its end. */
export async function narrows(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ended> {
  const child = spawn(NARROWS, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

/** A file narrows.yaml with this text, in a folder that goes with the test. */
export function configFile(yaml: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'narrows-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'narrows.yaml');
  writeFileSync(file, yaml);
  return file;
}
