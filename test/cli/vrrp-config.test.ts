// What `narrows vrrp-config` writes: keepalived takes it, and its script knows a router that is ready from one that is not.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Network } from '../../examples/parts/network.ts';
import { narrows } from '../kit/narrows-command.ts';
import { networksAreMissing } from '../kit/networks.ts';
import { RouterProcess } from '../kit/router-process.ts';
import { AnswerReader, openTo } from '../kit/zero-loss-client.ts';

const USUAL = ['vrrp-config', '--address', '192.0.2.10/24', '--interface', 'eth0', '--peer', '192.0.2.12'];

function folderOfTest(): string {
  const folder = mkdtempSync(join(tmpdir(), 'narrows-vrrp-'));
  chmodSync(folder, 0o755); // the script runs as nobody
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe('narrows vrrp-config', () => {
  it('prints a configuration, or the script', async () => {
    const { code, stdout } = await narrows(USUAL);
    expect(code).toBe(0);
    expect(stdout).toContain('virtual_router_id 51');
    expect(stdout).toContain('advert_int 0.3');
    expect(stdout).toContain('script "/etc/keepalived/narrows-ready.sh"');
    expect((await narrows([...USUAL, '--script'])).stdout).toContain("'http://127.0.0.1:9400/api/ready'");
  });

  it.each([
    [['--address', '192.0.2.10'], 'Expected ADDRESS/PREFIX such as 192.0.2.10/24'],
    [['--address', '192.0.2.10/33'], 'Expected ADDRESS/PREFIX'],
    [['--address', '192.0.2/24'], 'Expected an IP address'],
    [['--address', '2001:db8::10/64'], 'all IPv4 or all IPv6'],
    [['--interface', 'eth0 }'], 'Expected the name of a network interface'],
    [['--peer', '192.0.2.10'], "is the shared address: --peer is the other front tier's own"],
    [['--router-id', '256'], 'Expected a whole number from 1 to 255'],
    [['--priority', '255'], 'Expected a whole number from 1 to 254'],
    [['--advert', '2s'], 'Expected 10ms to 1s'],
    [['--admin', 'https://127.0.0.1'], 'Expected the http URL of the router'],
    [['-o', '/tmp/a b'], 'keepalived takes no path with spaces'],
  ])('refuses %j with exit code 2', async (options, message) => {
    const { code, stderr } = await narrows([...USUAL, ...options]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it('leaves a file of somebody else as it is, and replaces its own', async () => {
    const folder = folderOfTest();
    const file = join(folder, 'keepalived.conf');
    writeFileSync(file, 'vrrp_instance mine {}\n');
    const { code, stderr } = await narrows([...USUAL, '-o', folder]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${file} was not made here, and is left as it is`)]);
    expect(readFileSync(file, 'utf8')).toBe('vrrp_instance mine {}\n');
    rmSync(file);
    expect((await narrows([...USUAL, '-o', folder])).code).toBe(0);
    expect((await narrows([...USUAL, '--no-preempt', '-o', folder])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('\n  nopreempt\n');
  });

  it('writes what nobody can run, whatever the umask is, and over a script that was closed', async () => {
    const folder = join(folderOfTest(), 'made', 'here');
    const umask = process.umask(0o077); // the command inherits it
    onTestFinished(() => void process.umask(umask));
    const script = join(folder, 'narrows-ready.sh');
    for (const _ of ['new', 'again']) {
      expect(await narrows([...USUAL, '-o', folder])).toMatchObject({ code: 0, stderr: '' });
      expect([folder, join(folder, '..'), script].map((path) => statSync(path).mode & 0o777)).toEqual([
        0o755, 0o755, 0o755,
      ]);
      chmodSync(script, 0o700);
    }
  });

  it('refuses a folder that nobody may not enter', async () => {
    const closed = join(folderOfTest(), 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const { code, stderr } = await narrows([...USUAL, '-o', join(closed, 'keepalived')]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`as nobody, who may not enter ${closed}: name another`),
    ]);
  });

  it.skipIf(networksAreMissing()).each([
    ['IPv4', ['192.0.2.10/24', '198.51.100.10/32'], '192.0.2.12', '192.0.2.13'],
    ['IPv6', ['2001:db8::10/64', '2001:db8:1::10/128'], '2001:db8::12', '2001:db8::13'],
  ])('writes what keepalived takes: %s', async (_, addresses, ...peers) => {
    const folder = folderOfTest();
    const network = new Network(`narrows-vrrp-${process.pid}`); // with an eth0, which this machine may not have
    onTestFinished(() => network.remove());
    const options = [
      '--no-preempt',
      ...addresses.flatMap((address) => ['--address', address]),
      '--interface',
      'eth0',
      ...peers.flatMap((peer) => ['--peer', peer]),
    ];
    expect(await narrows(['vrrp-config', ...options, '-o', folder])).toMatchObject({ code: 0, stderr: '' });
    const file = join(folder, 'keepalived.conf');
    const check = () => {
      const [program, ...rest] = network.on('front-1', ['keepalived', '--config-test', '-f', file]);
      return spawnSync(program!, rest, { encoding: 'utf8' });
    };
    // keepalived 2.2.7 (Debian 12) ends its own test by SIGTERM where scripts have a user of their own; what it says is sound.
    const { status, signal, stderr } = check();
    expect([stderr, status ?? signal]).toEqual(['', expect.toBeOneOf([0, 'SIGTERM'])]);
    writeFileSync(file, readFileSync(file, 'utf8').replace('script_user nobody', 'script_user root'));
    expect(check()).toMatchObject({ status: 0, stdout: '', stderr: '' });
    writeFileSync(file, readFileSync(file, 'utf8').replace(/priority \d+/, 'priority 1000'));
    expect(check().status).not.toBe(0);
  });

  describe.each(['curl', 'bash'])('its script, with %s', (program) => {
    /** A router, and the script asked as a shell runs it. @returns what the script thinks of it: is it ready? */
    async function routerAndScript() {
      const folder = folderOfTest();
      const router = await RouterProcess.start({
        listeners: { web: { address: '127.0.0.1:0' } },
        admin: { address: '127.0.0.1:0' },
        shutdownIdleGrace: '1h',
      });
      onTestFinished(() => router.stop());
      await narrows([...USUAL, '--admin', router.url('admin'), '-o', folder]);
      const script = join(folder, 'narrows-ready.sh');
      const hidden = program === 'curl' ? '' : 'command() { return 1; }; ';
      const isReady = () => spawnSync('sh', ['-c', `${hidden}. ${script}`], { encoding: 'utf8' }).status === 0;
      return { router, isReady };
    }

    it('tells a router that is ready from one that hangs or is dead', async () => {
      const { router, isReady } = await routerAndScript();
      expect(isReady()).toBe(true);
      router.child.kill('SIGSTOP');
      expect(isReady()).toBe(false);
      router.child.kill('SIGCONT');
      expect(isReady()).toBe(true);
      router.signal('SIGKILL');
      await router.exited;
      expect(isReady()).toBe(false);
    });

    it('tells one that is stopping while a client is still connected', async () => {
      const { router, isReady } = await routerAndScript();
      const idle = await openTo(router.url('web')); // it stays, and the router with it
      onTestFinished(() => void idle.destroy());
      idle.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await new AnswerReader(idle).next();
      router.signal('SIGTERM');
      while ((await fetch(`${router.url('admin')}/api/ready`)).status !== 503);
      expect(isReady()).toBe(false);
      expect((await fetch(`${router.url('admin')}/api/live`)).status).toBe(200);
    });
  });
});
