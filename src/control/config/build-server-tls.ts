// `protocol.tls` and ARR's clientCert* as written → how servers are reached by https. The content of files comes later
// (control/certificates).
import type { Config, ConfigPath } from '../../model/config.ts';
import { type ServerTlsConfig, type ServerTlsFiles, serverTlsDefaults } from '../../model/server-tls.ts';
import type { CertificateFiles } from '../../model/tls-config.ts';
import type { ConfigSource } from './config-source.ts';
import type { WrittenFarm } from './farm-schema.ts';
import type { ProblemList } from './problem-list.ts';

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
  const { ca, publicKeys = [], certificate, ...settings } = protocol.tls ?? {};
  const at = [...path, 'tls', 'ca'];
  return {
    ...serverTlsDefaults(),
    ...settings,
    publicKeys: buildPins(publicKeys, [...path, 'tls', 'publicKeys'], scope.problems),
    files: {
      ca: ca === undefined ? null : { file: scope.source.resolvePath(at, ca), path: at },
      certificate: buildCertificate(protocol, path, scope),
    },
  };
}

/** The files that TLS with servers is read from. */
export function serverTlsFiles({ farms, proxy }: Pick<Config, 'farms' | 'proxy'>): string[] {
  return [proxy, ...farms.map(({ protocol }) => protocol)].flatMap(({ tls }) => {
    const { ca, certificate } = tls.files;
    const ofAuthorities = ca === null ? [] : [ca.file];
    if (certificate === null) return ofAuthorities;
    const { files } = certificate;
    const { passphrase, ...paths } = files;
    return [...ofAuthorities, ...Object.values(paths)];
  });
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

function buildCertificate(
  { tls, clientCertFileName, clientCertPassword }: WrittenProtocol,
  path: ConfigPath,
  { source, problems }: TlsScope,
): ServerTlsFiles['certificate'] {
  const arrPath = [...path, 'clientCertFileName'];
  if (tls?.certificate === undefined) {
    if (clientCertFileName === '') return null;
    const files = { both: source.resolvePath(arrPath, clientCertFileName), passphrase: clientCertPassword };
    return { files, path: arrPath };
  }
  if (clientCertFileName !== '')
    problems.warning(arrPath, 'clientCertFileName is not used: tls.certificate is there', 'leave one of them out');
  const at = [...path, 'tls', 'certificate'];
  const files = filesOf(tls.certificate, at, source);
  if (files === null) problems.error(at, 'the certificate needs a file', 'write cert and key (PEM), or pfx alone');
  return files === null ? null : { files, path: at };
}

function filesOf(written: WrittenCertificate, at: ConfigPath, source: ConfigSource): CertificateFiles | null {
  const { cert, key, pfx } = written;
  const passphrase = written.passphrase ?? null;
  if (pfx !== undefined) {
    return cert === undefined && key === undefined
      ? { pfx: source.resolvePath([...at, 'pfx'], pfx), passphrase }
      : null;
  }
  if (cert === undefined) return null;
  const certFile = source.resolvePath([...at, 'cert'], cert);
  const keyFile = key === undefined ? certFile : source.resolvePath([...at, 'key'], key);
  return { cert: certFile, key: keyFile, passphrase };
}
