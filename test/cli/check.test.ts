import { copyFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configFile, narrows } from '../kit/narrows-command.ts';
import { opensslIsMissing, TestCertificates } from '../kit/test-certificates.ts';

const skipped = opensslIsMissing();
const certificates = skipped ? null : new TestCertificates();
afterAll(() => certificates?.remove());

const GOOD = `farms:
  shop: { servers: ["127.0.0.1:9001"] }
`;
const FAULTY = `farms:
  shop: { servers: ["127.0.0.1:9001"], afinity: { useCookie: true } }
rules:
  - name: broken
    match: { url: "(" }
    action: { type: Rewrite, url: "http://shop/" }
`;

describe('narrows check', () => {
  it('says nothing of a configuration that is in order', async () => {
    expect(await narrows(['check', '-c', configFile(GOOD)])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('prints each fault with its place and what would be right, and ends with 1', async () => {
    const file = configFile(FAULTY);
    const { code, stdout, stderr } = await narrows(['check', '-c', file]);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toContain(`${file}:2:40: error: farms.shop.afinity: unknown key, did you mean "affinity"?`);
    expect(stdout).toContain(`${file}:5:19: error: `); // the rule's pattern, although the farm has a fault
  });

  it('ends with 0 where there are only warnings', async () => {
    const file = configFile(`${GOOD}proxy: { httpVersion: Http10 }\n`);
    const { code, stdout } = await narrows(['check', '-c', file]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^.*:3:\d+: warning: httpVersion is ignored: .*\n$/);
  });

  it('prints an array with --json', async () => {
    const file = configFile(FAULTY);
    const { code, stdout } = await narrows(['check', '-c', file, '--json']);
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as unknown[])[0]).toEqual({
      file,
      line: 2,
      column: 40,
      severity: 'error',
      message: 'farms.shop.afinity: unknown key',
      suggestion: 'did you mean "affinity"?',
    });
    expect((await narrows(['check', '-c', configFile(GOOD), '--json'])).stdout).toBe('[]\n');
  });

  it('says which addresses are none, wherever they stand', async () => {
    const file = configFile(`trustedProxies: [ 300.1.1.1, 10.0.0.0/8 ]
listeners:
  web: { address: "127.0.0.1:0", proxyProtocol: { from: [ 10.0.0.0/33, 010.0.0.1 ] } }
`);
    const { code, stdout, stderr } = await narrows(['check', '-c', file]);
    expect([code, stderr]).toEqual([1, '']);
    const right = 'write it like 10.0.0.0/8 or fd00::/8';
    expect(stdout.split('\n').filter((line) => line.includes('error'))).toEqual([
      `${file}:1:19: error: "300.1.1.1" is not a range of addresses, ${right}`,
      `${file}:3:59: error: "10.0.0.0/33" is not a range of addresses, ${right}`,
      `${file}:3:72: error: "010.0.0.1" is not a range of addresses, ${right}`,
    ]);
  });

  it.skipIf(skipped)('says which of the files of a certificate is at fault', async () => {
    const file = configFile(
      `listeners: { web: { address: ":1", tls: { certificates: [ { cert: here.pem, key: gone.key } ] } } }\n${GOOD}`,
    );
    writeFileSync(join(dirname(file), 'here.pem'), 'nothing');
    const faultsNow = async () => (await narrows(['check', '-c', file])).stdout;
    expect(await faultsNow()).toMatch(/:1:67: error: .*here\.pem holds no certificate in PEM form/);
    const { certFile } = certificates!.make({ names: 'DNS:a.test' });
    copyFileSync(certFile, join(dirname(file), 'here.pem'));
    expect(await faultsNow()).toMatch(/:1:82: error: .*gone\.key cannot be read: there is no such file/);
  });

  it('says which file that a farm takes servers from cannot be used', async () => {
    const file = configFile('farms:\n  shop: { serversFrom: [ { file: gone.yaml }, { file: members.yaml } ] }\n');
    writeFileSync(join(dirname(file), 'members.yaml'), '- "127.0.0.1:9001"\n- "127.0.0.1:90x"\n');
    const { code, stdout } = await narrows(['check', '-c', file]);
    expect([code, stdout.split('\n')]).toEqual([
      0,
      [
        expect.stringMatching(
          /:2:26: warning: .*gone.yaml cannot be read: there is no such file: farm "shop" gets no servers/,
        ),
        expect.stringMatching(/:2:47: warning: .*members.yaml: servers\[1\]: "90x" is not a port/),
        '',
      ],
    ]);
  });

  it('says that a file is not there', async () => {
    const { code, stdout } = await narrows(['check', '-c', '/nowhere/narrows.yaml']);
    expect(code).toBe(1);
    expect(stdout).toContain(
      '/nowhere/narrows.yaml:1:1: error: the configuration cannot be read: there is no such file',
    );
  });
});
