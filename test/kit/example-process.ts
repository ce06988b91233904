// One of the worked deployments as a real process, on free ports.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { environmentOf } from './process-files.ts';

export const RUN = fileURLToPath(new URL('../../examples/run.ts', import.meta.url));

export interface ExampleProcess {
  /** Of a process of it, by its title. */
  pid(title: string): number;
  pids: readonly number[];
  /** host:port of the virtual servers of the front tier. */
  front: readonly string[];
  /** The authority of its certificates; undefined where it has none. */
  authority: string | undefined;
  /** What the names of its network namespaces begin with; undefined where it has none. */
  namespaces: string | undefined;
  /** Resolves when so many lines like `pattern` have come. */
  line(pattern: RegExp, count?: number): Promise<void>;
  /** Ctrl-C, or another signal. @returns the exit code */
  interrupt(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts examples/NAME; it ends with the test. */
export async function startExample(name: string, options: readonly string[] = []): Promise<ExampleProcess> {
  const child = spawn(process.execPath, [RUN, name, '--free-ports', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const interrupt = (signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> => {
    child.kill(signal);
    return exited;
  };
  onTestFinished(async () => void (child.exitCode === null && (await interrupt())));
  const lines: string[] = [];
  const watchers = new Set<() => void>();
  const look = (): void => [...watchers].forEach((watcher) => void watcher());
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    look();
  });
  void exited.then(look);
  const line = (pattern: RegExp, count = 1): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (lines.filter((text) => pattern.test(text)).length < count) {
          if (child.exitCode !== null) reject(new Error(`${name} ended without ${pattern}: ${lines.join('\n')}`));
          return;
        }
        watchers.delete(check);
        resolve();
      };
      watchers.add(check);
      check();
    });
  await line(/Ctrl-C ends all of it/);
  const pidOf = new Map(
    lines.map((text) => /^ {2}(.+?) +pid (\d+)/.exec(text)).flatMap((m) => (m ? [[m[1]!, Number(m[2])]] : [])) as [
      string,
      number,
    ][],
  );
  return {
    pid: (title) => pidOf.get(title)!,
    pids: [...pidOf.values()],
    front: [...lines.find((text) => text.startsWith('  front tier'))!.matchAll(/tcp:\/\/(\S+)/g)].map((m) => m[1]!),
    authority: lines.map((text) => /authority of the certificates: (.*)/.exec(text)?.[1]).find(Boolean),
    namespaces: lines.map((text) => /ip netns exec (\S+)-client/.exec(text)?.[1]).find(Boolean),
    line,
    interrupt,
  };
}

/** Ctrl-C, after which no process, no namespace and no file of it is there. */
export async function endsWithoutTrace(example: ExampleProcess): Promise<void> {
  const folder = folderOf(example);
  expect(await example.interrupt()).toBe(0);
  expectNoTrace(example, folder);
}

/** Of its processes' files. */
export function folderOf({ pid }: Pick<ExampleProcess, 'pid'>): string {
  return dirname(environmentOf(pid('router 1')).STATE!);
}

export function expectNoTrace({ pids, namespaces }: ExampleProcess, folder: string): void {
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(existsSync(folder)).toBe(false);
  if (namespaces !== undefined) expect(namespacesOf(namespaces)).toEqual([]);
}

/** Those whose names begin so. */
export function namespacesOf(prefix: string): string[] {
  const list = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  return list.split('\n').filter((name) => name.startsWith(`${prefix}-`));
}
