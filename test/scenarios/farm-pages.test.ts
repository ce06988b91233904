// What clients see of a farm that is offline or fails: its own pages, ours, and a server's own errors as they are.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConfigError, createRouter, type Router } from '../../src/index.ts';
import { ask } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

let folder: string;
let server: CountingServer;
let router: Router;
let url: string;

const file = (name: string) => join(folder, name);

async function start(farm: object): Promise<void> {
  router = createRouter(
    {
      listeners: { web: { address: '127.0.0.1:0' } },
      farms: { shop: { servers: [server.address], ...farm } },
      shutdownIdleGrace: 0,
    },
    { workers: 0 },
  );
  url = (await router.start()).listeners[0]!.url;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'narrows-'));
  server = await countingServer('a', (request, response) => {
    if (request.url === '/broken') response.writeHead(500, { 'Content-Length': 12 }).end('its own page');
  });
  writeFileSync(file('maintenance.html'), '<p>Back at noon</p>');
  writeFileSync(file('gone.html'), '<p>Gone</p>');
  writeFileSync(file('none.html'), '<p>Nobody there</p>');
});

afterEach(async () => {
  await router?.stop();
  await server.kill();
  rmSync(folder, { recursive: true });
});

describe('a farm that is offline', () => {
  it('answers with its maintenance page: 503, when to come again, and not to be cached', async () => {
    await start({ enabled: false, maintenancePage: file('maintenance.html') });
    const answer = await ask(url, '/any');
    expect([answer.status, answer.body]).toEqual([503, '<p>Back at noon</p>']);
    expect(answer.head).toMatch(/^retry-after: 60\r$/im);
    expect(answer.head).toMatch(/^cache-control: no-store\r$/im);
    expect(answer.head).toMatch(/^content-type: text\/html/im);
    expect(answer.head).toMatch(/^proxy-status: narrows; error=destination_unavailable\r$/im);
  });

  it('tells programs in JSON', async () => {
    await start({ enabled: false, maintenancePage: file('maintenance.html') });
    const answer = await ask(url, '/', 'Accept: application/json\r\n');
    expect(JSON.parse(answer.body)).toMatchObject({ status: 503, subStatus: 0, code: 'farmOffline' });
  });

  it('answers 502.4 where it has no page', async () => {
    await start({ enabled: false });
    const answer = await ask(url, '/');
    expect([answer.status, answer.head.includes('502.4 farm shop is offline')]).toEqual([502, true]);
  });
});

describe('pages for errors', () => {
  const pages = () => ({ '502': file('gone.html'), '502.4': file('none.html'), '503': 'https://status.example/' });

  it('are those of the sub-status, else of the status', async () => {
    await start({ errorPages: pages(), protocol: { retries: 0 } });
    await server.kill();
    const down = await ask(url, '/');
    expect([down.status, down.body]).toEqual([502, '<p>Gone</p>']);
    expect(down.head).toMatch(/^proxy-status: narrows; error=connection_refused\r$/im);
    await router.stop();
    await start({ errorPages: pages(), servers: [{ address: server.address, enabled: false }] });
    expect((await ask(url, '/')).body).toBe('<p>Nobody there</p>');
    await server.revive();
  });

  it('may be elsewhere', async () => {
    await start({ enabled: false, maintenancePage: file('maintenance.html'), errorPages: pages() });
    rmSync(file('maintenance.html'));
    expect((await ask(url, '/')).status).toBe(503); // the file is gone: our own page
    await router.stop();
    writeFileSync(file('maintenance.html'), '');
    await start({ errorPages: { '502': 'https://status.example/?a=b' } });
    await server.kill();
    const sent = await ask(url, '/');
    expect([sent.status, /^location: (.*)\r$/im.exec(sent.head)?.[1]]).toEqual([302, 'https://status.example/?a=b']);
    await server.revive();
  });

  it("do not touch a server's own errors: they are passed on as they are", async () => {
    await start({ errorPages: { '500': file('gone.html') } });
    const answer = await ask(url, '/broken');
    expect([answer.status, answer.body]).toEqual([500, 'its own page']);
    expect(answer.head).not.toMatch(/proxy-status/i);
  });

  it('that are not there, or for what is no error, are refused with their place', async () => {
    await start({});
    const refused = (farm: object) =>
      router.reload({ farms: { shop: { servers: [server.address], ...farm } } }).then(
        () => [],
        (error: ConfigError) => error.errors.map(({ message }) => message),
      );
    expect(await refused({ maintenancePage: file('x.html') })).toEqual([expect.stringContaining(file('x.html'))]);
    expect(await refused({ errorPages: { '502': file('x.html') } })).toEqual([expect.stringContaining('no file')]);
    expect(await refused({ errorPages: { '200': file('gone.html') } })).toEqual([
      expect.stringContaining('"200" is no status of an error'),
    ]);
  });
});
