// The published package: packed, installed into an empty folder, used as a command and as a library.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const QUIET = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

let folder = '';
let packed: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'narrows-package-'));
  const stage = join(folder, 'stage');
  mkdirSync(stage);
  // prepack builds dist; npm's own "ignore-scripts" would skip it.
  await run('npm', ['run', '-s', 'build'], { cwd: root });
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', stage], {
    cwd: root,
  });
  packed = filesOf(JSON.parse(stdout));
  const [tarball] = readdirSync(stage);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await run('npm', ['install', '--prefer-offline', ...QUIET, join(stage, tarball!)], { cwd: folder });
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Packed {
  files: { path: string }[];
}

/** `npm pack --json` is an array of packages, or from npm 12 on an object of them. */
function filesOf(answer: Packed[] | Record<string, Packed>): string[] {
  return Object.values(answer)[0]!.files.map(({ path }) => path);
}

const env = { ...process.env, NARROWS_NODE: process.execPath };

describe('the package', () => {
  it('holds what its users need, and no sources or tests', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'bin/narrows',
        'bin/narrows.js',
        'dist/index.js',
        'dist/index.d.ts',
        'README.md',
        'LICENSE',
      ]),
    );
    expect(packed).toEqual(expect.arrayContaining(['schema/narrows.schema.json', 'CHANGELOG.md', 'SECURITY.md']));
    expect(packed.filter((path) => /^(?:src|test|bench|docs)\/|\.test\./.test(path))).toEqual([]);
  });

  it('is a command', async () => {
    const command = join(folder, 'node_modules/.bin/narrows');
    expect((await run(command, ['--version'], { env })).stdout).toBe(`${packageJson.version}\n`);
    const config = join(folder, 'narrows.yaml');
    writeFileSync(config, 'farms: { shop: { servers: ["127.0.0.1:9001"] } }');
    const explained = await run(command, ['explain', '-c', config, '--url', 'http://a/'], { env });
    expect(explained.stdout).toContain('=> sent to 127.0.0.1:9001 of farm shop');
  });

  it('is a command on systems without a shell too', async () => {
    const launcher = join(folder, 'node_modules/narrows/bin/narrows.js');
    expect((await run(process.execPath, [launcher, '--version'])).stdout).toBe(`${packageJson.version}\n`);
  });

  it('is a library, with workers, admin API, metrics and access log', async () => {
    const script = join(folder, 'embed.js');
    writeFileSync(script, EMBEDDING);
    const { stdout } = await run(process.execPath, [script], { cwd: folder });
    expect(stdout).toBe('502 true 1 done\n');
  });
});

/** A farm with nobody behind it is enough: the whole router is in it. */
const EMBEDDING = `
import { readFileSync } from 'node:fs';
import { createLogger, createRouter } from 'narrows';
const router = createRouter({
  listeners: { web: { address: '127.0.0.1:0' } },
  admin: { address: '127.0.0.1:0' },
  farms: { shop: { servers: ['127.0.0.1:9'] } },
  accessLog: { path: process.cwd() + '/access.log' },
  shutdownIdleGrace: 0,
}, { workers: 2, logger: await createLogger('silent') });
const { listeners } = await router.start();
const [web, admin] = listeners.map((listener) => listener.url);
const { status } = await fetch(web, { headers: { Connection: 'close' } });
const metrics = await (await fetch(admin + '/metrics')).text();
await router.stop();
const lines = readFileSync('access.log', 'utf8').trim().split('\\n').length;
console.log(status, metrics.includes('narrows_server_requests_total'), lines, 'done');
`;
