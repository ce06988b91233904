import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { narrows } from '../kit/narrows-command.ts';

describe('narrows', () => {
  it('says its version', async () => {
    expect(await narrows(['--version'])).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  });

  it('names in its help the commands that there are, and no others', async () => {
    const { code, stdout } = await narrows(['--help']);
    const commands = [...stdout.matchAll(/^ {2}([a-z-]+) .*/gm)].map((match) => match[1]);
    expect([code, commands]).toEqual([
      0,
      [
        'run',
        'check',
        'explain',
        'import-iis',
        'import-htaccess',
        'certs',
        'status',
        'reload',
        'servers',
        'start',
        'stop',
        'drain',
        'health',
        'affinity',
        'farm',
        'audit',
        'vrrp-config',
        'demo',
        'completion',
        'help',
      ],
    ]);
  });

  it.each([
    [['fly'], "unknown command 'fly'"],
    [['run'], "required option '-c, --config <file>' not specified"],
    [['run', '-c', 'x.yaml', '--workers', 'x'], 'Expected a whole number from 0 to 256'],
    [['run', '-c', 'x.yaml', '--workers', '1.5'], 'Expected a whole number'],
    [['run', '-c', 'x.yaml', '--listen', 'nowhere'], 'Expected an address such as 127.0.0.1:8080'],
    [['run', '-c', 'x.yaml', '--listen', ':1', '--listen', ':2'], 'two addresses for the same listeners'],
    [['check', '-c', 'x.yaml', '--jason'], "unknown option '--jason'"],
    [['explain', '--url', 'http://a/'], "'-c, --config <file>' or '--admin <url>' not specified"],
    [['explain', '-c', 'x.yaml', '--url', '/a'], 'Expected an absolute URL'],
    [['explain', '-c', 'x.yaml'], "'--url <url>' or '--file <requests>' not specified"],
    [['explain', '-c', 'x.yaml', '--url', 'http://a/', '--file', 'x'], 'cannot be used with'],
    [['explain', '-c', 'x.yaml', '--url', 'http://a/', '--against', 'y.yaml'], "needs '--file <requests>'"],
    [['explain', '-c', 'x.yaml', '--file', 'x', '--method', 'PUT'], 'cannot be used with'],
    [['status', '--admin', '127.0.0.1:9400'], 'Expected a URL such as http://127.0.0.1:9400'],
    [['explain', '-c', 'x.yaml', '--url', 'http://a/', '--header', 'no colon'], "Expected 'Name: value'"],
    [['explain', '-c', 'x.yaml', '--url', 'http://a/', '--client', '1.2.3'], 'Expected an IP address'],
    [['demo', '--port', '65536'], 'Expected a whole number from 0 to 65535'],
    [['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish'],
  ])('refuses %j with exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await narrows(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('goes on where there is no folder for compiled code', async () => {
    const { HOME: _, XDG_CACHE_HOME: __, ...env } = process.env;
    expect((await narrows(['--version'], env)).code).toBe(0);
    expect((await narrows(['--version'], { ...env, HOME: '/proc' })).code).toBe(0);
  });

  it.each(['bash', 'zsh', 'fish'])(
    'prints a completion script for %s that knows commands and options',
    async (shell) => {
      const { code, stdout } = await narrows(['completion', shell]);
      expect(code).toBe(0);
      expect(stdout).toContain('explain');
      expect(stdout).toMatch(shell === 'fish' ? / -l listen / : /--listen /);
    },
  );

  it.each([
    ['narrows ex', 'explain'],
    ['narrows run --wor', '--workers'],
    ['narrows status --', '--admin --json --watch --help'],
  ])('completes "%s" in bash', async (line, words) => {
    const { stdout: script } = await narrows(['completion', 'bash']);
    const typed = line.split(' ');
    const ask = `COMP_WORDS=(${line}); COMP_CWORD=${typed.length - 1}; _narrows; echo "\${COMPREPLY[*]}"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', `${script}${ask}`]);
    expect(stdout).toBe(`${words}\n`);
  });

  it.each([
    ...['status', 'status --watch', 'reload', 'certs', 'audit', 'audit undo 1', 'servers list', 'servers add shop/a'],
    ...['start shop/a', 'stop shop/a', 'drain shop/a --wait', 'health shop/a', 'farm shop offline'],
    ...['affinity hosts shop', 'explain --url http://a/'],
  ])('%s: where no router runs it says whom it asked, and how to start one', async (command) => {
    const { code, stdout, stderr } = await narrows([...command.split(' '), '--admin', 'http://127.0.0.1:1']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^narrows: no router answers at http:\/\/127\.0\.0\.1:1 \(.+\): start one with "narrows run -c FILE" or "narrows demo", or say with --admin URL where .*\n$/,
    );
  });
});
