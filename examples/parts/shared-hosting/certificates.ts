// Certificates made on the spot by openssl: an authority, and a PFX for each name as the Central Certificate Store has it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const WEEK = ['-days', '7'];

/**
 * @param folder is made: `alpha.example.pfx` for a name, `_.gamma.example.pfx` for `*.gamma.example`, without passphrase
 * @returns the file of the authority that signed them
 * @throws Error of one line
 */
export function makeCertificates(folder: string, names: readonly string[]): string {
  const work = `${folder}-work`;
  mkdirSync(folder);
  mkdirSync(work);
  const authority = join(work, 'authority.pem');
  const authorityKey = join(work, 'authority.key');
  const subject = ['-subj', '/CN=Authority of the example'];
  openssl(['req', '-x509', ...NEW_KEY, '-keyout', authorityKey, '-out', authority, ...subject, ...WEEK]);
  for (const name of names) {
    const base = join(work, name.replace('*', '_'));
    const [key, request, cert] = [`${base}.key`, `${base}.csr`, `${base}.pem`];
    writeFileSync(`${base}.ext`, `subjectAltName=DNS:${name}\nextendedKeyUsage=serverAuth\n`);
    openssl(['req', '-new', ...NEW_KEY, '-keyout', key, '-out', request, '-subj', `/CN=${name}`]);
    const signer = ['-CA', authority, '-CAkey', authorityKey, '-CAcreateserial', '-extfile', `${base}.ext`, ...WEEK];
    openssl(['x509', '-req', '-in', request, '-out', cert, ...signer]);
    const pfx = join(folder, `${name.replace('*', '_')}.pfx`);
    openssl(['pkcs12', '-export', '-in', cert, '-inkey', key, '-out', pfx, '-passout', 'pass:']);
  }
  return authority;
}

function openssl(options: readonly string[]): void {
  const { status, stderr, error } = spawnSync('openssl', options, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${options[0]} failed: ${error?.message ?? stderr.trim()}`);
}
