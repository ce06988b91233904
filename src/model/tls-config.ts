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
  /** 0: none is sent. */
  hsts: number;
  /** Name of the listener whose requests are sent here. */
  redirectFrom: string | null;
}

export type CertificateFiles = { passphrase: string | null } & ({ cert: string; key: string } | { pfx: string });

/** False for an https binding that no listener covers: there is nothing to open it with. */
export function hasCertificates({ certificates, folder }: ListenerTlsConfig): boolean {
  return certificates.length > 0 || folder !== null;
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
  hsts: 0,
  redirectFrom: null,
};
