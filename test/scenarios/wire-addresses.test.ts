// IPv4, IPv6 and Unix sockets, on both sides.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { backend } from '../kit/backend.ts';
import { client, get } from '../kit/client.ts';
import { fieldOf } from '../kit/message.ts';
import { router, shop } from '../kit/router.ts';

/** A path for a Unix socket, in a folder of its own. */
function socketPath(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'narrows-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, name);
}

describe('IPv6', () => {
  it('works on both sides', async () => {
    const server = await backend(undefined, { listen: { host: '::1' } });
    expect(server.address).toMatch(/^\[::1\]:\d+$/);
    const { connect, url } = await shop(
      [server],
      { protocol: { preserveHostHeader: false } },
      { listeners: { web: { address: '[::1]:0' } } },
    );
    expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    const asking = await connect();
    asking.send(get());
    expect((await asking.response()).status).toBe(200);
    expect(fieldOf(server.requests[0]!, 'host')).toBe(server.address);
    expect(fieldOf(server.requests[0]!, 'x-forwarded-for')).toMatch(/^\[::1\]:\d+$/);
  });
});

describe('Unix sockets', () => {
  it.each([0, 2])('work on both sides with %i workers', async (workers) => {
    const path = socketPath('server');
    const server = await backend(undefined, { listen: { path } });
    expect(server.address).toBe(`unix:${path}`);
    const listen = socketPath('router');
    const { url } = await shop([server], {}, { listeners: { web: { address: `unix:${listen}` } } }, { workers });
    expect(url).toBe(`unix:${listen}`);
    const asking = await client(url);
    for (let i = 0; i < 2; i++) {
      asking.send(get());
      expect((await asking.response()).status).toBe(200);
    }
    expect(server.connections).toHaveLength(1);
    asking.send('GET / HTTP/1.0\r\n\r\n');
    await asking.response();
    expect(fieldOf(server.requests[2]!, 'host')).toBe('localhost');
  });
});

describe('a listener on a Unix socket', () => {
  it('removes no file that is not one', async () => {
    const path = socketPath('data');
    writeFileSync(path, 'precious');
    const opened = shop(['127.0.0.1:1'], {}, { listeners: { web: { address: `unix:${path}` } } });
    await expect(opened).rejects.toThrow(`listener web: unix:${path} is there already, and is no socket`);
    expect(readFileSync(path, 'utf8')).toBe('precious');
  });
});

describe('a server that has a name', () => {
  it('is found by it', async () => {
    const server = await backend();
    const { connect } = await shop([server.address.replace('127.0.0.1', 'localhost')]);
    const asking = await connect();
    asking.send(get());
    expect((await asking.response()).status).toBe(200);
  });

  it('that leads nowhere is 502.3', async () => {
    const { connect } = await shop(['nowhere.invalid:80'], { protocol: { retries: 0 } });
    const asking = await connect();
    asking.send(get());
    const response = await asking.response();
    expect(response.status).toBe(502);
    expect(fieldOf(response, 'proxy-status')).toMatch(/error=dns_error; details="502\.3 /);
  });
});

describe('several listeners', () => {
  it('lead to the same farms', async () => {
    const server = await backend();
    const path = socketPath('second');
    const running = await router({
      listeners: { web: { address: '127.0.0.1:0' }, second: { address: `unix:${path}` } },
      farms: { shop: { servers: [server.address] } },
    });
    for (const url of [running.url, `unix:${path}`]) {
      const asking = await client(url);
      asking.send(get());
      expect((await asking.response()).status).toBe(200);
    }
  });
});
