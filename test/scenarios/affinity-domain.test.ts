// The affinity cookie of a parent domain in the jar of a client that is not ours: curl, which knows the public suffixes.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRouter, type Router } from '../../src/index.ts';
import { hasCurl } from '../kit/has-curl.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

let servers: CountingServer[];
let router: Router;
let port: string;
let folder: string;

async function start(affinity: object): Promise<void> {
  const farm = { servers: servers.map(({ address }) => address), affinity: { useCookie: true, ...affinity } };
  router = createRouter(
    { listeners: { web: { address: '127.0.0.1:0' } }, farms: { shop: farm }, shutdownIdleGrace: 0 },
    { workers: 0 },
  );
  port = new URL((await router.start()).listeners[0]!.url).port;
}

/** The server that answers `authority`, asked with the cookies of all requests before. */
async function servedAt(authority: string): Promise<string> {
  const jar = join(folder, 'jar');
  const way = ['--silent', '--noproxy', '*', '--connect-to', `::127.0.0.1:${port}`];
  const { stdout } = await promisify(execFile)('curl', [...way, '-c', jar, '-b', jar, `http://${authority}/`]);
  return stdout;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'narrows-'));
  servers = await Promise.all(['a', 'b', 'c'].map((name) => countingServer(name)));
});

afterEach(async () => {
  await router.stop();
  await Promise.all(servers.map((server) => server.kill()));
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(hasCurl('cookies in the jar of curl'))('in the jar of curl', () => {
  it('the cookie is for one host, unless the farm says otherwise', async () => {
    await start({});
    expect(await servedAt('a.shop.example.com')).toBe('a');
    expect(await servedAt('b.shop.example.com')).toBe('b');
    expect([await servedAt('a.shop.example.com'), await servedAt('b.shop.example.com')]).toEqual(['a', 'b']);
  });

  it('a cookie of the parent domain is for all its hosts, and no other', async () => {
    await start({ ignoreSubDomainClientAffinity: true });
    expect(await servedAt('a.shop.example.com')).toBe('a');
    for (const host of ['b.shop.example.com', 'www.example.com:8080', 'example.com']) {
      expect(await servedAt(host)).toBe('a');
    }
    expect(await servedAt('www.example.net')).toBe('b');
  });

  it('three labels keep it within the site', async () => {
    await start({ ignoreSubDomainClientAffinity: true, ignoreSubDomainFragmentDepth: 3 });
    expect([await servedAt('a.shop.example.co.uk'), await servedAt('b.other.example.co.uk')]).toEqual(['a', 'a']);
    expect(await servedAt('www.example.com')).toBe('b');
    expect(await servedAt('shop.example.com')).toBe('c');
  });

  it.each(['localhost', '127.0.0.1', '[::1]', 'www.example.com.', 'a_b.example.com'])(
    'the cookie of %s is kept all the same',
    async (host) => {
      await start({ ignoreSubDomainClientAffinity: true });
      for (let n = 0; n < 3; n++) expect(await servedAt(host)).toBe('a');
    },
  );
});
