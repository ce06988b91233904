import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
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

/** Everything that can be read. */
async function all(file: SpillFile): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let at = 0; at < file.length; at += pieces.at(-1)!.length) pieces.push((await file.read(at))!);
  return Buffer.concat(pieces);
}

const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

it('holds what a disk that is not there has not taken', async () => {
  const files = new SpillFiles(1);
  files.directory = '/dev/null/nowhere';
  const file = new SpillFile(files);
  file.append(Buffer.from('kept '));
  file.append(Buffer.from('all the same'));
  expect((await all(file)).toString()).toBe('kept all the same');
  expect([file.broken, file.append(Buffer.alloc(1)), file.behind]).toEqual([true, false, false]);
  file.close();
  expect(await file.read(0)).toBeNull();
});

it('is broken once the disk has taken a part of a write: it takes no more, and what it has taken can be read', async (context) => {
  const disk = smallDisk() ?? context.skip();
  const files = new SpillFiles(1);
  files.directory = disk;
  const file = new SpillFile(files);
  onTestFinished(() => file.close());
  const whole = Buffer.concat([Buffer.alloc(10_000, 1), Buffer.alloc(90_000, 2), Buffer.alloc(10, 3)]);
  file.append(whole.subarray(0, 10_000));
  expect((await file.read(0))!.equals(whole.subarray(0, 10_000))).toBe(true); // written
  file.append(whole.subarray(10_000, 100_000));
  file.append(whole.subarray(100_000));
  expect(hash(await all(file))).toBe(hash(whole));
  expect([file.broken, file.append(Buffer.alloc(10))]).toEqual([true, false]);
});
