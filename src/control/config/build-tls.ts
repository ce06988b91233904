// `tls` of a listener as written → ListenerTlsConfig.
import { closestWord } from '../../base/closest-word.ts';
import type { ConfigPath } from '../../model/config.ts';
import type { CertificateFiles, ListenerTlsConfig } from '../../model/tls-config.ts';
import type { ConfigSource } from './config-source.ts';
import type { ProblemList } from './problem-list.ts';
import type { Written } from './root-schema.ts';

type WrittenTls = NonNullable<Written['listeners'][string]['tls']>;
type WrittenCertificate = WrittenTls['certificates'][number];

const YEAR = 365 * 86_400_000;

/** @param path of `tls` */
export function buildTls(written: WrittenTls, path: ConfigPath, source: ConfigSource): ListenerTlsConfig {
  const resolve = (key: keyof WrittenTls & string): string | null =>
    written[key] === undefined ? null : source.resolvePath([...path, key], String(written[key]));
  const folder = resolve('folder');
  return {
    certificates: written.certificates.flatMap((each, index) =>
      buildCertificate(each, [...path, 'certificates', index], source),
    ),
    folder: folder === null ? null : { path: folder, passphrase: written.folderPassphrase ?? null },
    clientAuthorities: resolve('clientAuthorities'),
    revocationLists: resolve('revocationLists'),
    clientCertificates: written.clientCertificates,
    minVersion: written.minVersion,
    unknownName: written.unknownName,
    hsts: written.hsts,
    redirectFrom: written.redirectFrom ?? null,
  };
}

/** None where checkTls() has found fault with it. */
function buildCertificate(
  { cert, key, pfx, passphrase }: WrittenCertificate,
  path: ConfigPath,
  source: ConfigSource,
): CertificateFiles[] {
  const at = (name: string, file: string) => source.resolvePath([...path, name], file);
  if (pfx !== undefined) return [{ pfx: at('pfx', pfx), passphrase: passphrase ?? null }];
  if (cert === undefined || key === undefined) return [];
  return [{ cert: at('cert', cert), key: at('key', key), passphrase: passphrase ?? null }];
}

/** @param path of `tls` */
export function checkTls(
  { tls, address }: { tls: WrittenTls; address: string },
  path: ConfigPath,
  { listeners }: Written,
  problems: ProblemList,
): void {
  checkRedirect(tls, path, listeners, problems);
  tls.certificates.forEach((certificate, index) => {
    const pair = certificate.cert !== undefined && certificate.key !== undefined;
    const half = (certificate.cert ?? certificate.key) !== undefined && !pair;
    if (pair !== (certificate.pfx !== undefined) && !half) return;
    const fault = 'a certificate is either cert and key, or pfx';
    problems.error([...path, 'certificates', index], fault, 'write { cert, key } or { pfx, passphrase }');
  });
  if (tls.certificates.length === 0 && tls.folder === undefined)
    problems.error(path, 'tls has no certificate', 'add certificates: [ { cert: …, key: … } ], or folder');
  if (address.trim().startsWith('unix:'))
    problems.error(path, 'a Unix socket has no tls', 'listen on 127.0.0.1, or leave tls out');
  if (tls.clientCertificates !== 'off' && tls.clientAuthorities === undefined)
    problems.error(
      [...path, 'clientCertificates'],
      'no certificate of a client can be trusted: no authority is named',
      'add clientAuthorities: a PEM file with those that sign for your clients',
    );
  const { maxAge, includeSubDomains, preload } = tls.hsts;
  if (preload && !(includeSubDomains && maxAge >= YEAR))
    problems.warning(
      [...path, 'hsts'],
      'preload alone puts no name into the lists of browsers: they want its sub-domains too, and a year',
      'set includeSubDomains: true and a maxAge of 365d or more',
    );
  if (tls.revocationLists !== undefined && tls.clientCertificates === 'off')
    problems.warning(
      [...path, 'revocationLists'],
      'revocationLists has no effect: clients are asked for no certificate',
    );
}

function checkRedirect(
  { redirectFrom }: WrittenTls,
  path: ConfigPath,
  listeners: Written['listeners'],
  problems: ProblemList,
): void {
  if (redirectFrom === undefined) return;
  const at: ConfigPath = [...path, 'redirectFrom'];
  const from = Object.hasOwn(listeners, redirectFrom) ? listeners[redirectFrom] : undefined;
  if (from === undefined) {
    const near = closestWord(redirectFrom, Object.keys(listeners));
    const suggestion = near ? `did you mean "${near}"?` : 'name the listener whose plain requests go to https';
    problems.error(at, `there is no listener "${redirectFrom}"`, suggestion);
  } else if (from.tls !== undefined || from.protocol === 'tcp')
    problems.error(at, `listener "${redirectFrom}" is no plain http listener`, 'name one without tls');
}
