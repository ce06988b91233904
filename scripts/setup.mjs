// Brings node_modules in step with package-lock.json, and does nothing when it already is.
// Plain JavaScript without dependencies: it runs before anything is installed, on whatever Node came with npm.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.narrows-setup');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  process.stderr.write('setting up: npm install (once, until package-lock.json changes)\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // Not `npm ci`: it fails where the registry lacks a binary of some other system, and mirrors do. With --no-save what
  // is installed is what the lock says, and the lock stays as it is. --engine-strict=false: npm itself may run on a Node
  // older than the one it is about to install for us.
  const done = spawnSync(
    npm,
    [
      ...['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'],
      ...['--engine-strict=false', '--loglevel=error'],
    ],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    },
  );
  if (done.status !== 0) {
    process.stderr.write(`setting up failed: npm install ended with ${done.status ?? done.error?.message}\n`);
    process.exit(1);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}
