#!/usr/bin/env node
// The launcher for Windows, where bin/narrows (a shell script) does not run: starts the same program with the same flags.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(`narrows needs Node 24.15 or newer, and this is ${process.versions.node}\n`);
  process.exit(1);
}

const source = new URL('../src/cli/main.ts', import.meta.url);
const main = existsSync(source) ? source : new URL('../dist/cli/main.js', import.meta.url);
// bin/narrows says what the flags are for.
const flags = [
  '--use-system-ca',
  '--enable-experimental-regexp-engine-on-excessive-backtracks',
  '--regexp-backtracks-before-fallback=10000',
  '--enable-experimental-regexp-engine',
];
const child = spawn(process.execPath, [...flags, fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('exit', (code) => process.exit(code ?? 1));
