// The certificate of a server that is reached by https: everything is verified unless the configuration opts out of it, bit
// by bit (arr.md 3.1), and its key is one of those that are pinned, where any are.
import { createHash, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { getCACertificates, type TLSSocket } from 'node:tls';
import type { ServerTlsConfig, TlsVerification } from '../model/server-tls.ts';

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
/** Characters of altnames in a reason, which stands in a header too. */
const MOST_SAID = 200;

/** Parsed once: the system has many. */
const rootsOf = new WeakMap<readonly string[], readonly X509Certificate[]>();
let rootsOfSystem: readonly X509Certificate[] | null = null;

/** Why a certificate is refused; `until` where it is not: when it ends, wall-clock ms. */
export type Verdict = { fault: string } | { fault: null; until: number };

/**
 * Looks at the certificate that `socket` was shown.
 * @param socket connected, with a checkServerIdentity that passes everything: the name is looked at here
 * @param name host name or IP address that the certificate must be made out to
 */
export function verifyServer(socket: TLSSocket, name: string, tls: ServerTlsConfig): Verdict {
  const code = codeOf(socket.authorizationError);
  // Asked for once: on Node 24 an unverified socket gives the older form without its names afterwards.
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return { fault: 'none was shown' };
  if (code !== null) {
    const fault = isIgnored(code, tls) ? maskedFault(certificate, tls) : code;
    if (fault !== null) return { fault };
  }
  if (!tls.ignoreNameMismatch && !isMadeOutTo(certificate, name)) {
    return { fault: `${name} is not among its altnames: ${altnamesOf(certificate)}` };
  }
  if (tls.publicKeys.length > 0 && !tls.publicKeys.includes(pinOf(certificate))) {
    return { fault: `its key is none of tls.publicKeys: sha256/${pinOf(certificate)}` };
  }
  return { fault: null, until: tls.ignoreExpired ? Number.POSITIVE_INFINITY : Date.parse(certificate.validTo) };
}

/** For people, who are told no more of what a stranger may have written than helps. */
function altnamesOf({ subjectAltName }: X509Certificate): string {
  if (subjectAltName === undefined) return 'it has none';
  return subjectAltName.length > MOST_SAID ? `${subjectAltName.slice(0, MOST_SAID)} and so on` : subjectAltName;
}

/** SHA-256 of the SubjectPublicKeyInfo, base64, as in RFC 7469 2.4. */
function pinOf({ publicKey }: X509Certificate): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
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
function maskedFault(certificate: X509Certificate, tls: ServerTlsConfig): string | null {
  if (!tls.ignoreUnknownCa && !isTrusted(certificate, authorities(tls))) return 'no known authority signed it';
  if (!tls.ignoreExpired && !isInTime(certificate)) return 'it has expired, or is not valid yet';
  if (!tls.ignoreWrongUsage && !isForServers(certificate)) return 'it was not issued for servers';
  return null;
}

function authorities({ ca }: ServerTlsConfig): readonly X509Certificate[] {
  if (ca === null) {
    rootsOfSystem ??= parsed(getCACertificates());
    return rootsOfSystem;
  }
  const roots = rootsOf.get(ca) ?? parsed(ca);
  rootsOf.set(ca, roots);
  return roots;
}

function parsed(certificates: readonly string[]): X509Certificate[] {
  return certificates.map((pem) => new X509Certificate(pem));
}

/** Whether signatures lead from the certificate to one of the authorities, whatever the times in between. */
function isTrusted(leaf: X509Certificate, roots: readonly X509Certificate[]): boolean {
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
