// What a router logged can be asked again: every request has the outcome that it had (CONTRACT 1, explain --file).
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createExplainer, createRouter, Replay, type ReplayResult } from '../../src/index.ts';
import { ask } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

let folder: string;
let servers: CountingServer[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'narrows-'));
  servers = await Promise.all(['a', 'b'].map((name) => countingServer(name)));
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  rmSync(folder, { recursive: true, force: true });
});

it.each(['json', 'w3c'])('a log in the format %s', async (format) => {
  const path = join(folder, 'access.log');
  const [shop, blog] = servers.map(({ address }) => ({ servers: [address] }));
  const rewrite = (url: string) => ({ type: 'Rewrite', url });
  const config = {
    listeners: { web: { address: '127.0.0.1:0' } },
    farms: { shop, blog },
    rules: [
      { name: 'old', match: { url: '^old/(.*)' }, action: { type: 'Redirect', url: '/{R:1}', redirectType: 'Found' } },
      {
        name: 'closed',
        match: { url: '^closed' },
        action: { type: 'CustomResponse', statusCode: 403, subStatusCode: 9 },
      },
      { name: 'blog', match: { url: '^blog/.*' }, action: rewrite('http://blog/{R:0}') },
      { name: 'shop', match: { url: '^shop/.*' }, action: rewrite('http://shop/{R:0}') },
    ],
    accessLog: { path, format },
  };
  const router = createRouter(config, { workers: 0 });
  const web = (await router.start()).listeners[0]!.url;
  const paths = ['/shop/x%20y?a=1&b=%20', '/blog/+', '/old/x', '/closed', '/nothing', '/%252e'];
  for (const each of paths) await ask(web, each);
  await router.stop();

  const replay = new Replay(await createExplainer(config));
  const results: ReplayResult[] = [];
  for await (const told of replay.run(createReadStream(path))) results.push(told as ReplayResult);
  expect(results.map(({ request }) => new URL(request.url).pathname + new URL(request.url).search)).toEqual(paths);
  expect(results.map(({ outcome }) => ('farm' in outcome ? outcome.farm : outcome.kind))).toEqual([
    ...['shop', 'blog', 'redirect', 'customResponse', 'none', 'error'],
  ]);
  const verdicts = results.map(({ judgement }) => judgement?.verdict);
  expect(verdicts).toEqual(Array.from(paths, () => (format === 'json' ? undefined : 'same')));
});
