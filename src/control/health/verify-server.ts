// The certificate of a server that is tested by https: everything is verified unless the configuration opts out of it, bit by bit.
import { readFileSync } from 'node:fs';
import { checkServerIdentity, type TLSSocket } from 'node:tls';
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

/** Options for a connection that is verified afterwards. @throws the system's error when the file of authorities cannot be read */
export function tlsOptions({ ca }: TlsVerification): { rejectUnauthorized: false; ca?: Buffer } {
  return { rejectUnauthorized: false, ...(ca === null ? {} : { ca: readFileSync(ca) }) };
}

/** What is wrong with the certificate that `socket` was shown; null for nothing that counts. @param name that it must have; '' for an address */
export function certificateFault(socket: TLSSocket, name: string, verification: TlsVerification): string | null {
  const error = socket.authorizationError as unknown as string | Error | null;
  const code = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : error;
  if (code !== null && code !== undefined && !isIgnored(code, verification))
    return `the certificate is refused: ${code}`;
  if (verification.ignoreNameMismatch || verification.ignoreUnknownCa || name === '') return null;
  const mismatch = checkServerIdentity(name, socket.getPeerCertificate());
  return mismatch === undefined ? null : mismatch.message;
}

function isIgnored(code: string, verification: TlsVerification): boolean {
  return (
    (verification.ignoreExpired && EXPIRED.has(code)) ||
    (verification.ignoreUnknownCa && UNKNOWN_CA.has(code)) ||
    (verification.ignoreWrongUsage && WRONG_USAGE.has(code))
  );
}
