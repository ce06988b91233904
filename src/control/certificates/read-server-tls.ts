// The files that `protocol.tls` of farms and of `proxy` names, read into the configuration: what workers reach servers with.
import { createHash, X509Certificate } from 'node:crypto';
import type { Config, ConfigPath, ConfigProblem } from '../../model/config.ts';
import type { ServerTlsConfig } from '../../model/server-tls.ts';
import { readCertificate, readCertificateIn, readCertificates } from './read-certificate.ts';

/**
 * Fills in `ca`, `certificate` and `digest`.
 * @param now wall ms
 * @returns what is wrong: with an error among them the configuration is not to be used
 */
export async function readServerTls({ farms, proxy }: Config, now: number): Promise<ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  for (const { tls } of [proxy, ...farms.map(({ protocol }) => protocol)]) {
    try {
      readAuthorities(tls, now, problems);
      await readClientCertificate(tls, now, problems);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      problems.push({ path: error.path, severity: 'error', message: error.message });
    }
    tls.digest = digestOf(tls);
  }
  return problems;
}

class FileFault extends Error {
  readonly path: ConfigPath;

  constructor(path: ConfigPath, error: unknown) {
    super((error as Error).message);
    this.path = path;
  }
}

function readAuthorities(tls: ServerTlsConfig, now: number, problems: ConfigProblem[]): void {
  if (tls.files.ca === null) return;
  const { file, path } = tls.files.ca;
  try {
    tls.ca = readCertificates(file);
  } catch (error) {
    throw new FileFault(path, error);
  }
  for (const pem of tls.ca) {
    const { subject, validTo } = new X509Certificate(pem);
    const name = subject.replaceAll('\n', ', ');
    if (Date.parse(validTo) <= now) problems.push(expired(path, `the authority ${name} in ${file}`, validTo));
  }
}

async function readClientCertificate(tls: ServerTlsConfig, now: number, problems: ConfigProblem[]): Promise<void> {
  if (tls.files.certificate === null) return;
  const { files, path } = tls.files.certificate;
  try {
    const read = 'both' in files ? readCertificateIn(files.both, files.passphrase) : readCertificate(files);
    const { file, secret, validTo } = await read;
    tls.certificate = secret;
    if (validTo <= now) problems.push(expired(path, `the certificate ${file}`, new Date(validTo).toISOString()));
  } catch (error) {
    throw new FileFault(path, error);
  }
}

function expired(path: ConfigPath, what: string, when: string): ConfigProblem {
  return { path, severity: 'warning', message: `${what} expired on ${when}`, suggestion: 'renew it' };
}

/** Of all that makes connections: not of where it was read from. */
function digestOf({ files, digest, certificate, ...settings }: ServerTlsConfig): string {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  if (certificate !== null && 'pfx' in certificate) hash.update(certificate.pfx);
  else if (certificate !== null) hash.update(JSON.stringify(certificate));
  return hash.digest('base64');
}
