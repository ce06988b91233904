// The machine and the versions that a figure belongs to.
import { spawnSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  kernel: string;
  /** Of the minute before the run: a machine with other work gives other figures. */
  loadBefore: number;
  versions: Record<string, string>;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]!.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    loadBefore: loadavg()[0]!,
    versions: {
      node: process.version,
      nginx: firstVersion('nginx', '-v'),
      haproxy: firstVersion('haproxy', '-v'),
      caddy: firstVersion('caddy', 'version'),
      wrk: firstVersion('wrk', '-v'),
    },
  };
}

function firstVersion(program: string, argument: string): string {
  const { stdout, stderr } = spawnSync(program, [argument], { encoding: 'utf8' });
  return /\d+\.\d+(?:\.\d+)?/.exec(`${stdout ?? ''}${stderr ?? ''}`)?.[0] ?? 'not installed';
}
