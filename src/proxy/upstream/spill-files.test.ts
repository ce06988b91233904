import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { openIn } from '../../../test/kit/open-files.ts';
import { SpillFiles } from './spill-files.ts';

function filesIn(directory: string): SpillFiles {
  const files = new SpillFiles(1);
  files.directory = directory;
  return files;
}

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'narrows-spill-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Takes away the first file that comes up, before the thread that made it can: nothing else of this process runs meanwhile. */
async function takeAwayFirst(directory: string): Promise<void> {
  for (;;) {
    const until = performance.now() + 50;
    while (performance.now() < until) {
      const [name] = readdirSync(directory);
      if (name !== undefined) return rmSync(join(directory, name));
    }
    await setImmediate();
  }
}

it.runIf(process.platform === 'linux')('opens a file without a name', async () => {
  const directory = temporary();
  const file = await filesIn(directory).open();
  expect(readdirSync(directory)).toEqual([]);
  expect(openIn(directory)).toHaveLength(1);
  await file.close();
});

it.runIf(process.platform === 'linux')('leaves nothing open where the name cannot be taken away', async () => {
  const directory = temporary();
  const opened = filesIn(directory)
    .open()
    .catch((error: NodeJS.ErrnoException) => error.code);
  await takeAwayFirst(directory);
  expect(await opened).toBe('ENOENT');
  expect(openIn(directory)).toEqual([]);
});
