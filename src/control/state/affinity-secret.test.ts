// The secret of the affinity cookies outlives the router that made it.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { affinitySecret } from './affinity-secret.ts';

const run = promisify(execFile);
let folder: string;
let warnings: string[];
const warn = (message: string) => void warnings.push(message);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'narrows-secret-'));
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('affinity secret', () => {
  it('is made once, readable by its owner alone, and found again', () => {
    const state = join(folder, 'state');
    const secret = affinitySecret(state, warn);
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(affinitySecret(state, warn)).toBe(secret);
    expect(readdirSync(state)).toEqual(['affinity.secret']);
    if (process.platform !== 'win32') expect(statSync(join(state, 'affinity.secret')).mode & 0o777).toBe(0o600);
    expect(warnings).toEqual([]);
  });

  it('is the same for all processes that start at once', async () => {
    const source = `
      const { affinitySecret } = await import(${JSON.stringify(new URL('./affinity-secret.ts', import.meta.url).href)});
      console.log(affinitySecret(${JSON.stringify(folder)}, console.error));`;
    const started = Array.from({ length: 4 }, () => run(process.execPath, ['--input-type=module', '-e', source]));
    const secrets = new Set((await Promise.all(started)).map(({ stdout }) => stdout.trim()));
    expect(secrets).toEqual(new Set([readFileSync(join(folder, 'affinity.secret'), 'utf8').trim()]));
  });

  it('is one for this run, with a warning, where the state directory cannot be written', () => {
    writeFileSync(join(folder, 'file'), '');
    const state = join(folder, 'file', 'state');
    expect(affinitySecret(state, warn)).not.toBe(affinitySecret(state, warn));
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('until this router stops');
  });

  it('is not taken from a file that holds none, and the file stays', () => {
    writeFileSync(join(folder, 'affinity.secret'), 'oops');
    expect(affinitySecret(folder, warn)).toMatch(/^[0-9a-f]{64}$/);
    expect(warnings[0]).toContain('holds no secret');
    expect(readFileSync(join(folder, 'affinity.secret'), 'utf8')).toBe('oops');
  });

  it('warns when others may read it', { skip: process.platform === 'win32' }, () => {
    writeFileSync(join(folder, 'affinity.secret'), 'a'.repeat(64), { mode: 0o644 });
    expect(affinitySecret(folder, warn)).toBe('a'.repeat(64));
    expect(warnings[0]).toContain('chmod 600');
  });

  it('is one for this run without a state directory', () => {
    expect(affinitySecret(null, warn)).not.toBe(affinitySecret(null, warn));
    expect(warnings).toEqual([]);
  });
});
