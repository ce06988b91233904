// What is hidden stays so under names that somebody else makes of it.
import { expect, it } from 'vitest';
import { site } from '../kit/site.ts';

const WEB_CONFIG = '<configuration><!-- secret --></configuration>';

it('a compressed web.config is hidden like the one that it was made from', async () => {
  const { ask } = await site({
    'web.config': WEB_CONFIG,
    'web.config.gz': 'secret',
    'bin.gz': 'secret',
    'a.gz': 'yes',
  });
  expect((await ask('/web.config.gz')).status).toBe(404);
  expect((await ask('/WEB.CONFIG.GZ')).status).toBe(404);
  expect((await ask('/bin.gz')).status).toBe(404);
  expect((await ask('/a.gz')).status).toBe(200);
});

it('letters that are one to a disk of macOS make no other name', async () => {
  const { ask } = await site({ 'web.config': WEB_CONFIG, 'web.con\ufb01g': WEB_CONFIG });
  const { status, body } = await ask('/web.con%EF%AC%81g');
  expect([status, body.toString()]).toEqual([404, expect.stringContaining('404.8')]);
});
