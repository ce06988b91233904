// Reads one certificate with its key, and finds out whether it can serve: PEM files, or PFX.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { duplexPair } from 'node:stream';
import { connect, createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { readRegularFile } from '../../base/read-regular-file.ts';
import { whyUnreadable } from '../../base/why-unreadable.ts';
import type { Certificate } from '../../model/certificate.ts';
import type { CertificateFiles } from '../../model/tls-config.ts';
import { describeCertificate } from './describe-certificate.ts';

/** What is wrong with one of the files; the message names it too. */
export class CertificateFileError extends Error {
  readonly file: string;

  constructor(file: string, message: string) {
    super(message);
    this.file = file;
  }
}

const LARGEST = 1024 * 1024;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Rejects with an Error that says which file is at fault, in what, and what would be right. */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  return 'pfx' in files ? readPfx(files.pfx, files.passphrase) : readPair(files.cert, files.key, files.passphrase);
}

/** The same of a file with certificate and key, in either form. */
export async function readCertificateIn(file: string, passphrase: string | null): Promise<Certificate> {
  return readBytes(file).includes('-----BEGIN ') ? readPair(file, file, passphrase) : readPfx(file, passphrase);
}

/** As readPemCertificates(), but in the form in which Node writes them; a file of DER holds one. */
export function readCertificates(file: string): string[] {
  const bytes = readBytes(file);
  const blocks = bytes.toString('latin1').match(PEM_CERTIFICATE);
  if (blocks !== null) return blocks.map((block) => parse(block, file).toString());
  try {
    return [new X509Certificate(bytes).toString()];
  } catch {
    throw new CertificateFileError(file, `${file} holds no certificate in PEM or DER form`);
  }
}

/** The certificates of a PEM file, in its order. @throws Error when it cannot be read or holds none */
export function readPemCertificates(file: string): string[] {
  const blocks = readBytes(file).toString('latin1').match(PEM_CERTIFICATE);
  if (blocks === null) throw new CertificateFileError(file, `${file} holds no certificate in PEM form`);
  return blocks;
}

function readPair(certFile: string, keyFile: string, passphrase: string | null): Certificate {
  const chain = readPemCertificates(certFile);
  const certificate = parse(chain[0]!, certFile);
  const key = readKey(keyFile, passphrase);
  if (!certificate.checkPrivateKey(key)) {
    const other = chain.slice(1).some((each) => parse(each, certFile).checkPrivateKey(key));
    throw new CertificateFileError(
      other ? certFile : keyFile,
      other
        ? `the certificate of ${keyFile} is not the first of ${certFile}: it comes first, then its chain`
        : `${keyFile} is not the key of the certificate in ${certFile}`,
    );
  }
  const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const secret = { cert: `${chain.join('\n')}\n`, key: pem };
  return usable({ file: certFile, ...describeCertificate(certificate), secret });
}

async function readPfx(file: string, passphrase: string | null): Promise<Certificate> {
  const secret = { pfx: new Uint8Array(readBytes(file)), passphrase: passphrase ?? '' };
  let context: SecureContext;
  try {
    context = createSecureContext({ pfx: Buffer.from(secret.pfx), passphrase: secret.passphrase });
  } catch (error) {
    throw new CertificateFileError(file, whyNoPfx(file, error as Error));
  }
  return { file, ...describeCertificate(await shownBy(context, file)), secret };
}

function readBytes(file: string): Buffer {
  try {
    return readRegularFile(file, LARGEST);
  } catch (error) {
    throw new CertificateFileError(file, `${file} cannot be read: ${whyUnreadable(error)}`);
  }
}

function parse(pem: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new CertificateFileError(file, `${file} holds a certificate that cannot be read`);
  }
}

function readKey(file: string, passphrase: string | null): KeyObject {
  const key = readBytes(file);
  try {
    return createPrivateKey(passphrase === null ? key : { key, passphrase });
  } catch {
    if (!key.includes('ENCRYPTED')) throw new CertificateFileError(file, `${file} holds no private key in PEM form`);
    if (passphrase === null)
      throw new CertificateFileError(file, `the key in ${file} has a passphrase, and none is given`);
    throw new CertificateFileError(file, `the passphrase does not open the key in ${file}`);
  }
}

/** OpenSSL refuses what is too weak for it, such as RSA keys under 2048 bits. */
function usable(certificate: Certificate): Certificate {
  try {
    createSecureContext(certificate.secret as { cert: string; key: string });
  } catch (error) {
    throw new CertificateFileError(certificate.file, `${certificate.file} cannot be used: ${(error as Error).message}`);
  }
  return certificate;
}

function whyNoPfx(file: string, { message }: Error): string {
  if (/mac verify/i.test(message)) return `the passphrase does not open ${file}`;
  if (/unsupported|RC2/i.test(message)) {
    const plain = `${file}.pem`;
    return (
      `${file} is in an old form (RC2) that is not read: convert it with ` +
      `openssl pkcs12 -legacy -in ${file} -nodes -out ${plain} && openssl pkcs12 -export -in ${plain} -out ${file} && rm ${plain}`
    );
  }
  return `${file} is no PFX with a certificate and its key: ${message}`;
}

/** The certificate that a client of `context` sees. Node tells it in no other way: a handshake with ourselves, in memory. */
function shownBy(context: SecureContext, file: string): Promise<X509Certificate> {
  const [ours, theirs] = duplexPair();
  const server = new TLSSocket(ours, { isServer: true, secureContext: context });
  const client = connect({ socket: theirs, rejectUnauthorized: false });
  const shown = new Promise<X509Certificate>((resolve, reject) => {
    const refuse = () => reject(new CertificateFileError(file, `${file} holds no certificate with its key`));
    server.once('error', refuse);
    client.once('error', refuse).once('close', refuse);
    client.once('secureConnect', () => {
      const certificate = client.getPeerX509Certificate();
      if (certificate === undefined) refuse();
      else resolve(certificate);
    });
  });
  return shown.finally(() => {
    client.destroy();
    server.destroy();
  });
}
