// Files of certificates while a router runs: they change, break and end; and what commands and metrics say of them.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { checkConfig, createRouter, listCertificates } from '../../src/index.ts';
import { backend } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { shop } from '../kit/router.ts';
import { type MadeCertificate, opensslIsMissing, TestCertificates } from '../kit/test-certificates.ts';
import { shownTo, tlsClient } from '../kit/tls-client.ts';

const skipped = opensslIsMissing();
const made = skipped ? null! : new TestCertificates();
const certificate = (subject: string, rest = {}) =>
  skipped ? null! : made.make({ names: 'DNS:shop.example', subject, ...rest });
const first = certificate('first');
const second = certificate('second');
afterAll(() => made?.remove());

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'narrows-certs-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Puts the pair into the folder as shop.pem and shop.key. */
function put(path: string, { certFile, keyFile }: MadeCertificate, name = 'shop'): { cert: string; key: string } {
  const files = { cert: join(path, `${name}.pem`), key: join(path, `${name}.key`) };
  copyFileSync(certFile, files.cert);
  copyFileSync(keyFile, files.key);
  return files;
}

const shownAt = async (url: string, servername = 'shop.example') =>
  shownTo((await tlsClient(url, { servername })).socket);

const listening = (certificates: unknown[], tls = {}) => ({
  listeners: { web: { address: '127.0.0.1:0', tls: { certificates, ...tls } } },
});

/** A router that runs the file with these settings, and follows it. */
async function runningFile(path: string, tls: Record<string, unknown>, workers: number) {
  const server = await backend();
  const file = join(path, 'narrows.yaml');
  const listeners = { web: { address: '127.0.0.1:0', tls } };
  writeFileSync(
    file,
    JSON.stringify({ listeners, farms: { shop: { servers: [server.address] } }, shutdownTimeout: '10ms' }),
  );
  const log: string[] = [];
  const keep = (_: unknown, message: string): void => void log.push(message);
  const router = createRouter(
    { file },
    { workers, watch: true, logger: { debug: keep, info: keep, warn: keep, error: keep } },
  );
  const { listeners: opened } = await router.start();
  onTestFinished(() => router.stop());
  return { router, log, url: opened[0]!.url };
}

describe.skipIf(skipped)('a certificate that changes', () => {
  it('is taken up without a restart; no request of many is lost, and no connection', async () => {
    const path = folder();
    const files = put(path, first);
    const { router, url } = await runningFile(path, { certificates: [files] }, 2);
    const kept = await tlsClient(url);
    let going = true;
    let answered = 0;
    const load = Array.from({ length: 4 }, async () => {
      while (going) {
        const { peer, socket } = await tlsClient(url);
        for (let i = 0; i < 3; i++) {
          peer.send(get());
          expect((await peer.response()).status).toBe(200);
          answered++;
        }
        socket.destroy();
      }
    });
    await eventually(() => answered > 50);
    put(path, second);
    await eventually(() => router.status().snapshot.id > 1);
    const after = answered + 50;
    await eventually(() => answered > after);
    going = false;
    await Promise.all(load);
    expect(await shownAt(url)).toBe('second');
    kept.peer.send(get());
    expect((await kept.peer.response()).status).toBe(200);
  }, 60_000);

  it('stays where the new file is broken, and the log says so', async () => {
    const path = folder();
    const files = put(path, first);
    const { router, log, url } = await runningFile(path, { certificates: [files] }, 0);
    copyFileSync(second.certFile, files.cert); // not its key any more
    await eventually(() => log.some((line) => line.includes('is not the key of the certificate')));
    expect(log.find((line) => line.includes('is not the key'))).toContain('the certificate from before stays in use');
    expect(await shownAt(url)).toBe('first');
    copyFileSync(second.keyFile, files.key);
    await eventually(() => router.status().snapshot.id > 2);
    expect(await shownAt(url)).toBe('second');
  });

  it('stays also after a reload that was refused', async () => {
    const path = folder();
    const files = put(path, first);
    const running = await shop([await backend()], {}, listening([files]));
    const farms = { shop: { servers: ['127.0.0.1:1'] } };
    await expect(
      running.router.reload({ ...listening([{ cert: '/nowhere.pem', key: '/nowhere.key' }]), farms }),
    ).rejects.toThrow();
    writeFileSync(files.cert, 'half a file');
    await running.router.reload({ ...listening([files]), farms });
    expect(await shownAt(running.url)).toBe('first');
  });

  it('comes and goes in a folder', async () => {
    const path = folder();
    const certificates = folder();
    const { router, url, log } = await runningFile(path, { folder: certificates }, 0);
    await expect(shownAt(url)).rejects.toThrow();
    expect(log.join('\n')).toContain('holds no certificate that can be used');
    put(certificates, first, 'shop.example');
    await eventually(() => router.status().snapshot.id > 1);
    expect(await shownAt(url)).toBe('first');
    writeFileSync(join(certificates, 'broken.example.pfx'), 'nonsense');
    await eventually(() => log.some((line) => line.includes('broken.example.pfx is no PFX')));
    expect(await shownAt(url)).toBe('first');
    rmSync(join(certificates, 'shop.example.pem'));
    await eventually(() => router.status().snapshot.id > 3);
    await expect(shownAt(url)).rejects.toThrow();
  });

  it('keeps the TLS of a listener whose configuration comes anew', async () => {
    const path = folder();
    const server = await backend();
    const config = { ...listening([put(path, first)]), farms: { shop: { servers: [server.address] } } };
    const running = await shop([server], {}, listening([put(path, first)]));
    const { socket, peer } = await tlsClient(running.url);
    const session = new Promise<Buffer>((resolve) => socket.once('session', resolve));
    peer.send(get());
    await peer.response();
    const known = await session;
    await running.router.reload({ ...config, limits: { headTimeout: '5s' } });
    expect((await tlsClient(running.url, { session: known })).socket.isSessionReused()).toBe(true);
    peer.send(get());
    expect((await peer.response()).status).toBe(200);
  });
});

describe.skipIf(skipped)('a certificate that cannot be used', () => {
  const problemOf = async (entry: Record<string, string>, rest = {}) => {
    const config = { ...listening([entry], rest), farms: { shop: { servers: ['127.0.0.1:1'] } } };
    return (await checkConfig(config))
      .map(({ severity, message, suggestion = '' }) => `${severity}: ${message} ${suggestion}`)
      .join('\n');
  };

  it.each<[string, () => Record<string, string>, RegExp]>([
    [
      'is not there',
      () => ({ cert: '/nowhere/a.pem', key: first.keyFile }),
      /a\.pem cannot be read: there is no such file/,
    ],
    ['is none', () => ({ cert: first.keyFile, key: first.keyFile }), /holds no certificate in PEM form/],
    ['has another key', () => ({ cert: first.certFile, key: second.keyFile }), /is not the key of the certificate/],
    [
      'has a key that is none',
      () => ({ cert: first.certFile, key: first.certFile }),
      /holds no private key in PEM form/,
    ],
    [
      'has a passphrase',
      () => ({ cert: first.certFile, key: made.encryptedKey(first, 'x') }),
      /has a passphrase, and none is given/,
    ],
    [
      'has another passphrase',
      () => ({ cert: first.certFile, key: made.encryptedKey(first, 'x'), passphrase: 'y' }),
      /the passphrase does not open the key/,
    ],
    [
      'is a PFX with another passphrase',
      () => ({ pfx: made.pfx(first, 'x'), passphrase: 'y' }),
      /the passphrase does not open/,
    ],
    [
      'is a PFX of an old form',
      () => ({ pfx: made.pfx(first, 'x', '-legacy'), passphrase: 'x' }),
      /openssl pkcs12 -legacy -in/,
    ],
    ['is no PFX', () => ({ pfx: first.certFile, passphrase: 'x' }), /is no PFX/],
    ['is half', () => ({ cert: first.certFile }), /either cert and key, or pfx/],
  ])('because it %s is an error that says so', async (_, entry, expected) => {
    expect(await problemOf(entry())).toMatch(expected);
  });

  it('has its chain in the wrong order', async () => {
    const path = join(folder(), 'chain.pem');
    writeFileSync(path, made.authority + readFileSync(first.certFile, 'latin1'));
    expect(await problemOf({ cert: path, key: first.keyFile })).toMatch(/is not the first of .*: it comes first/);
  });

  it('has ended, or ends soon: that is a warning, and it serves', async () => {
    const ended = certificate('ended', { expired: true });
    const soon = certificate('soon', { days: 3 });
    const of = ({ certFile, keyFile }: MadeCertificate) => ({ cert: certFile, key: keyFile });
    expect(await problemOf(of(ended))).toMatch(/^warning: the certificate .* expired on \d{4}-/);
    expect(await problemOf(of(soon))).toMatch(/^warning: the certificate .* expires on \d{4}-/);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['no certificate at all', { certificates: [] }, /tls has no certificate add certificates/],
    ['certificates of clients without an authority', { clientCertificates: 'required' }, /no authority is named/],
    ['a redirect from nowhere', { redirectFrom: 'nowhere' }, /there is no listener "nowhere"/],
    ['a redirect from itself', { redirectFrom: 'web' }, /is no plain http listener/],
    ['a folder that is not there', { folder: '/nowhere/certificates' }, /cannot be read/],
  ])('%s is an error', async (_, tls, expected) => {
    expect(await problemOf({ cert: first.certFile, key: first.keyFile }, tls)).toMatch(expected);
  });

  it('on a Unix socket is an error', async () => {
    const entry = { cert: first.certFile, key: first.keyFile };
    const listeners = { web: { address: 'unix:/tmp/narrows-test.sock', tls: { certificates: [entry] } } };
    const problems = await checkConfig({ listeners, farms: { shop: { servers: ['127.0.0.1:1'] } } });
    expect(problems.map(({ message }) => message).join()).toMatch(/a Unix socket has no tls/);
  });
});

describe.skipIf(skipped)('the list of certificates', () => {
  it('is that of the configuration, of the admin API and of the metrics', async () => {
    const path = folder();
    const files = put(path, first);
    const config = { ...listening([files]), farms: { shop: { servers: ['127.0.0.1:1'] } } };
    const { certificates } = await listCertificates(config);
    const ends = certificates[0]!.validTo;
    expect(certificates).toMatchObject([{ listener: 'web', names: ['shop.example'], keyKind: 'ec', keyBits: 256 }]);
    const port = await freePort();
    await shop([await backend()], {}, { ...listening([files]), admin: { address: `127.0.0.1:${port}` } });
    const listed = await fetch(`http://127.0.0.1:${port}/api/certificates`).then((answer) => answer.json());
    expect(listed).toEqual({ certificates, warnings: [] });
    const page = await fetch(`http://127.0.0.1:${port}/metrics`).then((answer) => answer.text());
    const line = page.split('\n').find((each) => each.startsWith('narrows_certificate_expiry_timestamp_seconds{'))!;
    expect(line).toContain('listener="web",name="shop.example"');
    expect(line.split(' ').at(-1)).toBe(String(Date.parse(ends) / 1000));
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
