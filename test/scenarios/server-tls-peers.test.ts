// TLS to servers in real surroundings: servers of OpenSSL, worker threads, files that change, sessions of WebSocket.
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createRouter } from '../../src/index.ts';
import { backend, ok } from '../kit/backend.ts';
import { client as connectTo, get } from '../kit/client.ts';
import { EventLog } from '../kit/event-log.ts';
import { fieldOf } from '../kit/message.ts';
import type { RunningRouter } from '../kit/router.ts';
import { LOCAL, SecureShop, TO_SHOP } from '../kit/secure-shop.ts';
import { opensslIsMissing, TestCertificates } from '../kit/test-certificates.ts';

const isMissing = opensslIsMissing();
let certificates: TestCertificates;
let secure: SecureShop;
beforeAll(() => {
  if (isMissing) return;
  certificates = new TestCertificates();
  secure = new SecureShop(certificates);
});
afterAll(() => certificates?.remove());

const FOR_CLIENTS = { names: 'DNS:router.test', usage: 'clientAuth' };

/** `openssl s_server`: answers every GET with a page about the connection, and closes. @returns its address */
async function opensslServer(...options: string[]): Promise<string> {
  const { certFile, keyFile } = certificates.make(LOCAL);
  const own = ['-accept', '127.0.0.1:0', '-cert', certFile, '-key', keyFile, '-www'];
  const server: ChildProcess = spawn('openssl', ['s_server', ...own, ...options], { stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => void server.kill());
  let said = '';
  return new Promise((resolve, reject) => {
    server.stdout!.on('data', (bytes) => {
      said += bytes;
      const port = /ACCEPT 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(`127.0.0.1:${port}`);
    });
    server.once('exit', () => reject(new Error(`openssl s_server ended: ${said}`)));
  });
}

async function pageOf({ connect }: RunningRouter): Promise<{ status: number; body: string; told: string | undefined }> {
  const client = await connect();
  client.send(get());
  const response = await client.response();
  client.socket.destroy();
  return { status: response.status, body: response.body.toString(), told: fieldOf(response, 'proxy-status') };
}

describe.skipIf(isMissing)('a server of OpenSSL', () => {
  it.each(['-tls1_2', '-tls1_3'])('sees the session of the request before (%s)', async (version) => {
    const router = await secure.router([await opensslServer(version)]);
    const pages = [await pageOf(router), await pageOf(router), await pageOf(router)];
    const seen = pages.map(({ body }) => /^(New|Reused), TLSv1\.[23]/m.exec(body)?.[1]);
    expect(seen).toEqual(['New', 'Reused', 'Reused']);
  });

  it.each(['-tls1_2', '-tls1_3'])('that requires a client certificate gets it (%s)', async (version) => {
    const address = await opensslServer(version, '-Verify', '1', '-verify_return_error', '-CAfile', certificates.ca);
    const { certFile, keyFile } = certificates.make(FOR_CLIENTS);
    const shown = await pageOf(await secure.router([address], { certificate: { cert: certFile, key: keyFile } }));
    expect([shown.status, shown.body]).toEqual([200, expect.stringContaining('DNS:router.test')]);
    const without = await pageOf(await secure.router([address]));
    expect([without.status, without.told]).toEqual([502, expect.stringContaining('error=tls_alert_received')]);
  });

  it('that speaks TLS 1.2 alone is reached unless minVersion says otherwise', async () => {
    const address = await opensslServer('-tls1_2');
    expect((await pageOf(await secure.router([address]))).body).toContain('TLSv1.2');
    const { status, told } = await pageOf(await secure.router([address], { minVersion: 'TLSv1.3' }));
    expect([status, told]).toEqual([502, expect.stringContaining('error=tls_alert_received')]);
  });
});

describe.skipIf(isMissing)('worker threads', () => {
  it('have the authorities and the client certificate of a PFX', async () => {
    const server = await secure.server(LOCAL, undefined, {
      ...{ requestCert: true, rejectUnauthorized: true },
      ca: certificates.authority,
    });
    const protocol = {
      clientCertFileName: certificates.pfx(certificates.make(FOR_CLIENTS), 'word'),
      clientCertPassword: 'word',
    };
    const router = await secure.router([server], {}, { protocol }, {}, { workers: 2 });
    for (let n = 0; n < 6; n++) expect((await pageOf(router)).status).toBe(200);
  });
});

describe.skipIf(isMissing)('a file that changes', () => {
  it('is taken up by the watcher, and one that is broken leaves what there was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'narrows-tls-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const names: string[] = [];
    const server = await secure.server(
      LOCAL,
      ({ connection }) => {
        const { subjectAltName } = (connection.socket as import('node:tls').TLSSocket).getPeerX509Certificate()!;
        names.push(subjectAltName!);
        return ok('ok', 'Connection: close\r\n');
      },
      { requestCert: true, rejectUnauthorized: true, ca: certificates.authority },
    );
    const use = (name: string): void => {
      const { certFile, keyFile } = certificates.make({ ...FOR_CLIENTS, names: name });
      copyFileSync(certFile, join(folder, 'router.pem'));
      copyFileSync(keyFile, join(folder, 'router.key'));
    };
    use('DNS:first.test');
    const file = join(folder, 'narrows.yaml');
    const farms = { shop: secure.farm([server], { certificate: { cert: 'router.pem', key: 'router.key' } }) };
    writeFileSync(file, JSON.stringify({ listeners: { web: { address: '127.0.0.1:0' } }, rules: TO_SHOP, farms }));
    const log = new EventLog();
    const router = createRouter({ file }, { logger: log, workers: 0 });
    const { listeners } = await router.start();
    onTestFinished(() => router.stop());
    const ask = async (): Promise<number> => {
      const client = await connectTo(listeners[0]!.url);
      client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      return (await client.response()).status;
    };
    expect(await ask()).toBe(200);
    writeFileSync(join(folder, 'router.pem'), 'broken');
    await log.nth('reload-refused', 0);
    expect(await ask()).toBe(200);
    use('DNS:second.test');
    await log.nth('reloaded', 0);
    expect(await ask()).toBe(200);
    expect(names).toEqual(['DNS:first.test', 'DNS:first.test', 'DNS:second.test']);
  });
});

/** The sample of RFC 6455 1.3. */
const ASKED = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const SWITCHED =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

describe.skipIf(isMissing)('a WebSocket', () => {
  it('passes to a server by TLS in both directions, and the client may end first', async () => {
    const server = await backend(undefined, {
      tls: certificates.make(LOCAL),
      onConnection: (connection) => void connection.receives('\r\n\r\n').then(() => connection.send(SWITCHED)),
    });
    const { connect } = await secure.router([server]);
    const client = await connect();
    client.send(get('/', ASKED));
    expect((await client.response()).status).toBe(101);
    const there = server.connections[0]!;
    const large = 'to the server '.repeat(100_000);
    client.send(large);
    await there.receives(large);
    const back = 'to the client '.repeat(100_000);
    there.send(back);
    await client.receives(back);
    client.end('the last');
    await there.receives('the last');
    await there.closed();
    there.end('goodbye');
    await client.receives('goodbye');
    expect(await client.closed()).toBe('end');
  });
});
