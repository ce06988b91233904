// Connections that a load balancer passes on: the PROXY header names the client. HAProxy is the peer.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SimulatedClock } from '../../src/index.ts';
import { tlv } from '../../src/wire/proxy-tlvs.ts';
import { backend, type ReceivedRequest } from '../kit/backend.ts';
import { client, get } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { type RouterSetup, type RunningRouter, shop } from '../kit/router.ts';
import { opensslIsMissing, TestCertificates } from '../kit/test-certificates.ts';
import { tlsClient } from '../kit/tls-client.ts';

const hasHaproxy = spawnSync('haproxy', ['-v']).status === 0;
if (!hasHaproxy) {
  if (process.env.CI === 'true') throw new Error('haproxy is not installed');
  console.warn('SKIPPED: HAProxy as a peer of the PROXY protocol: haproxy is not installed');
}

const HEADER = 'PROXY TCP4 203.0.113.7 192.0.2.1 49153 443\r\n';

/** Version 2 of the same, with PP2_TYPE_SSL: the client spoke TLS and showed no certificate. */
const SECURE_HEADER = Buffer.from(
  ['0d0a0d0a000d0a515549540a', '2111', '0014', 'cb007107', 'c0000201', 'c00101bb', '200005', '01', '00000000'].join(''),
  'hex',
);

async function behindBalancer(from = '127.0.0.0/8', rest: Record<string, unknown> = {}, setup: RouterSetup = {}) {
  const server = await backend();
  const listeners = { web: { address: '127.0.0.1:0', proxyProtocol: { from: [from] } } };
  const running = await shop([server], {}, { listeners, ...rest }, setup);
  return { server, running };
}

describe('a connection with a PROXY header', () => {
  it('belongs to the client that the header names, and to no other for as long as it lasts', async () => {
    const { server, running } = await behindBalancer();
    const peer = await running.connect();
    peer.send(HEADER + get('/1'));
    expect((await peer.response()).status).toBe(200);
    peer.send(get('/2'));
    expect((await peer.response()).status).toBe(200);
    for (const request of server.requests) expect(forwardedFor(request)).toBe('203.0.113.7:49153');
  });

  it('says where the client connected to, and that it did so by TLS', async () => {
    const server = await backend();
    const listeners = { web: { address: '127.0.0.1:0', proxyProtocol: { from: ['127.0.0.0/8'] } } };
    const set = (name: string, value: string) => ({ name: `HTTP_X_${name}`, value });
    const rule = {
      ...{ name: 'all', match: { url: '.*' } },
      serverVariables: [set('LOCAL', '{LOCAL_ADDR}'), set('PORT', '{SERVER_PORT}'), set('TLS', '{HTTPS}')],
      action: { type: 'Rewrite', url: 'http://shop/{R:0}' },
    };
    const running = await shop([server], {}, { listeners, rules: [rule] });
    const seen = async (header: Buffer | string) => {
      const peer = await running.connect();
      peer.send(header).send(get());
      expect((await peer.response()).status).toBe(200);
      const { fields } = server.requests.at(-1)!;
      const told = (name: string) => fields.find(([each]) => each.toLowerCase() === name)?.[1];
      return ['x-local', 'x-port', 'x-tls', 'x-forwarded-proto'].map(told);
    };
    const { port } = new URL(running.url);
    expect(await seen(HEADER)).toEqual(['192.0.2.1', port, 'off', 'http']);
    expect(await seen(SECURE_HEADER)).toEqual(['192.0.2.1', port, 'on', 'https']);
  });

  it('brings nothing into requests but names of protocols and ciphers', async () => {
    const { server, running } = await behindBalancer('127.0.0.0/8', {
      rules: [
        {
          ...{ name: 'all', match: { url: '.*' } },
          serverVariables: [{ name: 'HTTP_X_TOLD', value: '<{CRYPT_PROTOCOL}><{CRYPT_CIPHER_ALG_ID}>' }],
          action: { type: 'Rewrite', url: 'http://shop/{R:0}' },
        },
      ],
    });
    const texts = [tlv(0x21, Buffer.from('TLSv1.3"\r\nX-Evil: 1')), tlv(0x23, Buffer.from('AES256-SHA'))];
    const ssl = tlv(0x20, Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), ...texts]));
    const start = Buffer.from(SECURE_HEADER.subarray(0, 28));
    start.writeUInt16BE(12 + ssl.length, 14);
    const peer = await running.connect();
    peer.send(Buffer.concat([start, ssl])).send(get());
    expect((await peer.response()).status).toBe(200);
    const { head, fields } = server.requests[0]!;
    expect(head.toLowerCase()).not.toContain('x-evil');
    expect(fields.find(([name]) => name.toLowerCase() === 'x-told')?.[1]).toBe('<><AES256-SHA>');
  });

  it('is read in pieces', async () => {
    const { server, running } = await behindBalancer();
    const peer = await running.connect();
    for (const piece of (HEADER + get()).match(/[\s\S]{1,7}/g)!) {
      peer.send(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await peer.response()).status).toBe(200);
    expect(forwardedFor(server.requests[0]!)).toBe('203.0.113.7:49153');
  });

  it('is closed without an answer when its header is malformed, and harms no other', async () => {
    const { server, running } = await behindBalancer();
    const broken = await running.connect();
    broken.send(get());
    await broken.closed();
    expect(broken.text).toBe('');
    const other = await running.connect();
    other.send(HEADER + get());
    expect((await other.response()).status).toBe(200);
    expect(server.requests).toHaveLength(1);
  });

  it('is not believed from a peer that is not named', async () => {
    const { server, running } = await behindBalancer('192.0.2.0/24');
    const peer = await running.connect();
    peer.send(HEADER + get());
    expect((await peer.response()).status).toBe(400);
    const plain = await running.connect();
    plain.send(get());
    expect((await plain.response()).status).toBe(200);
    expect(forwardedFor(server.requests[0]!)).toMatch(/^127\.0\.0\.1:/);
  });

  it('is closed when its header does not come within limits.headTimeout', async () => {
    const clock = new SimulatedClock();
    const { running } = await behindBalancer('127.0.0.1', { limits: { headTimeout: '5s' } }, { clock });
    const peer = await running.connect();
    peer.send('PROXY TCP4 ');
    await eventually(() => {
      clock.advance(5000);
      return peer.ending !== null;
    });
  });
});

describe.skipIf(!hasHaproxy)('HAProxy', () => {
  it.each(['send-proxy', 'send-proxy-v2', 'send-proxy-v2 proxy-v2-options crc32c'])('with %s', async (option) => {
    const { server, running } = await behindBalancer();
    const url = await haproxy(running, option);
    const peer = await client(url);
    const { port } = peer.socket.address() as { port: number };
    peer.send(get());
    expect((await peer.response()).status).toBe(200);
    expect(forwardedFor(server.requests[0]!)).toBe(`127.0.0.1:${port}`);
  });
});

describe.skipIf(!hasHaproxy || opensslIsMissing())('HAProxy that ends TLS', () => {
  it('tells what the client spoke with it, and no more', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'narrows-haproxy-tls-'));
    const certificates = new TestCertificates();
    onTestFinished(() => {
      certificates.remove();
      rmSync(folder, { recursive: true });
    });
    const { cert, key } = certificates.make({ names: 'DNS:shop.example' });
    writeFileSync(join(folder, 'both.pem'), Buffer.concat([cert, key]));
    const names = ['CRYPT_PROTOCOL', 'CRYPT_CIPHER_ALG_ID', 'HTTPS_KEYSIZE', 'CERT_SERVER_SUBJECT', 'CERT_SUBJECT'];
    const rule = {
      ...{ name: 'all', match: { url: '.*' } },
      serverVariables: [{ name: 'HTTP_X_TOLD', value: names.map((name) => `<{${name}}>`).join('') }],
      action: { type: 'Rewrite', url: 'http://shop/{R:0}' },
    };
    const log = join(folder, 'access.log');
    const rest = { rules: [rule], accessLog: { path: log } };
    const { server, running } = await behindBalancer('127.0.0.0/8', rest);
    const options = 'send-proxy-v2 proxy-v2-options ssl,ssl-cipher,authority';
    const { port } = new URL(await haproxy(running, options, `ssl crt ${join(folder, 'both.pem')}`));
    const { peer, socket } = await tlsClient(`https://127.0.0.1:${port}`, { servername: 'shop.example' });
    peer.send(get());
    expect((await peer.response()).status).toBe(200);
    const told = (name: string) => server.requests[0]!.fields.find(([each]) => each.toLowerCase() === name)?.[1];
    const cipher = socket.getCipher().name;
    expect(socket.getProtocol()).toBe('TLSv1.3');
    const bits = cipher.includes('128') ? 128 : 256;
    expect(told('x-told')).toBe(`<TLSv1.3><${cipher}><${bits}><><>`);
    expect(told('x-arr-ssl')).toBe(`0|${bits}||`);
    await eventually(() => existsSync(log) && readFileSync(log, 'utf8').includes('\n'));
    expect(JSON.parse(readFileSync(log, 'utf8'))).toMatchObject({ tls: 'TLSv1.3', cipher, serverName: 'shop.example' });
  });
});

/** Starts HAProxy in front of `running`; it ends with the test. @param bind more of its bind line @returns where it listens */
async function haproxy({ url }: RunningRouter, option: string, bind = ''): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'narrows-haproxy-'));
  const file = join(folder, 'haproxy.cfg');
  const port = await freePort();
  const times = 'timeout connect 5s\n timeout client 30s\n timeout server 30s';
  writeFileSync(
    file,
    `listen front\n mode tcp\n ${times}\n bind 127.0.0.1:${port} ${bind}\n server narrows ${new URL(url).host} ${option}\n`,
  );
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' });
  onTestFinished(async () => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true });
  });
  while (!(await takesConnections(port))) await new Promise((resolve) => setImmediate(resolve));
  return `http://127.0.0.1:${port}`;
}

function forwardedFor({ fields }: ReceivedRequest): string | undefined {
  return fields.find(([name]) => name.toLowerCase() === 'x-forwarded-for')?.[1];
}

/** HAProxy in the foreground says nothing once it is ready. */
function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.on('error', () => resolve(false)).on('connect', () => resolve(true));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
