// logRewrittenUrl: the access log has the URL that the rules of a site made, not the one received (url-rewrite.md 18).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { checkConfig, createRouter } from '../../src/index.ts';
import { backend, ok } from '../kit/backend.ts';
import { ask } from '../kit/zero-loss-client.ts';

const rewrite = (name: string, url: string, to: string, logRewrittenUrl: boolean) => ({
  name,
  match: { url },
  action: { type: 'Rewrite', url: to, logRewrittenUrl },
});

async function logOf(format: string, paths: string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'narrows-logged-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const server = await backend(() => ok());
  const path = join(folder, 'access.log');
  const router = createRouter(
    {
      listeners: { web: { address: '127.0.0.1:0' } },
      farms: { shop: { servers: [server.address] } },
      sites: {
        main: {
          rules: [
            rewrite('said', '^said/(.*)', 'http://shop/made/{R:1}?x=1', true),
            rewrite('kept', '^kept/(.*)', 'http://shop/made/{R:1}', false),
          ],
        },
      },
      accessLog: { path, format, ...(format === 'w3c' ? { fields: ['cs-uri-stem', 'cs-uri-query'] } : {}) },
    },
    { workers: 0 },
  );
  const { listeners } = await router.start();
  for (const each of paths) await ask(listeners[0]!.url, each);
  await router.stop();
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

it('is heeded where it is set, in the JSON log', async () => {
  const lines = await logOf('json', ['/said/a?q', '/kept/a?q', '/other?q']);
  expect(lines.map((line) => JSON.parse(line).url)).toEqual(['/made/a?x=1&q', '/kept/a?q', '/other?q']);
});

it('is heeded in the W3C log', async () => {
  const lines = await logOf('w3c', ['/said/a?q', '/kept/a?q']);
  expect(lines[0]).toMatch(/^\/made\/a x=1&q&X-ARR-/);
  expect(lines[1]).toMatch(/^\/kept\/a q&X-ARR-/);
});

it('is for rules of a site only: check says so of others', async () => {
  const rules = [rewrite('global', '.*', '/made', true)];
  expect(await checkConfig({ rules })).toMatchObject([
    {
      severity: 'warning',
      message: 'logRewrittenUrl is ignored: only rules of a site have it; the URL is logged as received',
    },
  ]);
});
