// The machine of front tier 1 in an example with --netns: its cable, its loss, and its processes started again.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { ExampleProcess } from './example-process.ts';
import { environmentOf, wordsOf } from './process-files.ts';

export interface FrontMachine {
  cable(state: 'up' | 'down'): void;
  /** All of its processes die. */
  die(): void;
  /** It has not got this address, as one that starts; whether keepalived still let it go is a matter of luck. */
  forget(address: string): void;
  /** Keeps in mind how a process was started. @returns starts it again; resolves when it writes a line like `ready` */
  started(title: string): (ready: RegExp) => Promise<void>;
  /** Ends what was started again. */
  end(): Promise<void>;
}

export function frontMachine(example: ExampleProcess): FrontMachine {
  const name = `${example.namespaces}-front-1`;
  const ends: (() => Promise<void>)[] = [];
  const end = async (): Promise<void> => {
    for (const one of ends.splice(0)) await one();
  };
  onTestFinished(end);
  return {
    cable: (state) =>
      void execFileSync('ip', ['-n', `${example.namespaces}-switch`, 'link', 'set', 'dev', 'front-1', state]),
    die() {
      const pids = execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' });
      for (const pid of pids.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
    },
    forget: (address) => void execFileSync('ip', ['-n', name, 'addr', 'flush', 'dev', 'eth0', 'to', address]),
    started(title) {
      const pid = example.pid(title);
      const command = wordsOf(pid, 'cmdline');
      const env = environmentOf(pid);
      return async (ready) => {
        const child = spawn('ip', ['netns', 'exec', name, ...command], { stdio: ['ignore', 'pipe', 'pipe'], env });
        const exited = once(child, 'exit');
        ends.push(async () => {
          child.kill('SIGKILL');
          await exited;
        });
        await new Promise<void>((resolve, reject) => {
          for (const stream of [child.stdout, child.stderr])
            createInterface(stream).on('line', (line) => ready.test(line) && resolve());
          void exited.then(() => reject(new Error(`${title} ended when it was started again`)));
        });
      };
    },
    end,
  };
}
