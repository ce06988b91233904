// A folder that becomes a link between the look for a file and its opening leads nowhere else.
import { renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { findFile } from '../../src/base/find-file.ts';
import { folder, site } from '../kit/site.ts';

const swap = vi.hoisted(() => ({ now: () => {} }));
vi.mock('../../src/base/find-file.ts', async (original) => {
  const real = await original<{ findFile: typeof findFile }>();
  return {
    ...real,
    async findFile(...asked: Parameters<typeof findFile>) {
      const found = await real.findFile(...asked);
      if (asked[1].endsWith('.gz')) swap.now(); // the last look before it is opened
      return found;
    },
  };
});

it.runIf(process.platform === 'linux')('a link that a folder was swapped for is not followed', async () => {
  const outside = folder({ 'page.html': 'secret' });
  const { root, ask } = await site({ 'pages/page.html': 'public' });
  expect((await ask('/pages/page.html')).body.toString()).toBe('public');
  swap.now = () => {
    swap.now = () => {};
    renameSync(join(root, 'pages'), join(root, 'aside'));
    symlinkSync(outside, join(root, 'pages'));
  };
  const response = await ask('/pages/page.html');
  expect([response.status, response.body.toString()]).toEqual([404, expect.not.stringContaining('secret')]);
});
