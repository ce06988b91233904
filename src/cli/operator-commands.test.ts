import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { samplePort, sampleStatus, startSampleAdmin } from '../../test/kit/sample-admin.ts';
import type { AdminServer } from '../admin/start-admin.ts';
import { ConfigError } from '../model/config-error.ts';

let admin: AdminServer | null = null;

afterEach(async () => {
  await admin?.close();
  admin = null;
});

/** Starts a process that has the two commands and nothing else. */
function start(args: string[], token?: string) {
  const script = `
    import { Command } from 'commander';
    import { registerStatus } from '${new URL('./status.ts', import.meta.url).href}';
    import { registerReload } from '${new URL('./reload.ts', import.meta.url).href}';
    const program = new Command('narrows');
    registerStatus(program);
    registerReload(program);
    await program.parseAsync();`;
  const { NARROWS_TOKEN: _, ...env } = process.env;
  return spawn(process.execPath, ['--input-type=module', '--eval', script, '--', ...args], {
    env: token === undefined ? env : { ...env, NARROWS_TOKEN: token },
  });
}

async function run(args: string[], token?: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = start(args, token);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

describe('narrows status', () => {
  it('shows farms and servers as a table', async () => {
    admin = await startSampleAdmin();
    const { code, stdout, stderr } = await run(['status', '--admin', admin.url]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      [
        'narrows 1.2.3, up since 2026-01-01T00:00:00.000Z',
        'configuration 4, loaded 2026-01-01T01:00:00.000Z',
        '1 worker, 0 restarts, 3 client connections',
        'listener web http://127.0.0.1:8080',
        '',
        'farm shop',
        'SERVER          STATE     HEALTH     WEIGHT  REQUESTS  PER SEC  FAILED  CURRENT    SENT  RECEIVED  RESPONSE',
        '127.0.0.1:9001  Active    healthy       100      1200     12.5       2        5  2.0 KB    3.0 MB    8.3 ms',
        '127.0.0.1:9002  Draining  UNHEALTHY      50         0      0.0       0        0     0 B       0 B         -',
        '  127.0.0.1:9002 unhealthy since 2026-01-01T02:00:00.000Z: URL test: status 503',
        '  127.0.0.1:9001 has 3 WebSockets of 7 so far (1 failed), 512 B to it, 4.0 KB from it',
        '',
      ].join('\n'),
    );
  });

  it('says that the last reload was refused, and why', async () => {
    const lastError = { at: '2026-01-01T03:00:00.000Z', message: 'narrows.yaml:3:5: unknown key' };
    const status = () => ({ ...sampleStatus, snapshot: { ...sampleStatus.snapshot, lastError } });
    admin = await startSampleAdmin(samplePort({ status }));
    const { stdout } = await run(['status', '--admin', admin.url]);
    expect(stdout).toContain('last reload REFUSED 2026-01-01T03:00:00.000Z: narrows.yaml:3:5: unknown key\n');
  });

  it('prints the JSON of the API with --json', async () => {
    admin = await startSampleAdmin();
    const { code, stdout } = await run(['status', '--json', '--admin', admin.url]);
    expect([code, JSON.parse(stdout)]).toEqual([0, sampleStatus]);
  });

  it('prints again and again with --watch', async () => {
    let asked = 0;
    const status = () => ({ ...sampleStatus, version: String(asked++) });
    admin = await startSampleAdmin(samplePort({ status }));
    const child = start(['status', '--watch', '--json', '--admin', admin.url]);
    let output = '';
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (piece: Buffer) => {
        output += piece.toString();
        if (output.split('\n').length > 2) resolve();
      });
    });
    child.kill();
    const versions = output
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { version: string }).version);
    expect(versions.slice(0, 2)).toEqual(['0', '1']);
  });

  it('takes the token from NARROWS_TOKEN, and says when it is missing or wrong', async () => {
    admin = await startSampleAdmin(samplePort(), { token: 's3cret' });
    expect((await run(['status', '--admin', admin.url], 's3cret')).code).toBe(0);
    const missing = await run(['status', '--admin', admin.url]);
    expect([missing.code, missing.stdout, missing.stderr]).toEqual([
      1,
      '',
      `narrows: the admin API at ${admin.url} needs a token: set NARROWS_TOKEN\n`,
    ]);
    const wrong = await run(['status', '--admin', admin.url], 'wrong');
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      `narrows: the admin API at ${admin.url} refuses the token in NARROWS_TOKEN\n`,
    ]);
  });

  it('says in one line that the router cannot be reached', async () => {
    const gone = await startSampleAdmin();
    await gone.close();
    const { code, stdout, stderr } = await run(['status', '--admin', gone.url]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^narrows: no router answers at http:\S+ \(.*ECONNREFUSED.*\): start one with "narrows run -c FILE".*\n$/,
    );
  });
});

describe('narrows reload', () => {
  it('says which configuration runs then', async () => {
    let reloads = 0;
    const reload = async () => {
      reloads++;
      return [{ file: 'narrows.yaml', line: 3, column: 5, severity: 'warning' as const, message: 'it is old' }];
    };
    admin = await startSampleAdmin(samplePort({ reload }));
    const { code, stdout } = await run(['reload', '--admin', admin.url]);
    const said = 'reloaded: configuration 4\nnarrows.yaml:3:5: warning: it is old\n';
    expect([code, stdout, reloads]).toEqual([0, said, 1]);
  });

  it('says what changes with a restart only', async () => {
    const status = () => ({ ...sampleStatus, needsRestart: ['workers'] });
    admin = await startSampleAdmin(samplePort({ status, reload: async () => [] }));
    const { stdout } = await run(['reload', '--admin', admin.url]);
    expect(stdout).toBe('reloaded: configuration 4\nworkers changes only with a restart\n');
    expect((await run(['status', '--admin', admin.url])).stdout).toContain('workers: changes only with a restart\n');
  });

  it('prints every error of a refused configuration as check does', async () => {
    const reload = async () => {
      throw new ConfigError([
        {
          file: 'n.yaml',
          line: 3,
          column: 5,
          severity: 'error',
          message: 'unknown key "farm"',
          suggestion: 'did you mean "farms"?',
        },
        { file: 'n.yaml', line: 9, column: 1, severity: 'warning', message: 'odd' },
      ]);
    };
    admin = await startSampleAdmin(samplePort({ reload }));
    const { code, stdout, stderr } = await run(['reload', '--admin', admin.url]);
    expect([code, stdout.split('\n')]).toEqual([
      1,
      ['n.yaml:3:5: error: unknown key "farm", did you mean "farms"?', 'n.yaml:9:1: warning: odd', ''],
    ]);
    expect(stderr).toBe('narrows: the configuration was refused; the router goes on with the one it has\n');
  });
});
