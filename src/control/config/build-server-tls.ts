// `protocol.tls` and ARR's clientCert* as written → what connections to servers are made with. The files are read and judged
// here: workers get their content.
import { createHash } from 'node:crypto';
import type { Config, ConfigPath } from '../../model/config.ts';
import { type ClientCertificate, type ServerTlsConfig, serverTlsDefaults } from '../../model/server-tls.ts';
import type { ConfigSource } from './config-source.ts';
import type { WrittenFarm } from './farm-schema.ts';
import type { ProblemList } from './problem-list.ts';
import { readAuthorities, readKeyPair, readPfx, readPfxOrPem, type TlsFile } from './read-certificates.ts';

type WrittenProtocol = WrittenFarm['protocol'];
type WrittenCertificate = NonNullable<NonNullable<WrittenProtocol['tls']>['certificate']>;

export interface TlsScope {
  readonly source: ConfigSource;
  readonly problems: ProblemList;
}

/** RFC 7469 2.4, as curl and Chromium write it too. */
const PIN = /^sha256\/([A-Za-z0-9+/]{43}=)$/;

/** @param path of `protocol`, or of `proxy` */
export function buildServerTls(protocol: WrittenProtocol, path: ConfigPath, scope: TlsScope): ServerTlsConfig {
  const { ca, publicKeys, certificate, ...verification } = protocol.tls ?? {};
  const files: string[] = [];
  const fileAt = (at: ConfigPath, written: string): TlsFile => {
    const file = scope.source.resolvePath(at, written);
    files.push(file);
    return { file, path: at, problems: scope.problems };
  };
  const built = {
    ...serverTlsDefaults(),
    ...verification,
    ca: ca === undefined ? null : readAuthorities(fileAt([...path, 'tls', 'ca'], ca)),
    publicKeys: buildPins(publicKeys ?? [], [...path, 'tls', 'publicKeys'], scope.problems),
    certificate:
      certificate === undefined
        ? buildArrCertificate(protocol, path, fileAt)
        : buildCertificate(certificate, [...path, 'tls', 'certificate'], fileAt, scope.problems),
  };
  if (certificate !== undefined && protocol.clientCertFileName !== '') {
    const message = 'clientCertFileName is not used: tls.certificate is there';
    scope.problems.warning([...path, 'clientCertFileName'], message, 'leave one of them out');
  }
  return { ...built, digest: createHash('sha256').update(JSON.stringify(built)).digest('base64'), files };
}

/** The files that TLS with servers was read from. */
export function serverTlsFiles({ farms, proxy }: Pick<Config, 'farms' | 'proxy'>): string[] {
  return [proxy, ...farms.map(({ protocol }) => protocol)].flatMap(({ tls }) => tls.files);
}

function buildPins(written: readonly string[], path: ConfigPath, problems: ProblemList): string[] {
  return written.flatMap((pin, index) => {
    const [, key] = PIN.exec(pin) ?? [];
    if (key !== undefined) return [key];
    const message = `"${pin}" is no pinned key`;
    problems.error(
      [...path, index],
      message,
      'write sha256/ and the base64 of the SHA-256 of the SubjectPublicKeyInfo',
    );
    return [];
  });
}

type FileAt = (at: ConfigPath, written: string) => TlsFile;

function buildCertificate(
  { cert, key, pfx, passphrase }: WrittenCertificate,
  path: ConfigPath,
  fileAt: FileAt,
  problems: ProblemList,
): ClientCertificate | null {
  if (pfx !== undefined && cert === undefined && key === undefined)
    return readPfx(fileAt([...path, 'pfx'], pfx), passphrase ?? '');
  if (cert !== undefined && pfx === undefined) {
    const certFile = fileAt([...path, 'cert'], cert);
    return readKeyPair(certFile, key === undefined ? certFile : fileAt([...path, 'key'], key), passphrase);
  }
  problems.error(path, 'the certificate needs a file', 'write cert and key (PEM), or pfx alone');
  return null;
}

/** As ARR names it: one file with certificate and key. */
function buildArrCertificate(
  { clientCertFileName, clientCertPassword }: WrittenProtocol,
  path: ConfigPath,
  fileAt: FileAt,
): ClientCertificate | null {
  if (clientCertFileName === '') return null;
  return readPfxOrPem(fileAt([...path, 'clientCertFileName'], clientCertFileName), clientCertPassword);
}
