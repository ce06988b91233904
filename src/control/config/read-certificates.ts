// Files of certificates and keys: read, and judged as far as node:crypto knows them. What is wrong is a problem in the place
// of the configuration that names the file.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readRegularFile } from '../../base/read-regular-file.ts';
import { whyUnreadable } from '../../base/why-unreadable.ts';
import type { ConfigPath } from '../../model/config.ts';
import type { ClientCertificate } from '../../model/server-tls.ts';
import type { ProblemList } from './problem-list.ts';

/** A bundle of all public authorities has a fifth of it. */
const LARGEST = 1024 * 1024;
const PEM = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** A file that the configuration names. */
export interface TlsFile {
  readonly file: string;
  /** Where it is named. */
  readonly path: ConfigPath;
  readonly problems: ProblemList;
}

/** The authorities in a file of PEM, or the one in a file of DER; none where it is faulty. */
export function readAuthorities(from: TlsFile): string[] {
  const found = certificatesIn(from);
  for (const { subject, validTo } of found ?? []) {
    if (Date.parse(validTo) < Date.now()) warn(from, `the authority ${oneLine(subject)} has expired on ${validTo}`);
  }
  return (found ?? []).map((certificate) => certificate.toString());
}

/** A certificate with its chain, and its key. @param passphrase of the key; undefined: it has none. @returns null where one is faulty */
export function readKeyPair(
  certFile: TlsFile,
  keyFile: TlsFile,
  passphrase: string | undefined,
): ClientCertificate | null {
  const [certificate, ...chain] = certificatesIn(certFile) ?? [];
  const key = keyIn(keyFile, passphrase);
  if (certificate === undefined || key === null) return null;
  if (!certificate.checkPrivateKey(key)) {
    const message = `the key in ${keyFile.file} is not that of the certificate in ${certFile.file}`;
    keyFile.problems.error(keyFile.path, message, 'name the key that the certificate was made with');
    return null;
  }
  if (Date.parse(certificate.validTo) < Date.now())
    warn(certFile, `the certificate has expired on ${certificate.validTo}`);
  // Workers get the key as it is used, and no passphrase.
  const pem = key.export({ type: 'pkcs8', format: 'pem' }) as string;
  const cert = [certificate, ...chain].map(String).join('');
  return { kind: 'pem', cert, key: pem, path: certFile.path };
}

/** A file that has both as PFX; whether OpenSSL takes it is seen when it is compiled. @returns null where it cannot be read */
export function readPfx(from: TlsFile, passphrase: string): ClientCertificate | null {
  const bytes = bytesOf(from);
  return bytes === null ? null : { kind: 'pfx', pfx: bytes.toString('base64'), passphrase, path: from.path };
}

/** A file that has both, as PFX or as PEM. @returns null where it is faulty */
export function readPfxOrPem(from: TlsFile, passphrase: string): ClientCertificate | null {
  const bytes = bytesOf(from);
  if (bytes === null) return null;
  return bytes.includes('-----BEGIN ') ? readKeyPair(from, from, passphrase) : readPfx(from, passphrase);
}

function certificatesIn(from: TlsFile): X509Certificate[] | null {
  const bytes = bytesOf(from);
  if (bytes === null) return null;
  const blocks = bytes.toString('latin1').match(PEM);
  try {
    return (blocks ?? [bytes]).map((block) => new X509Certificate(block));
  } catch {
    const message = `${from.file} holds no certificate that can be read`;
    from.problems.error(from.path, message, 'expected PEM: -----BEGIN CERTIFICATE-----');
    return null;
  }
}

function keyIn(from: TlsFile, passphrase: string | undefined): KeyObject | null {
  const key = bytesOf(from);
  if (key === null) return null;
  try {
    return createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (error) {
    const { fault, suggestion } = keyFault(key, passphrase, error as Error);
    from.problems.error(from.path, `the key in ${from.file} cannot be used: ${fault}`, suggestion);
    return null;
  }
}

function keyFault(key: Buffer, passphrase: string | undefined, { message }: Error) {
  if (passphrase === undefined && key.includes('ENCRYPTED'))
    return { fault: 'it has a passphrase', suggestion: 'add passphrase' };
  if (/bad decrypt|bad password/i.test(message)) {
    return { fault: 'its passphrase is another one', suggestion: 'correct passphrase' };
  }
  return { fault: 'there is none', suggestion: 'expected PEM: -----BEGIN PRIVATE KEY-----' };
}

function bytesOf({ file, path, problems }: TlsFile): Buffer | null {
  try {
    return readRegularFile(file, LARGEST);
  } catch (error) {
    problems.error(path, `${file} cannot be read: ${whyUnreadable(error)}`, `expected a readable file ${file}`);
    return null;
  }
}

function warn({ path, problems, file }: TlsFile, message: string): void {
  problems.warning(path, `${message} (${file})`, 'renew it');
}

function oneLine(subject: string): string {
  return subject.replaceAll('\n', ', ');
}
