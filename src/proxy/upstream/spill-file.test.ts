import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SpillFile } from './spill-file.ts';
import { SpillFiles } from './spill-files.ts';

/** A disk of 64 KiB; null where this user may mount none. */
function smallDisk(): string | null {
  const path = mkdtempSync(join(tmpdir(), 'narrows-small-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path]).status === 0) {
    onTestFinished(() => void execFileSync('umount', ['-l', path]));
    return path;
  }
  if (process.env.CI === 'true' && process.platform === 'linux')
    throw new Error('no disk can be mounted (CAP_SYS_ADMIN)');
  process.stderr.write('SKIPPED: a disk that is full, because this user may mount none\n');
  return null;
}

it('is broken once the disk has taken a part of a write, also when there is room again', async (context) => {
  const disk = smallDisk() ?? context.skip();
  const files = new SpillFiles(1);
  files.directory = disk;
  const file = new SpillFile(files);
  onTestFinished(() => file.close());
  file.append(Buffer.alloc(100_000, 1));
  expect(await file.read(0)).toBeNull();
  expect([file.broken, file.append(Buffer.alloc(10))]).toEqual([true, false]);
});
