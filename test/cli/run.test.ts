import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configFile, narrows } from '../kit/narrows-command.ts';
import { NARROWS } from '../kit/router-process.ts';
import { until } from '../kit/until.ts';

const CONFIG = `
listeners: { first: { address: "127.0.0.1:0" }, second: { address: "127.0.0.1:0" } }
admin: { address: "127.0.0.1:0" }
farms: { shop: { servers: ["127.0.0.1:9"] } }
shutdownIdleGrace: 0
`;

/** A router that has said `ready`; it is killed when the test ends. */
async function ready(config: string, ...args: string[]) {
  const child = spawn(NARROWS, ['run', '-c', configFile(config), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (line === 'ready') break;
  }
  return { child, lines, exited };
}

describe('narrows run', () => {
  it('says on stdout where it listens, then ready, and nothing else', async () => {
    const { lines, child, exited } = await ready(CONFIG);
    expect(lines).toEqual([
      expect.stringMatching(/^listening first http:\/\/127\.0\.0\.1:[1-9]\d*$/),
      expect.stringMatching(/^listening second http:\/\/127\.0\.0\.1:[1-9]\d*$/),
      expect.stringMatching(/^listening admin http:\/\/127\.0\.0\.1:[1-9]\d*$/),
      'ready',
    ]);
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  });

  it('makes one listener of those that --listen gives one address', async () => {
    const { lines } = await ready(CONFIG, '--listen', '127.0.0.1:0', '--workers', '1');
    expect(lines.map((line) => line.split(' ')[1])).toEqual(['first', 'admin', undefined]);
  });

  it('ends with 1 and one line when a port is in use, behind what there is to warn of', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as { port: number };
    const ended = await narrows(['run', '-c', configFile(CONFIG), '--listen', `127.0.0.1:${port}`]);
    const [warning, fault, ...more] = ended.stderr.split('\n');
    expect([ended.code, ended.stdout, fault, more]).toEqual([
      ...[1, '', `narrows: listener first: 127.0.0.1:${port} is in use by another program`, ['']],
    ]);
    expect(warning).toContain('listener \\"second\\" is not opened: --listen gives all of its kind one address');
  });

  it('ends with 1 and the faults of a configuration that cannot be used', async () => {
    const file = configFile('farm: {}');
    const { code, stdout, stderr } = await narrows(['run', '-c', file]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`${file}:1:1: error: farm: unknown key, did you mean "farms"?`);
  });

  it('goes on when nobody reads its stdout', async () => {
    const file = configFile(CONFIG.replace(/, second: .*? }/, ''));
    const socket = join(dirname(file), 'socket');
    const child = spawn(NARROWS, ['run', '-c', file, '--listen', `unix:${socket}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const stderr = text(child.stderr);
    child.stdout.destroy();
    await until(() => existsSync(socket) || child.exitCode !== null);
    child.kill('SIGTERM');
    expect([await exited, await stderr]).toEqual([0, '']);
  });

  it('stops at once at the second signal', async () => {
    const { lines, child, exited } = await ready(CONFIG.replace('shutdownIdleGrace: 0', 'shutdownIdleGrace: 1h'));
    const url = new URL(lines[0]!.split(' ')[2]!);
    const idle = connect(Number(url.port), url.hostname);
    idle.on('error', () => {});
    await new Promise((resolve) => idle.once('connect', resolve));
    idle.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await new Promise((resolve) => idle.once('data', resolve));
    const admin = lines.find((line) => line.startsWith('listening admin'))!.split(' ')[2]!;
    child.kill('SIGTERM');
    while ((await fetch(`${admin}/api/ready`)).status !== 503);
    child.kill('SIGTERM');
    expect(await exited).toBe(1);
  });
});
