import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { quickstart } from '../../src/cli/demo/quickstart.ts';
import { narrows } from '../kit/narrows-command.ts';
import { NARROWS } from '../kit/router-process.ts';

const FREE_PORTS = ['--port', '0', '--admin-port', '0', '--server-port', '0'];

/** A demo that has said what to try; it ends with the test, and takes its folder along. */
async function startDemo() {
  const child = spawn(NARROWS, ['demo', ...FREE_PORTS], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async (pattern: RegExp): Promise<string> => {
    for (let line = await lines.next(); !line.done; line = await lines.next())
      if (pattern.test(line.value)) return line.value;
    throw new Error(`the demo ended without a line like ${pattern}`);
  };
  const [url, a, b, c, admin] = [...(await nextLine(/^narrows routes/)).matchAll(/127\.0\.0\.1:\d+/g)].map(
    ([address]) => `http://${address}`,
  );
  const file = (await nextLine(/narrows\.yaml:$/)).slice(0, -1);
  await nextLine(/^Ctrl-C ends/);
  return { child, exited, nextLine, url: url!, servers: [a!, b!, c!], admin: admin!, file };
}

const bodyOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).text();
const serverOf = async (url: string, init?: RequestInit) => /server ([ABC])/.exec(await bodyOf(url, init))![1];

async function seen(url: string): Promise<string> {
  const names = [await serverOf(url), await serverOf(url), await serverOf(url)];
  return names.sort().join('');
}

describe('narrows demo', () => {
  it('balances over three servers, and leaves out one that is down until it is back', async () => {
    const { url, servers, nextLine } = await startDemo();
    expect(await seen(url)).toBe('ABC');
    expect(await bodyOf(`${servers[1]}/demo/down`, { method: 'POST' })).toBe('server B is down\n');
    await nextLine(/unhealthy/);
    while ((await seen(url)).includes('B'));
    expect(await bodyOf(`${servers[1]}/demo/up`, { method: 'POST' })).toBe('server B is up\n');
    while (!(await seen(url)).includes('B'));
  });

  it('keeps a client with its cookie at one server, and redirects old addresses', async () => {
    const { url } = await startDemo();
    const first = await fetch(url);
    const name = /server ([ABC])/.exec(await first.text())![1];
    const headers = { Cookie: first.headers.get('set-cookie')!.split(';')[0]! };
    for (let i = 0; i < 4; i++) expect(await serverOf(url, { headers })).toBe(name);
    const old = await fetch(`${url}/old/page`, { redirect: 'manual' });
    expect([old.status, old.headers.get('location')]).toEqual([301, `${url}/page`]);
  });

  it('is seen by the other commands while it runs', async () => {
    const { admin, url } = await startDemo();
    expect((await narrows(['status', '--admin', admin])).stdout).toContain('farm shop');
    const { stdout } = await narrows(['explain', '--admin', admin, '--url', `${url}/old/x`]);
    expect(stdout).toContain(`=> redirected with 301 to ${url}/x`);
  });

  it('ends all of it at Ctrl-C', async () => {
    const { child, exited, url, servers, file } = await startDemo();
    expect(existsSync(file)).toBe(true);
    child.kill('SIGINT');
    expect(await exited).toBe(0);
    expect(existsSync(file)).toBe(false);
    for (const address of [url, ...servers]) await expect(fetch(address)).rejects.toThrow('fetch failed');
  });

  it('says in one line that a port is in use', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void taken.close());
    const port = String((taken.address() as { port: number }).port);
    expect(await narrows(['demo', ...FREE_PORTS, '--server-port', port])).toEqual({
      code: 1,
      stdout: '',
      stderr: `narrows: server A: 127.0.0.1:${port} is in use by another program (--server-port N takes others)\n`,
    });
    expect((await narrows(['demo', ...FREE_PORTS, '--port', port])).stderr).toBe(
      `narrows: listener web: 127.0.0.1:${port} is in use by another program (--port N takes another)\n`,
    );
    expect((await narrows(['demo', ...FREE_PORTS, '--admin-port', port])).stderr).toBe(
      `narrows: admin.address 127.0.0.1:${port} is in use by another program (--admin-port N takes another)\n`,
    );
  });

  it('runs the configuration that the README shows', () => {
    const servers = [9001, 9002, 9003].map((port) => `127.0.0.1:${port}`);
    const text = quickstart({ router: '127.0.0.1:8080', admin: '127.0.0.1:9400', servers });
    expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain(text);
  });
});
