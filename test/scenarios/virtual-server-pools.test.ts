// Pools of a virtual server: SNI, ALPN or the first bytes choose the farm, and TLS goes on to the servers as it is.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectTcp, createServer as createTcpServer } from 'node:net';
import { connect, createServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SimulatedClock } from '../../src/index.ts';
import { client } from '../kit/client.ts';
import { type RouterSetup, type RunningRouter, router } from '../kit/router.ts';
import { opensslIsMissing, TestCertificates } from '../kit/test-certificates.ts';
import { echo, endingOf, silent } from '../kit/virtual-server.ts';

const POOLS = [
  { serverNames: ['a.test', '*.a.test'], farm: 'a' },
  { protocols: ['h2'], farm: 'b' },
  { firstBytes: ['SSH-', 'SSHX'], farm: 'ssh' },
];

/** Farms a, b, ssh and rest; each has one server, which says who it is. */
async function pooled(listener: Record<string, unknown> = {}, setup: RouterSetup = {}) {
  const names = ['a', 'b', 'ssh', 'rest'];
  const servers = await Promise.all(names.map((name) => echo(name)));
  const farms = Object.fromEntries(names.map((name, index) => [name, { servers: [servers[index]!.address] }]));
  const web = { address: '127.0.0.1:0', protocol: 'tcp', farm: 'rest', pools: POOLS, ...listener };
  return router({ listeners: { web }, farms }, setup);
}

/** What a real client of TLS sends first. */
async function helloOf(options: { servername?: string; ALPNProtocols?: string[] }): Promise<Buffer> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const hello = new Promise<Buffer>((resolve) => {
    server.once('connection', (socket) => socket.once('data', resolve));
  });
  const asking = connect({ socket: connectTcp(port, '127.0.0.1'), rejectUnauthorized: false, ...options });
  asking.on('error', () => {});
  const bytes = await hello;
  asking.destroy();
  server.close();
  return bytes;
}

/** A fatal alert of TLS. */
const ALERT = (description: number) => Buffer.from([21, 3, 3, 0, 2, 2, description]);

/** What a client that begins so is told before the connection ends. */
async function toldTo({ url }: RunningRouter, bytes: Buffer): Promise<Buffer> {
  const peer = await client(url);
  peer.send(bytes);
  await peer.until(() => peer.ending);
  return peer.bytes;
}

/** Which farm answers what begins so. */
async function farmOf({ url }: RunningRouter, bytes: Buffer | string): Promise<string> {
  const peer = await client(url);
  peer.send(bytes);
  const size = Buffer.from(bytes as string, 'latin1').length;
  await peer.until(() => (peer.ending !== null || peer.bytes.length > size ? true : null));
  return peer.ending ?? peer.text.split(':', 1)[0]!;
}

describe('a pool', () => {
  it('is chosen by the name that a client asks for: exact, or below a wildcard', async () => {
    const running = await pooled();
    const farmFor = async (servername: string) => farmOf(running, await helloOf({ servername }));
    expect(await farmFor('a.test')).toBe('a');
    expect(await farmFor('deep.in.a.test')).toBe('a');
    expect(await farmFor('other.test')).toBe('rest');
    expect(await farmFor('ba.test')).toBe('rest');
  });

  it('is chosen by the protocols that a client offers, where the name fits none before it', async () => {
    const running = await pooled();
    expect(await farmOf(running, await helloOf({ ALPNProtocols: ['h2', 'http/1.1'] }))).toBe('b');
    expect(await farmOf(running, await helloOf({ ALPNProtocols: ['http/1.1'] }))).toBe('rest');
    const both = await helloOf({ servername: 'a.test', ALPNProtocols: ['h2'] });
    expect(await farmOf(running, both)).toBe('a');
  });

  it('is chosen by the first bytes', async () => {
    const running = await pooled();
    expect(await farmOf(running, 'SSH-2.0-OpenSSH_9\r\n')).toBe('ssh');
    expect(await farmOf(running, 'GET / HTTP/1.1\r\n')).toBe('rest');
    expect(await farmOf(running, 'SSHY')).toBe('rest');
  });

  it('is chosen although the first bytes come one by one, and none of them is lost', async () => {
    const running = await pooled();
    const hello = await helloOf({ servername: 'www.a.test' });
    const peer = await client(running.url);
    for (const byte of hello) {
      peer.send(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await peer.until(() => (peer.bytes.length >= hello.length + 2 ? true : null));
    expect(peer.bytes.subarray(0, 2).toString()).toBe('a:');
    expect(peer.bytes.subarray(2).toString('latin1').replaceAll('a:', '')).toBe(hello.toString('latin1'));
  });

  it('is not chosen by what is no ClientHello: the client is told so', async () => {
    const running = await pooled();
    const hello = await helloOf({ servername: 'a.test' });
    const broken = Buffer.from(hello);
    broken[5] = 2; // a ServerHello
    expect(await toldTo(running, broken)).toEqual(ALERT(50));
    const absurd = Buffer.concat([Buffer.from([22, 3, 1, 0x40, 0, 1, 0, 0xff, 0xff]), Buffer.alloc(20_000, 7)]);
    expect(await farmOf(running, absurd)).toMatch(/^(?:end|reset)$/);
  });

  it('is the only way in where the listener has no farm of its own', async () => {
    const running = await pooled({ farm: undefined });
    expect(await farmOf(running, await helloOf({ servername: 'a.test' }))).toBe('a');
    expect(await toldTo(running, await helloOf({ servername: 'x.test' }))).toEqual(ALERT(112));
    const [host, port] = new URL(running.url).host.split(':');
    const asking = connect({ host, port: Number(port), servername: 'x.test', rejectUnauthorized: false });
    const [error] = await once(asking, 'error');
    expect(error.code).toBe('ERR_SSL_TLSV1_UNRECOGNIZED_NAME');
    expect(await endingOf(running, 'GET / HTTP/1.1\r\n\r\n')).toBe('reset');
  });

  it('is for any name with *, and for none without one', async () => {
    const running = await pooled({ pools: [{ serverNames: ['*'], farm: 'a' }] });
    expect(await farmOf(running, await helloOf({ servername: 'any.test' }))).toBe('a');
    expect(await farmOf(running, await helloOf({}))).toBe('rest');
  });
});

describe('a client that does not come out with its first bytes', () => {
  it('goes to the farm of the listener when it says nothing: it may wait for the server', async () => {
    const clock = new SimulatedClock();
    const speaks = await silent();
    const farms = { a: { servers: [(await echo('a')).address] }, rest: { servers: [speaks.address] } };
    const web = { address: '127.0.0.1:0', protocol: 'tcp', farm: 'rest', pools: [POOLS[0]!] };
    const running = await router({ listeners: { web }, farms }, { clock });
    const peer = await client(running.url);
    const far = speaks.connection(0);
    const ticking = tick(clock);
    (await far).send('220 ready\r\n');
    ticking();
    await peer.receives('220 ready\r\n');
  });

  it('is reset when only a part of them has come within firstBytesTimeout', async () => {
    const clock = new SimulatedClock();
    const running = await pooled({ limits: { firstBytesTimeout: '2s' } }, { clock });
    const peer = await client(running.url);
    peer.send((await helloOf({ servername: 'a.test' })).subarray(0, 100));
    const ticking = tick(clock);
    expect(await peer.closed()).toBe('reset');
    ticking();
  });

  it('goes to the farm of the listener when it has ended its side', async () => {
    const running = await pooled();
    const peer = await client(running.url);
    peer.end('SS');
    await peer.receives('rest:SS');
    expect(await peer.closed()).toBe('end');
  });
});

/** Time goes on, a second each turn of the event loop. @returns what stops it */
function tick(clock: SimulatedClock): () => void {
  let runs = true;
  const next = (): void => {
    if (!runs) return;
    clock.advance(1000);
    setImmediate(next);
  };
  next();
  return () => {
    runs = false;
  };
}

describe.skipIf(opensslIsMissing())('openssl s_client', () => {
  it.each([0, 2])('sees the certificate of the server that its name leads to, with %i workers', async (workers) => {
    const certificates = new TestCertificates();
    onTestFinished(() => certificates.remove());
    const farms: Record<string, unknown> = {};
    for (const name of ['a', 'b']) {
      const made = certificates.make({ names: `DNS:${name}.test`, subject: `${name}.test` });
      const server = createServer(made, (socket) => socket.end(`I am ${name}\n`));
      server.on('tlsClientError', () => {});
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void server.close());
      farms[name] = { servers: [`127.0.0.1:${(server.address() as { port: number }).port}`] };
    }
    const pools = [{ serverNames: ['a.test'], farm: 'a' }];
    const web = { address: '127.0.0.1:0', protocol: 'tcp', farm: 'b', pools };
    const running = await router({ listeners: { web }, farms }, { workers });
    for (const name of ['a', 'b', 'a', 'b']) {
      const told = await sClient(running, ['-servername', `${name}.test`, '-CAfile', certificates.ca]);
      expect(told).toContain(`I am ${name}`);
      expect(told).toContain(`subject=CN = ${name}.test`);
      expect(told).toContain('Verify return code: 0 (ok)');
    }
  });
});

async function sClient({ url }: RunningRouter, options: string[]): Promise<string> {
  const child = spawn('openssl', ['s_client', '-connect', new URL(url).host, ...options], { stdio: 'pipe' });
  let told = '';
  child.stdout.on('data', (piece) => (told += piece));
  await once(child, 'close');
  return told;
}
