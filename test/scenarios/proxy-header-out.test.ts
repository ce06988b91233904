// The PROXY header towards servers: HAProxy, nginx and Narrows itself take it, from tcp listeners and for requests.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createSecureServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ProxyHeader, readProxyHeader } from '../../src/wire/proxy-header.ts';
import { backend, ok } from '../kit/backend.ts';
import { client, get } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { router, shop } from '../kit/router.ts';
import { opensslIsMissing, TestCertificates } from '../kit/test-certificates.ts';
import { front, silent } from '../kit/virtual-server.ts';
import type { WirePeer } from '../kit/wire-peer.ts';

const VERSIONS = ['v1', 'v2'] as const;

function isMissing(program: string, argument: string): boolean {
  if (spawnSync(program, [argument]).status === 0) return false;
  if (process.env.CI === 'true') throw new Error(`${program} is not installed`);
  console.warn(`SKIPPED: ${program} as a peer of the PROXY protocol: it is not installed`);
  return true;
}

/** Who `peer` says it is for: the header, and what follows on it once `text` has come. */
async function announced(peer: WirePeer, text: string): Promise<ProxyHeader> {
  await peer.receives(text);
  const header = readProxyHeader(peer.bytes);
  if (header === null || header === 'malformed') throw new Error(`no header: ${peer.text}`);
  expect(peer.bytes.subarray(header.length).toString('latin1')).toContain(text);
  return header;
}

const portOf = (peer: WirePeer) => (peer.socket.address() as { port: number }).port;

describe.each(VERSIONS)('with protocol.proxyProtocol: %s', (version) => {
  const protocol = { proxyProtocol: version };

  it.each([0, 2])('a tcp listener tells servers who the client is, with %i workers', async (workers) => {
    const server = await silent();
    const running = await front([server], { protocol }, {}, {}, { workers });
    const near = await client(running.url);
    near.send('hello');
    const header = await announced(await server.connection(0), 'hello');
    expect(header.client).toEqual({ address: '127.0.0.1', port: portOf(near) });
    expect(header.destination).toEqual({ address: '127.0.0.1', port: Number(new URL(running.url).port) });
  });

  it('one router tells the next, and that one the server', async () => {
    const server = await silent();
    const proxyProtocol = { from: ['127.0.0.0/8'] };
    const inner = await front([server], { protocol }, { proxyProtocol });
    const outer = await front([new URL(inner.url).host], { protocol });
    const near = await client(outer.url);
    near.send('hello');
    const header = await announced(await server.connection(0), 'hello');
    expect(header.client).toEqual({ address: '127.0.0.1', port: portOf(near) });
  });

  it('connections for requests begin with it, and serve one client connection only', async () => {
    const server = await backend(undefined, {
      onConnection: (peer) => {
        peer.socket.on('data', () => {
          const asked = peer.text.match(/GET \/(\w+)/g)?.length ?? 0;
          while (answered(peer) < asked) answer(peer);
        });
      },
    });
    const running = await shop([server], { protocol });
    const users = [await running.connect(), await running.connect()];
    for (let round = 0; round < 3; round++) {
      for (const [index, user] of users.entries()) {
        user.send(get(`/user${index}`));
        expect((await user.response()).status).toBe(200);
      }
    }
    expect(server.connections).toHaveLength(2);
    for (const [index, user] of users.entries()) {
      const peer = server.connections[index]!;
      expect(peer.text.match(/GET \/user(\d)/g)).toEqual(Array(3).fill(`GET /user${index}`));
      expect((await announced(peer, 'GET')).client?.port).toBe(portOf(user));
    }
    users[0]!.end();
    await server.connections[0]!.closed();
    const third = await running.connect();
    third.send(get('/user2'));
    await third.response();
    expect((await announced(server.connections[2]!, 'GET')).client?.port).toBe(portOf(third));
  });

  it('health tests begin with one for no client', async () => {
    const server = await silent();
    await shop([server], { protocol, healthCheck: { url: '/health', interval: '1h' } });
    expect((await announced(await server.connection(0), 'GET /health')).client).toBeNull();
    const plain = await silent();
    const running = await front([plain], { protocol, healthCheck: { url: 'tcp:', interval: '1h' } });
    const peer = await plain.connection(0);
    await peer.closed();
    expect(readProxyHeader(peer.bytes)).toMatchObject({ client: null, length: peer.bytes.length });
    await eventually(() => running.router.status().farms[0]!.servers[0]!.isHealthy);
  });

  it('a reload that turns it on leaves no connection without it in use', async () => {
    const server = await backend(undefined, { onConnection: (peer) => peer.socket.on('data', () => answer(peer)) });
    const listeners = { web: { address: '127.0.0.1:0' } };
    const running = await router({ listeners, farms: { shop: { servers: [server.address] } } });
    const user = await running.connect();
    user.send(get('/1'));
    await user.response();
    await running.router.reload({ listeners, farms: { shop: { servers: [server.address], protocol } } });
    user.send(get('/2'));
    await user.response();
    expect(server.connections).toHaveLength(2);
    await announced(server.connections[1]!, 'GET /2');
  });
});

describe.skipIf(opensslIsMissing())('a server reached by https', () => {
  it.each(VERSIONS)('hears %s before the ClientHello, from requests and from health tests', async (version) => {
    const certificates = new TestCertificates();
    onTestFinished(() => certificates.remove());
    const headers: ProxyHeader[] = [];
    const secure = createSecureServer(certificates.make({ names: 'IP:127.0.0.1' }), (socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.write(ok('x'.repeat(200_000))));
    });
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (bytes: Buffer) => {
        const header = readProxyHeader(bytes) as ProxyHeader;
        headers.push(header);
        socket.pause();
        if (bytes.length > header.length) socket.unshift(bytes.subarray(header.length));
        secure.emit('connection', socket);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const running = await shop(
      [`127.0.0.1:${port}`],
      {
        protocol: { proxyProtocol: version, tls: { ca: certificates.ca } },
        healthCheck: { url: 'https://shop/health', interval: '1h' },
      },
      { rules: [{ name: 'all', match: { url: '.*' }, action: { type: 'Rewrite', url: 'https://shop/{R:0}' } }] },
    );
    await eventually(() => running.router.status().farms[0]!.servers[0]!.evidence?.lastResults.length === 1);
    expect(running.router.status().farms[0]!.servers[0]!.isHealthy).toBe(true);
    const user = await running.connect();
    for (let n = 0; n < 3; n++) {
      user.send(get(`/${n}`));
      expect((await user.response()).body.length).toBe(200_000);
    }
    expect(headers.map((header) => header.client?.port ?? null)).toEqual([null, portOf(user)]);
  });
});

const answers = new WeakMap<WirePeer, number>();
const answered = (peer: WirePeer) => answers.get(peer) ?? 0;

function answer(peer: WirePeer): void {
  answers.set(peer, answered(peer) + 1);
  peer.send(ok());
}

/** Runs a program until the test ends. @param config gets the port to listen on, and a folder @returns host:port */
async function peerProgram(
  program: string,
  args: (file: string) => string[],
  config: (port: number, folder: string) => string,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'narrows-peer-'));
  const file = join(folder, 'peer.conf');
  const port = await freePort();
  writeFileSync(file, config(port, folder));
  const child = spawn(program, args(file), { stdio: 'ignore' });
  onTestFinished(async () => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true });
  });
  while (!(await takesConnections(port))) {
    if (child.exitCode !== null) throw new Error(`${program} does not start`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return `127.0.0.1:${port}`;
}

async function told(url: string): Promise<string> {
  const peer = await client(url);
  peer.send(get('/', 'Connection: close\r\n'));
  const { body } = await peer.response();
  return body.toString('latin1').replace(`:${portOf(peer)} `, ':PORT ');
}

describe.skipIf(isMissing('haproxy', '-v'))('HAProxy with accept-proxy', () => {
  it.each(VERSIONS)('takes %s from a tcp listener', async (version) => {
    const text = '%[src]:%[src_port] dst=%[dst_port] id=%[fc_pp_unique_id,length]';
    const address = await peerProgram(
      'haproxy',
      (file) => ['-db', '-f', file],
      (port) =>
        `frontend f\n mode http\n timeout client 5s\n bind 127.0.0.1:${port} accept-proxy\n` +
        ` http-request return status 200 content-type text/plain lf-string "${text}"\n`,
    );
    const running = await front([address], { protocol: { proxyProtocol: version } });
    const id = version === 'v1' ? '' : '36';
    expect(await told(running.url)).toBe(`127.0.0.1:PORT dst=${new URL(running.url).port} id=${id}`);
  });
});

describe.skipIf(isMissing('nginx', '-v'))('nginx with listen proxy_protocol', () => {
  it.each(VERSIONS)('takes %s from a tcp listener, and for requests', async (version) => {
    const address = await peerProgram(
      'nginx',
      (file) => ['-c', file, '-g', 'daemon off; master_process off;'],
      (port, folder) =>
        `pid ${folder}/pid; error_log ${folder}/error.log; events {}\n` +
        `http { access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f;\n` +
        ` uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;\n` +
        ` server { listen 127.0.0.1:${port} proxy_protocol;\n` +
        ' location / { return 200 "$proxy_protocol_addr:$proxy_protocol_port is the client"; } } }\n',
    );
    const protocol = { proxyProtocol: version };
    expect(await told((await front([address], { protocol })).url)).toBe('127.0.0.1:PORT is the client');
    expect(await told((await shop([address], { protocol })).url)).toBe('127.0.0.1:PORT is the client');
  });
});

/** It says nothing once it is ready. */
function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise<boolean>((resolve) => {
    socket.on('error', () => resolve(false)).on('connect', () => resolve(true));
  }).finally(() => socket.destroy());
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
