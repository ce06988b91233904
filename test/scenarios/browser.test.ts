// A browser as the client: a page by https that opens a WebSocket to where it came from.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { shop } from '../kit/router.ts';
import { opensslIsMissing, TestCertificates } from '../kit/test-certificates.ts';

const hasChromium = spawnSync('chromium', ['--version']).status === 0;
if (!hasChromium) {
  if (process.env.CI === 'true') throw new Error('chromium is not installed');
  console.warn('SKIPPED: a browser as the client: chromium is not installed');
}
const skipped = !hasChromium || opensslIsMissing();
const made = skipped ? null! : new TestCertificates();
afterAll(() => made?.remove());

const PAGE = `<!doctype html><script>
  const socket = new WebSocket('wss://' + location.host + '/socket');
  socket.onopen = () => socket.send('hello');
  socket.onmessage = ({ data }) => { socket.close(1000); fetch('/result?' + data); };
  socket.onerror = () => fetch('/result?error');
</script>`;

/** A server of the page, that echoes on WebSockets. */
async function pageServer() {
  const results: { query: string; cookie: string }[] = [];
  const upgradeCookies: string[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    if (url.startsWith('/result?')) results.push({ query: url.slice('/result?'.length), cookie: headers.cookie ?? '' });
    response.setHeader('Content-Type', 'text/html').end(url === '/' ? PAGE : '');
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, { headers }) => {
    upgradeCookies.push(headers.cookie ?? '');
    socket.on('message', (data) => socket.send(`${data} from ${port}`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => void server.close());
  return { address: `127.0.0.1:${port}`, port, results, upgradeCookies };
}

/** Opens `url`, whose host is this machine; ends with the test. */
function browse(url: string): void {
  const profile = mkdtempSync(join(tmpdir(), 'narrows-chromium-'));
  const browser = spawn(
    'chromium',
    [
      ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
      ...[`--user-data-dir=${profile}`, '--ignore-certificate-errors', '--remote-debugging-port=0'],
      ...['--host-resolver-rules=MAP shop.example 127.0.0.1', url],
    ],
    { stdio: 'ignore', detached: true },
  );
  onTestFinished(async () => {
    const ended = once(browser, 'exit');
    process.kill(-browser.pid!, 'SIGKILL'); // the group of the browser: its children do not end by themselves
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  });
}

describe.skipIf(skipped)('a browser', () => {
  it('gets a page by https and opens a WebSocket, both on the server that its cookie names', async () => {
    const servers = [await pageServer(), await pageServer()];
    const { certFile, keyFile } = made.make({ names: 'DNS:shop.example' });
    const tls = { certificates: [{ cert: certFile, key: keyFile }] };
    const { url } = await shop(
      servers.map(({ address }) => address),
      { affinity: { useCookie: true } },
      { listeners: { web: { address: '127.0.0.1:0', tls } } },
    );
    browse(`https://shop.example:${new URL(url).port}/`);
    const done = () => servers.find(({ results }) => results.length > 0);
    await expect.poll(done, { timeout: 30_000 }).toBeDefined();
    const server = done()!;
    const [result] = server.results;
    expect(decodeURIComponent(result!.query)).toBe(`hello from ${server.port}`);
    expect(result!.cookie).toMatch(/^ARRAffinity=/);
    expect(server.upgradeCookies).toEqual([result!.cookie]);
  }, 60_000);
});
