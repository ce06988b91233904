// Files that `protocol.tls` and clientCert* name: read and judged when the configuration is loaded.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { opensslIsMissing, TestCertificates } from '../../../test/kit/test-certificates.ts';
import { systemClock } from '../../base/clock.ts';
import { checkConfig } from '../../engine/check-config.ts';
import { loadChecked } from '../../engine/load-checked.ts';

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
const tlsOf = async (protocol: object) =>
  (await loadChecked(farmWith(protocol), {}, systemClock)).config.farms[0]!.protocol.tls;

/** What a file with this configuration is read as. */
async function fromFile(protocol: object) {
  writeFileSync(file('narrows.yaml'), JSON.stringify(farmWith(protocol)));
  return loadChecked({ file: file('narrows.yaml') }, { watch: false }, systemClock);
}

/** What `check` says, as `error PATH-less message`. */
async function said(protocol: object, rules = TO_A): Promise<string[]> {
  const problems = await checkConfig(farmWith(protocol, rules));
  return problems.map(({ severity, message }) => `${severity}: ${message}`);
}

describe.skipIf(isMissing)('files of TLS to servers', () => {
  it('are found beside the configuration, and watched with it', async () => {
    const { config, files } = await fromFile({ tls: { ca: 'ca.pem', certificate: { cert: '0.pem', key: '0.key' } } });
    expect(files).toEqual([file('narrows.yaml'), made.ca, pair.certFile, pair.keyFile]);
    expect(structuredClone(config)).toEqual(config);
  });

  it('hold authorities as PEM, any number of them, or one as DER', async () => {
    const [one, other] = [await tlsOf({ tls: { ca: file('ca.cer') } }), await tlsOf({ tls: { ca: made.ca } })];
    expect([one.ca!.length, one.ca]).toEqual([1, other.ca]);
    writeFileSync(file('two.pem'), made.authority + readFileSync(pair.certFile, 'latin1'));
    expect((await tlsOf({ tls: { ca: file('two.pem') } })).ca).toHaveLength(2);
  });

  it('go to the workers with keys that need no passphrase', async () => {
    const { certFile } = pair;
    const certificate = { cert: certFile, key: file('locked.key'), passphrase: 'key-word' };
    const tls = await tlsOf({ tls: { certificate } });
    expect(JSON.stringify(tls.certificate)).not.toContain('key-word');
    expect(tls.certificate).toMatchObject({ key: expect.stringContaining('BEGIN PRIVATE KEY') });
  });

  it.each(['both.pem', 'router.pfx'])(
    'are clientCertFileName and clientCertPassword in the words of ARR: %s',
    async (name) => {
      const protocol = { clientCertFileName: file(name), clientCertPassword: 'pfx-word' };
      const kind = name === 'both.pem' ? 'cert' : 'pfx';
      expect((await tlsOf(protocol)).certificate).toMatchObject({ [kind]: expect.anything() });
      expect(await said(protocol)).toEqual([]);
    },
  );

  it('make connections of their own: what is written otherwise has another digest', async () => {
    const settings = [
      {},
      { tls: { ca: made.ca } },
      { tls: { minVersion: 'TLSv1.3' } },
      { tls: { ignoreExpired: true } },
      { tls: { publicKeys: [made.pinOf(pair.certFile)] } },
      { clientCertFileName: file('both.pem') },
      { clientCertFileName: file('router.pfx'), clientCertPassword: 'pfx-word' },
    ];
    const digests: string[] = [];
    for (const protocol of settings) digests.push((await tlsOf(protocol)).digest);
    expect(new Set(digests).size).toBe(digests.length);
    expect((await tlsOf({ tls: { ca: made.ca } })).digest).toBe(digests[1]);
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
      'nothing.pem holds no certificate in PEM or DER form',
    ],
    [
      'the key of another certificate',
      () => ({ tls: { certificate: { cert: pair.certFile, key: expired.keyFile } } }),
      'is not the key of the certificate in',
    ],
    ['no key', () => ({ tls: { certificate: { cert: pair.certFile } } }), 'holds no private key in PEM form'],
    [
      'a key with a passphrase that is not written',
      () => ({ tls: { certificate: { cert: pair.certFile, key: file('locked.key') } } }),
      'locked.key has a passphrase, and none is given',
    ],
    [
      'a key with another passphrase',
      () => ({ tls: { certificate: { cert: pair.certFile, key: file('locked.key'), passphrase: 'x' } } }),
      'the passphrase does not open the key in',
    ],
    [
      'a PFX with another passphrase',
      () => ({ tls: { certificate: { pfx: file('router.pfx'), passphrase: 'x' } } }),
      'error: the passphrase does not open ',
    ],
    [
      'no PFX',
      () => ({ clientCertFileName: file('nothing.pem') }),
      'nothing.pem is no PFX with a certificate and its key',
    ],
    ['no file at all', () => ({ tls: { certificate: {} } }), 'error: the certificate needs a file'],
    [
      'a certificate that has expired',
      () => ({ tls: { certificate: { cert: expired.certFile, key: expired.keyFile } } }),
      '1.pem expired on ',
    ],
    ['a PFX that has expired', () => ({ clientCertFileName: made.pfx(expired, '') }), '.pfx expired on '],
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

  it('stand where the file is named', async () => {
    const text = 'farms:\n  a:\n    servers: [ h ]\n    protocol:\n      tls: { ca: /nowhere/ca.pem }\n';
    writeFileSync(file('narrows.yaml'), text);
    await expect(loadChecked({ file: file('narrows.yaml') }, {}, systemClock)).rejects.toThrow(/narrows\.yaml:5:18/);
  });
});
