// `tls` of a listener, as written (CONTRACT 2): paths are absolute, times are ms.

export interface ListenerTlsConfig {
  certificates: CertificateFiles[];
  /** Of certificates that are named after their hosts, as in the Central Certificate Store (arr.md 12.5). */
  folder: { path: string; passphrase: string | null } | null;
  clientCertificates: 'off' | 'optional' | 'required';
  /** PEM files. */
  clientAuthorities: string | null;
  revocationLists: string | null;
  minVersion: 'TLSv1.2' | 'TLSv1.3';
  unknownName: 'default' | 'refuse';
  hsts: HstsConfig;
  /** Name of the listener whose requests are sent here. */
  redirectFrom: string | null;
}

/** Strict-Transport-Security (RFC 6797 6.1). */
export interface HstsConfig {
  /** ms; 0: the field is not sent. */
  maxAge: number;
  includeSubDomains: boolean;
  /** Not of the RFC: lists of browsers ask for it. */
  preload: boolean;
}

export type CertificateFiles = { passphrase: string | null } & ({ cert: string; key: string } | { pfx: string });

/** False for an https binding that no listener covers: there is nothing to open it with. */
export function hasCertificates({ certificates, folder }: ListenerTlsConfig): boolean {
  return certificates.length > 0 || folder !== null;
}

/** Whether a listener with `tls` can be opened: without TLS, or with certificates. */
export function canBeOpened({ tls }: { readonly tls: ListenerTlsConfig | null }): boolean {
  return tls === null || hasCertificates(tls);
}

/** What is not written. */
export const withoutCertificates: ListenerTlsConfig = {
  certificates: [],
  folder: null,
  clientCertificates: 'off',
  clientAuthorities: null,
  revocationLists: null,
  minVersion: 'TLSv1.2',
  unknownName: 'default',
  hsts: { maxAge: 0, includeSubDomains: false, preload: false },
  redirectFrom: null,
};
