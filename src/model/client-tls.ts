// What the journey knows of a client's TLS.
import type { Certificate } from './certificate.ts';

export interface ClientTlsInfo {
  /** `TLSv1.3`; '' where it is not told. */
  readonly protocol: string;
  /** Its name at IANA, or as a load balancer before us tells it; '' where that does not. */
  readonly cipher: string;
  /** The name that the client asked for, in lower case; '' where it named none. */
  readonly serverName: string;
  /** Bits of the session's key; 0 where they are not told. */
  readonly sessionBits: number;
  /** The certificate that the client was shown; null where TLS ended before us. */
  readonly own: Certificate | null;
  /** The value of X-ARR-SSL (arr.md 4.1), one character for each byte. */
  readonly arrSsl: string;
  /** Null where none was asked for, or shown. */
  readonly clientCertificate: ShownCertificate | null;
}

export interface ShownCertificate {
  /** Base64. */
  readonly der: string;
  readonly subject: string;
  readonly issuer: string;
  /** Hexadecimal, a hyphen between bytes. */
  readonly serialNumber: string;
  /** SHA-256, hexadecimal. */
  readonly fingerprint: string;
  /** Why it is not trusted, in OpenSSL's word; null: it is. */
  readonly fault: string | null;
}
