// Files that `protocol.tls` and clientCert* name: read and judged when the configuration is loaded.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { opensslIsMissing, TestCertificates } from '../../../test/kit/test-certificates.ts';
import { checkConfig } from '../../engine/check-config.ts';
import { parseConfig } from './load-config.ts';

const isMissing = opensslIsMissing();
let made: TestCertificates;
let pair: ReturnType<TestCertificates['make']>;
let expired: ReturnType<TestCertificates['make']>;
const file = (name: string): string => join(made.folder, name);

beforeAll(() => {
  if (isMissing) return;
  made = new TestCertificates();
  pair = made.make({ names: 'DNS:router.test', usage: 'clientAuth' });
  expired = made.make({ names: 'DNS:router.test', expired: true });
  const openssl = (...options: string[]) => execFileSync('openssl', options, { stdio: ['ignore', 'ignore', 'pipe'] });
  openssl('pkey', '-in', pair.keyFile, '-aes256', '-passout', 'pass:key-word', '-out', file('locked.key'));
  const both = ['-inkey', pair.keyFile, '-in', pair.certFile];
  openssl('pkcs12', '-export', ...both, '-out', file('router.pfx'), '-passout', 'pass:pfx-word');
  openssl('x509', '-in', made.ca, '-outform', 'DER', '-out', file('ca.cer'));
  writeFileSync(file('both.pem'), Buffer.concat([readFileSync(pair.keyFile), readFileSync(pair.certFile)]));
  writeFileSync(file('nothing.pem'), 'nothing at all\n');
});
afterAll(() => made?.remove());

const TO_A = [{ name: 'r', match: { url: '.*' }, action: { type: 'Rewrite', url: 'https://A/{R:0}' } }];
const farmWith = (protocol: object, rules: object[] = TO_A) => ({ farms: { a: { servers: ['h'], protocol } }, rules });
const load = (protocol: object) => parseConfig(JSON.stringify(farmWith(protocol)), file('narrows.yaml'));
const tlsOf = (protocol: object) => load(protocol).config.farms[0]!.protocol.tls;

/** What `check` says, as `error PATH-less message`. */
async function said(protocol: object, rules = TO_A): Promise<string[]> {
  const problems = await checkConfig(farmWith(protocol, rules));
  return problems.map(({ severity, message }) => `${severity}: ${message}`);
}

describe.skipIf(isMissing)('files of TLS to servers', () => {
  it('are found beside the configuration, and watched with it', () => {
    const { config, files } = load({ tls: { ca: 'ca.pem', certificate: { cert: '0.pem', key: '0.key' } } });
    expect(files).toEqual([file('narrows.yaml'), made.ca, pair.certFile, pair.keyFile]);
    expect(structuredClone(config)).toEqual(config);
  });

  it('may be PEM or DER, authorities too', () => {
    expect(tlsOf({ tls: { ca: file('ca.cer') } }).ca).toEqual(tlsOf({ tls: { ca: made.ca } }).ca);
    expect(tlsOf({ tls: { ca: '/etc/ssl/certs/ca-certificates.crt' } }).ca!.length).toBeGreaterThan(50);
  });

  it('go to the workers with keys that need no passphrase', () => {
    const { certFile } = pair;
    const certificate = { cert: certFile, key: file('locked.key'), passphrase: 'key-word' };
    const tls = tlsOf({ tls: { certificate } });
    expect(JSON.stringify(tls)).not.toContain('key-word');
    expect(tls.certificate).toMatchObject({ kind: 'pem', key: expect.stringContaining('BEGIN PRIVATE KEY') });
  });

  it.each(['both.pem', 'router.pfx'])(
    'are clientCertFileName and clientCertPassword in the words of ARR: %s',
    async (name) => {
      const protocol = { clientCertFileName: file(name), clientCertPassword: 'pfx-word' };
      expect(tlsOf(protocol).certificate).toMatchObject({ kind: name.endsWith('.pfx') ? 'pfx' : 'pem' });
      expect(await said(protocol)).toEqual([]);
    },
  );

  it('make connections of their own: what is written otherwise has another digest', () => {
    const digests = [
      {},
      { tls: { ca: made.ca } },
      { tls: { minVersion: 'TLSv1.3' } },
      { tls: { ignoreExpired: true } },
      { tls: { publicKeys: [made.pinOf(pair.certFile)] } },
      { clientCertFileName: file('both.pem') },
    ].map((protocol) => tlsOf(protocol).digest);
    expect(new Set(digests).size).toBe(digests.length);
    expect(tlsOf({ tls: { ca: made.ca } }).digest).toBe(digests[1]);
  });
});

describe.skipIf(isMissing)('faults in files of TLS to servers', () => {
  it.each<[string, () => object, string]>([
    [
      'a missing file',
      () => ({ tls: { ca: '/nowhere/ca.pem' } }),
      'error: /nowhere/ca.pem cannot be read: there is no such file',
    ],
    ['a folder', () => ({ tls: { ca: made.folder } }), 'cannot be read: it is no file'],
    [
      'no certificate',
      () => ({ tls: { ca: file('nothing.pem') } }),
      'nothing.pem holds no certificate that can be read',
    ],
    [
      'the key of another certificate',
      () => ({ tls: { certificate: { cert: pair.certFile, key: expired.keyFile } } }),
      'is not that of the certificate in',
    ],
    ['no key', () => ({ tls: { certificate: { cert: pair.certFile } } }), 'cannot be used: there is none'],
    [
      'a key with a passphrase that is not written',
      () => ({ tls: { certificate: { cert: pair.certFile, key: file('locked.key') } } }),
      'cannot be used: it has a passphrase',
    ],
    [
      'a key with another passphrase',
      () => ({ tls: { certificate: { cert: pair.certFile, key: file('locked.key'), passphrase: 'x' } } }),
      'cannot be used: its passphrase is another one',
    ],
    [
      'a PFX with another passphrase',
      () => ({ tls: { certificate: { pfx: file('router.pfx'), passphrase: 'x' } } }),
      'the client certificate cannot be used: its passphrase is wrong',
    ],
    [
      'no PFX',
      () => ({ clientCertFileName: file('nothing.pem') }),
      'the client certificate cannot be used: it is no PFX (PKCS #12)',
    ],
    ['no file at all', () => ({ tls: { certificate: {} } }), 'error: the certificate needs a file'],
    [
      'a certificate that has expired',
      () => ({ tls: { certificate: { cert: expired.certFile, key: expired.keyFile } } }),
      'warning: the certificate has expired on ',
    ],
    ['no pin', () => ({ tls: { publicKeys: ['sha1/x'] } }), 'error: "sha1/x" is no pinned key'],
    [
      'two certificates',
      () => ({ clientCertFileName: '/x.pfx', tls: { certificate: { cert: file('both.pem') } } }),
      'warning: clientCertFileName is not used: tls.certificate is there',
    ],
    [
      'a thumbprint',
      () => ({ clientCertHash: 'ab12' }),
      'warning: clientCertHash is ignored: there is no certificate store here. Export the certificate as PFX, and name the file in clientCertFileName',
    ],
  ])('%s', async (_, protocol, message) => {
    expect(await said(protocol())).toEqual([expect.stringContaining(message)]);
  });

  it('and settings without effect are told', async () => {
    const protocol = { tls: { ca: made.ca } };
    const warning = 'warning: tls has no effect: no rule sends requests to https://a, and no health test goes by https';
    expect(await said(protocol, [])).toEqual([warning]);
    const rule = (url: string) => [{ ...TO_A[0]!, action: { type: 'Rewrite', url } }];
    expect(await said(protocol, rule('http://a/{R:0}'))).toEqual([warning]);
    for (const url of ['https://{R:0}/', '{R:0}']) expect(await said(protocol, rule(url))).not.toContain(warning);
    const config = farmWith(protocol, []);
    const tested = { farms: { a: { ...config.farms.a, healthCheck: { url: 'https://h/up' } } } };
    expect(await checkConfig(tested)).toEqual([]);
  });

  it('and tests by http of servers that speak TLS are told', async () => {
    const said = async (servers: unknown[], url: string, more: object[] = []) => {
      const farms = { a: { servers, healthCheck: { url } } };
      return (await checkConfig({ farms, rules: [...TO_A, ...more] })).map(({ message }) => message);
    };
    expect(await said(['h:8443'], '/up')).toEqual([
      'the test goes by http to port 8443 of h:8443, where requests go by https',
    ]);
    expect(await said([{ address: 'h:8443', httpPort: 80 }], '/up')).toEqual([]);
    for (const url of ['https://a/up', 'tcp:']) expect(await said(['h:8443'], url)).toEqual([]);
    const plain = [{ name: 'p', match: { url: '^p' }, action: { type: 'Rewrite', url: 'http://a/p' } }];
    expect(await said(['h:8443'], '/up', plain)).toEqual([]);
  });

  it('and servers that nobody vouches for are told', async () => {
    expect(await said({ tls: { ignoreUnknownCa: true } })).toEqual([
      'warning: whoever answers is taken for the server: any certificate will do',
    ]);
    expect(await said({ tls: { ignoreUnknownCa: true, publicKeys: [made.pinOf(pair.certFile)] } })).toEqual([]);
  });

  it('stand where the file is named', () => {
    const text = 'farms:\n  a:\n    servers: [ h ]\n    protocol:\n      tls: { ca: /nowhere/ca.pem }\n';
    expect(() => parseConfig(text, 'narrows.yaml')).toThrow(/narrows\.yaml:5:18/);
  });
});
