import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeFolder } from './make-folder.ts';

function place(): string {
  const path = mkdtempSync(join(tmpdir(), 'narrows-folder-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

describe('a folder of the router', () => {
  it('is made with those above it, for nobody else, and may be there already', () => {
    const path = join(place(), 'a', 'b', 'c');
    makeFolder(path);
    makeFolder(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('is an error where a file is in the way', () => {
    const path = place();
    writeFileSync(join(path, 'file'), '');
    expect(() => makeFolder(join(path, 'file'))).toThrow('EEXIST');
    expect(() => makeFolder(join(path, 'file', 'a'))).toThrow('ENOTDIR');
  });

  it.skipIf(process.platform !== 'linux')('is an error where the file system has no place for it', () => {
    expect(() => makeFolder('/proc/narrows')).toThrow('ENOENT');
    expect(() => makeFolder('/proc/narrows/state')).toThrow('ENOENT');
  });
});
