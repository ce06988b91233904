// What a certificate says of itself, as far as the router needs it.
import type { X509Certificate } from 'node:crypto';
import type { Certificate } from '../../model/certificate.ts';

type Facts = Omit<Certificate, 'file' | 'secret'>;

const HOST_NAME = /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;
const CURVE_BITS: Readonly<Record<string, number>> = { prime256v1: 256, secp384r1: 384, secp521r1: 521 };

export function describeCertificate(certificate: X509Certificate): Facts {
  const { asymmetricKeyType = 'unknown', asymmetricKeyDetails } = certificate.publicKey;
  return {
    names: namesOf(certificate),
    keyKind: asymmetricKeyType,
    keyBits: asymmetricKeyDetails?.modulusLength ?? CURVE_BITS[asymmetricKeyDetails?.namedCurve ?? ''] ?? 256,
    subject: distinguishedName(certificate.subject),
    issuer: distinguishedName(certificate.issuer),
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
    fingerprint: certificate.fingerprint256,
  };
}

/** The host names that it is made out to: those of subjectAltName; without any, the common name (RFC 6125 6.4.4). */
function namesOf({ subjectAltName = '', subject }: X509Certificate): string[] {
  const alternative = subjectAltName.split(', ').flatMap((each) => /^DNS:(.+)$/.exec(each)?.[1] ?? []);
  const common = /^CN=(.+)$/m.exec(subject ?? '')?.[1] ?? '';
  const names = alternative.length > 0 ? alternative : [common];
  return names.map((name) => name.toLowerCase()).filter((name) => HOST_NAME.test(name));
}

/** From Node's form, one attribute in each line, to that of IIS. */
function distinguishedName(lines: string | undefined): string {
  return (lines ?? '').split('\n').join(', ');
}
