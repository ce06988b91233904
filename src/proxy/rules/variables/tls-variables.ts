// The server variables of TLS: of the certificate that a client showed, and of our own (arr.md 14). Empty on a plain connection.
import type { ClientTlsInfo } from '../../../model/client-tls.ts';
import type { RuleRun } from '../rule-run.ts';
import type { ReadVariable } from './variable-part.ts';

const CERTIFICATE_PRESENT = 1;
const ISSUER_NOT_TRUSTED = 2;

const ofTls =
  (read: (tls: ClientTlsInfo) => string): ReadVariable =>
  ({ ctx }: RuleRun) =>
    ctx.connection.tls === null ? '' : read(ctx.connection.tls);

const keySize = ofTls(({ sessionBits }) => (sessionBits === 0 ? '' : String(sessionBits)));
const secretKeySize = ofTls(({ own }) => (own === null ? '' : String(own.keyBits)));
const serverIssuer = ofTls(({ own }) => own?.issuer ?? '');
const serverSubject = ofTls(({ own }) => own?.subject ?? '');

export const TLS_VARIABLES: Readonly<Record<string, ReadVariable>> = {
  CERT_COOKIE: ofTls(({ clientCertificate }) => clientCertificate?.fingerprint ?? ''),
  CERT_FLAGS: ofTls(flags),
  CERT_ISSUER: ofTls(({ clientCertificate }) => clientCertificate?.issuer ?? ''),
  CERT_KEYSIZE: keySize,
  CERT_SECRETKEYSIZE: secretKeySize,
  CERT_SERIALNUMBER: ofTls(({ clientCertificate }) => clientCertificate?.serialNumber ?? ''),
  CERT_SERVER_ISSUER: serverIssuer,
  CERT_SERVER_SUBJECT: serverSubject,
  CERT_SUBJECT: ofTls(({ clientCertificate }) => clientCertificate?.subject ?? ''),
  CRYPT_PROTOCOL: ofTls(({ protocol }) => protocol),
  CRYPT_CIPHER_ALG_ID: ofTls(({ cipher }) => cipher),
  HTTPS_KEYSIZE: keySize,
  HTTPS_SECRETKEYSIZE: secretKeySize,
  HTTPS_SERVER_ISSUER: serverIssuer,
  HTTPS_SERVER_SUBJECT: serverSubject,
};

function flags({ clientCertificate }: ClientTlsInfo): string {
  if (clientCertificate === null) return '0';
  return String(CERTIFICATE_PRESENT + (clientCertificate.fault === null ? 0 : ISSUER_NOT_TRUSTED));
}
