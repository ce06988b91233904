// Certificates for tests, made by openssl: an authority, and servers that it signed or did not.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface CertificateOptions {
  /** subjectAltName, such as `DNS:a.test` or `IP:127.0.0.1`. */
  names: string;
  /** Signed by nobody but itself. */
  selfSigned?: boolean;
  /** It ended yesterday. */
  expired?: boolean;
  /** extendedKeyUsage [serverAuth]. */
  usage?: string;
  /** Kind of key [ec]. */
  kind?: 'ec' | 'rsa';
  /** Days that it is valid from now [30]. */
  days?: number;
  /** Its CN [server]. */
  subject?: string;
}

/** For describe.skipIf: says loudly that tests are left out, and fails instead where CI runs them. */
export function opensslIsMissing(): boolean {
  const { error } = spawnSync('openssl', ['version'], { stdio: 'ignore' });
  if (error === undefined) return false;
  if (process.env.CI === 'true') throw new Error('openssl is not installed');
  process.stderr.write('SKIPPED: tests that need certificates, because openssl is not installed\n');
  return true;
}

export interface MadeCertificate {
  readonly key: Buffer;
  readonly cert: Buffer;
  readonly keyFile: string;
  readonly certFile: string;
}

export class TestCertificates {
  readonly folder = mkdtempSync(join(tmpdir(), 'narrows-certificates-'));
  /** File of the authority. */
  readonly ca = join(this.folder, 'ca.pem');
  /** PEM of the authority. */
  readonly authority: string;
  #count = 0;

  constructor() {
    const key = join(this.folder, 'ca.key');
    const subject = ['-subj', '/CN=Test authority', '-days', '30'];
    this.#openssl('req', '-x509', ...NEW_KEY, '-keyout', key, '-out', this.ca, ...subject);
    this.authority = readFileSync(this.ca, 'latin1');
  }

  make(options: CertificateOptions): MadeCertificate {
    const { names, selfSigned = false, expired = false, usage = 'serverAuth', kind = 'ec', days = 30 } = options;
    const base = join(this.folder, `${this.#count++}`);
    const [key, request, extensions, cert] = ['key', 'csr', 'ext', 'pem'].map((ending) => `${base}.${ending}`) as [
      string,
      string,
      string,
      string,
    ];
    writeFileSync(extensions, `subjectAltName=${names}\nextendedKeyUsage=${usage}\n`);
    const newKey = kind === 'ec' ? NEW_KEY : ['-newkey', 'rsa:2048', '-nodes'];
    this.#openssl(
      'req',
      '-new',
      '-utf8',
      ...newKey,
      '-keyout',
      key,
      '-out',
      request,
      '-subj',
      `/CN=${options.subject ?? 'server'}`,
    );
    const signer = selfSigned ? ['-key', key] : ['-CA', this.ca, '-CAkey', join(this.folder, 'ca.key')];
    const times = ['-days', expired ? '-1' : String(days)];
    this.#openssl('x509', '-req', '-in', request, '-out', cert, '-extfile', extensions, ...signer, ...times);
    return { key: readFileSync(key), cert: readFileSync(cert), keyFile: key, certFile: cert };
  }

  /** A PFX of a certificate that was made here. @returns its file */
  pfx({ certFile: cert, keyFile: key }: MadeCertificate, passphrase: string, ...options: string[]): string {
    const file = cert.replace('.pem', '.pfx');
    this.#openssl(
      'pkcs12',
      '-export',
      '-in',
      cert,
      '-inkey',
      key,
      '-out',
      file,
      '-passout',
      `pass:${passphrase}`,
      ...options,
    );
    return file;
  }

  /** The key of it under a passphrase. @returns its file */
  encryptedKey({ keyFile: key }: MadeCertificate, passphrase: string): string {
    const file = `${key}.enc`;
    this.#openssl('pkey', '-in', key, '-aes256', '-passout', `pass:${passphrase}`, '-out', file);
    return file;
  }

  /** What tls.publicKeys calls the key of a certificate, worked out by openssl. */
  pinOf(certFile: string): string {
    const output = (options: string[], input?: Buffer) => execFileSync('openssl', options, { input });
    const pem = output(['x509', '-in', certFile, '-noout', '-pubkey']);
    const digest = output(['dgst', '-sha256', '-binary'], output(['pkey', '-pubin', '-outform', 'DER'], pem));
    return `sha256/${digest.toString('base64')}`;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  #openssl(...options: string[]): void {
    execFileSync('openssl', options, { stdio: ['ignore', 'ignore', 'pipe'] });
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
