// The certificate of a server that is tested by https: everything is verified unless the configuration opts out of it, bit
// by bit (arr.md 3.1).
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { getCACertificates, type TLSSocket } from 'node:tls';
import type { TlsVerification } from '../../model/farm-config.ts';

/** Codes of OpenSSL by what opts out of them. */
const EXPIRED = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
const UNKNOWN_CA = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
]);
const WRONG_USAGE = new Set(['INVALID_PURPOSE']);

/** Extended key usage of servers (RFC 5280 4.2.1.12). */
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
/** Certificates of a chain that are looked at. */
const LONGEST_CHAIN = 10;
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The authorities of `protocol.tls.ca`, null for those of the system. @throws the system's error when the file cannot be read */
export function readAuthorities({ ca }: TlsVerification): string[] | null {
  if (ca === null) return null;
  return readFileSync(ca, 'latin1').match(PEM) ?? [];
}

/**
 * What is wrong with the certificate that `socket` was shown; null for nothing that counts.
 * @param socket connected, with a checkServerIdentity that passes everything: the name is looked at here
 * @param name host name or IP address that the certificate must be made out to
 * @param authorities that were given to the connection
 */
export function certificateFault(
  socket: TLSSocket,
  name: string,
  verification: TlsVerification,
  authorities: readonly string[] | null,
): string | null {
  const code = codeOf(socket.authorizationError);
  // Asked for once: on Node 24 an unverified socket gives the older form without its names afterwards.
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return 'the certificate is refused: none was shown';
  if (code !== null) {
    const fault = isIgnored(code, verification) ? maskedFault(certificate, verification, authorities) : code;
    if (fault !== null) return `the certificate is refused: ${fault}`;
  }
  if (verification.ignoreNameMismatch || isMadeOutTo(certificate, name)) return null;
  return `the certificate is refused: ${name} is not among its altnames: ${certificate.subjectAltName ?? 'it has none'}`;
}

function isMadeOutTo(certificate: X509Certificate, name: string): boolean {
  const found = isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name);
  return found !== undefined;
}

function codeOf(error: unknown): string | null {
  if (error instanceof Error) return (error as NodeJS.ErrnoException).code ?? error.message;
  return typeof error === 'string' ? error : null;
}

function isIgnored(code: string, verification: TlsVerification): boolean {
  return (
    (verification.ignoreExpired && EXPIRED.has(code)) ||
    (verification.ignoreUnknownCa && UNKNOWN_CA.has(code)) ||
    (verification.ignoreWrongUsage && WRONG_USAGE.has(code))
  );
}

/** OpenSSL tells one fault of several, the last that it met: behind one that is ignored there may be one that counts. */
function maskedFault(
  certificate: X509Certificate,
  { ignoreUnknownCa, ignoreExpired, ignoreWrongUsage }: TlsVerification,
  authorities: readonly string[] | null,
): string | null {
  if (!ignoreUnknownCa && !isTrusted(certificate, authorities ?? getCACertificates()))
    return 'no known authority signed it';
  if (!ignoreExpired && !isInTime(certificate)) return 'it has expired, or is not valid yet';
  if (!ignoreWrongUsage && !isForServers(certificate)) return 'it was not issued for servers';
  return null;
}

/** Whether signatures lead from the certificate to one of the authorities, whatever the times in between. */
function isTrusted(leaf: X509Certificate, authorities: readonly string[]): boolean {
  const roots = authorities.map((pem) => new X509Certificate(pem));
  let certificate = leaf;
  for (let step = 0; step < LONGEST_CHAIN; step++) {
    if (roots.some((root) => root.fingerprint256 === certificate.fingerprint256 || isIssuer(root, certificate)))
      return true;
    const next = certificate.issuerCertificate;
    if (next === undefined || next.fingerprint256 === certificate.fingerprint256) return false;
    if (!next.ca || !isIssuer(next, certificate)) return false;
    certificate = next;
  }
  return false;
}

function isIssuer(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isInTime({ validFrom, validTo }: X509Certificate): boolean {
  const now = Date.now();
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo);
}

/** Without the extension a certificate is for everything. */
function isForServers({ keyUsage }: X509Certificate): boolean {
  return keyUsage === undefined || keyUsage.length === 0 || keyUsage.includes(SERVER_AUTH);
}
