// One run of the URL test against real servers.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { sampleFarm, sampleServer } from '../../../test/kit/sample-farm.ts';
import type { HealthCheckConfig, ServerConfig } from '../../model/farm-config.ts';
import { probeOverHttp } from './http-probe.ts';
import { probeRequestFor } from './probe-request.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function backend(answer: RequestListener, path?: string): Promise<number> {
  const server = createServer(answer);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(path ?? { port: 0, host: '127.0.0.1' }, resolve));
  return path === undefined ? (server.address() as AddressInfo).port : 0;
}

const never = new AbortController().signal;

interface Given {
  test?: Partial<HealthCheckConfig>;
  server?: Partial<ServerConfig>;
  alternateHostName?: string;
  signal?: AbortSignal;
  lookup?: (host: string) => Promise<string> | string;
}

function probe(port: number, given: Given = {}) {
  const server = sampleServer(`web.test:${port}`, given.server);
  const farm = sampleFarm('shop', [server]);
  Object.assign(farm.healthCheck, { url: '/health', ...given.test });
  farm.protocol.alternateHostName = given.alternateHostName ?? '';
  const lookup = given.lookup ?? ((host: string) => (host === 'web.test' ? '127.0.0.1' : Promise.reject(new Error())));
  return probeOverHttp(
    probeRequestFor(farm, server),
    farm.healthCheck,
    farm.protocol.tls,
    lookup,
    given.signal ?? never,
  );
}

/** What a server is asked that passes. @param place the settings that lead to its port, where its address does not */
async function asked(given: Given = {}, place?: (port: number) => Partial<ServerConfig>) {
  let request: IncomingMessage | undefined;
  const port = await backend((incoming, response) => {
    request = incoming;
    response.end('ok');
  });
  const verdict = await (place === undefined ? probe(port, given) : probe(1, { ...given, server: place(port) }));
  expect(verdict).toMatchObject({ passed: true, status: 200 });
  return { method: request!.method!, url: request!.url!, host: request!.headers.host!.replace(`${port}`, 'PORT') };
}

describe('what the URL test asks', () => {
  it("fetches a path from the server's own port, under the server's name", async () => {
    expect(await asked()).toEqual({ method: 'GET', url: '/health', host: 'web.test:PORT' });
  });

  it("asks under the farm's or the server's host name where there is one", async () => {
    expect((await asked({ server: { hostName: 'app.local' } })).host).toBe('app.local');
    expect((await asked({ server: { hostName: 'app.local' }, alternateHostName: 'www.shop.com' })).host).toBe(
      'www.shop.com',
    );
  });

  it('takes scheme, path, query and Host of an absolute URL, and connects to the server', async () => {
    const test = { url: 'http://www.example.com:81/alive?deep=1' };
    expect(await asked({ test })).toEqual({ method: 'GET', url: '/alive?deep=1', host: 'www.example.com:81' });
  });

  it.each(['/health', 'http://www.example.com/health'])('asks %s under the alternate host name', async (url) => {
    const server = { healthCheckAlternateHostName: 'probe.local' };
    expect((await asked({ test: { url }, server })).host).toBe('probe.local');
  });

  it('goes to the alternate port', async () => {
    const { host } = await asked({}, (port) => ({ healthCheckAlternatePort: port }));
    expect(host).toBe('web.test:1');
  });

  it('takes the https port for an https URL', () => {
    const server = sampleServer('a', { httpsPort: 8443 });
    const farm = sampleFarm('shop', [server]);
    farm.healthCheck.url = 'https://www.example.com/';
    expect(probeRequestFor(farm, server)).toMatchObject({ secure: true, port: 8443, host: 'www.example.com' });
  });

  it('reaches a Unix socket', { skip: process.platform === 'win32' }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'narrows-probe-'));
    const path = join(folder, 'socket');
    await backend((request, response) => response.end(request.headers.host), path);
    const test = { responseMatch: 'localhost' };
    expect(await probe(1, { server: { target: { kind: 'unix', path } }, test })).toMatchObject({ passed: true });
    rmSync(folder, { recursive: true });
  });
});

describe('what passes the URL test', () => {
  it.each([
    [200, true, 'status 200'],
    [399, true, 'status 399'],
    [404, false, 'status 404, expected 200-399'],
    [500, false, 'status 500, expected 200-399'],
  ])('status %i: %s', async (status, passed, reason) => {
    const port = await backend((_, response) => response.writeHead(status).end());
    expect(await probe(port)).toEqual({ passed, status, reason });
  });

  it('needs responseMatch in the body, case counting, wherever the bytes were split', async () => {
    const port = await backend((_, response) => {
      response.write('all is w');
      setImmediate(() => response.end('ell'));
    });
    expect(await probe(port, { test: { responseMatch: 'is well' } })).toMatchObject({ passed: true });
    const other = await probe(port, { test: { responseMatch: 'Is well' } });
    expect(other).toMatchObject({ passed: false, status: 200, reason: 'the body does not contain "Is well"' });
  });

  it('reads no more than a bounded part of a body without end', async () => {
    const port = await backend((_, response) => {
      const more = () => {
        while (response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    expect(await probe(port)).toMatchObject({ passed: true });
    expect(await probe(port, { test: { responseMatch: 'ok' } })).toMatchObject({ passed: false });
  });

  it('fails when the response breaks off', async () => {
    const port = await backend((_, response) => {
      response.writeHead(200, { 'Content-Length': 100 }).write('half');
      setImmediate(() => response.destroy());
    });
    const reason = 'the connection closed before the response was whole';
    expect(await probe(port)).toEqual({ passed: false, status: 200, reason });
  });

  it('fails when nothing listens, and when the name is not resolved', async () => {
    const port = await backend(() => {});
    open.pop()!.close();
    expect(await probe(port)).toMatchObject({
      passed: false,
      status: null,
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    const lookup = () => Promise.reject(new Error('no such name: web.test'));
    expect(await probe(port, { lookup })).toEqual({ passed: false, status: null, reason: 'no such name: web.test' });
  });

  it.each([
    ['before the head', () => {}],
    ['within the body', (_: IncomingMessage, response: Parameters<RequestListener>[1]) => void response.write('half')],
  ])('fails with the reason of the signal that ends it %s', async (_, answer) => {
    const ended = new AbortController();
    const port = await backend((request, response) => {
      answer(request, response);
      setImmediate(() => ended.abort('no complete response in 30000 ms'));
    });
    const verdict = await probe(port, { signal: ended.signal });
    expect(verdict).toMatchObject({ passed: false, reason: 'no complete response in 30000 ms' });
  });
});
