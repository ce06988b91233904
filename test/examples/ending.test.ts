// The end of an example with --netns, however it comes: no process, namespace or file of it stays. And where it cannot begin, it says why.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type ExampleProcess,
  endsWithoutTrace,
  expectNoTrace,
  folderOf,
  namespacesOf,
  RUN,
  startExample,
} from '../kit/example-process.ts';
import { networksAreMissing } from '../kit/networks.ts';
import { until } from '../kit/until.ts';

const NAME = 'three-tier-active-passive';

function isGone(pid: number): boolean {
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
}

/** A folder of programs, and nothing else to find. @param scripts text by name; null: the program of this machine */
function onlyPrograms(scripts: Readonly<Record<string, string | null>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'narrows-programs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, script] of Object.entries(scripts)) {
    const file = join(folder, name);
    if (script !== null) writeFileSync(file, script, { mode: 0o755 });
    else symlinkSync(execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(), file);
  }
  return folder;
}

/** Runs the example where it fails by itself. */
async function failingExample(before: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  const files = mkdtempSync(join(tmpdir(), 'narrows-failing-'));
  chmodSync(files, 0o711); // keepalived runs its script as nobody
  onTestFinished(() => rmSync(files, { recursive: true }));
  const [program, ...rest] = [...before, process.execPath, RUN, NAME, '--netns', '--free-ports'];
  const child = spawn(program!, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...env, TMPDIR: files } });
  const code = new Promise((resolve) => child.once('exit', resolve));
  const [stderr] = await Promise.all([text(child.stderr), text(child.stdout)]);
  return { code: await code, stderr, left: readdirSync(files), namespaces: namespacesOf(`narrows-${child.pid}`) };
}

describe.skipIf(networksAreMissing())('an example with --netns', { timeout: 30_000 }, () => {
  it('ends when one of its processes hangs', async () => {
    const example = await startExample(NAME, ['--netns']);
    process.kill(example.pid('front tier 1'), 'SIGSTOP');
    await endsWithoutTrace(example);
  });

  it('ends with its terminal', async () => {
    const example = await startExample(NAME, ['--netns']);
    const folder = folderOf(example);
    expect(await example.interrupt('SIGHUP')).toBe(0);
    expectNoTrace(example, folder);
  });

  it('kills what is left at the second Ctrl-C', async () => {
    const example: ExampleProcess = await startExample(NAME, ['--netns']);
    const folder = folderOf(example);
    void example.interrupt();
    await until(() => example.pids.some(isGone)); // it has begun to end them
    expect(await example.interrupt()).toBe(0);
    expectNoTrace(example, folder);
  });

  it('leaves nothing when keepalived does not start', async () => {
    const keepalived = '#!/bin/sh\n[ "$1" = --version ] || { echo "no such interface" >&2; exit 1; }\n';
    const PATH = `${onlyPrograms({ keepalived })}:${process.env.PATH}`;
    const { code, stderr, left, namespaces } = await failingExample([], { ...process.env, PATH });
    expect([code, stderr]).toEqual([1, 'keepalived 1 did not start (exit code 1): no such interface\n']);
    expect([left, namespaces]).toEqual([[], []]);
  });

  it.each([
    ['keepalived', { ip: null }, '--netns: keepalived is not there: install it\n'],
    ['ip', {}, '--netns: the command ip is not there: install iproute2\n'],
  ])('says that %s is missing', async (_, programs, message) => {
    const { code, stderr, left } = await failingExample([], { ...process.env, PATH: onlyPrograms(programs) });
    expect([code, stderr, left]).toEqual([1, message, []]);
  });

  it('names the capabilities that are missing', async () => {
    const without = ['setpriv', '--bounding-set=-all', '--inh-caps=-all'];
    const { code, stderr, left } = await failingExample(without);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('need CAP_SYS_ADMIN and CAP_NET_ADMIN, which root has'),
    ]);
    expect(left).toEqual([]);
  });
});
