// How servers are reached by https: `protocol.tls` with the content of its files, which the control thread has read and
// judged. Plain data, so that it crosses to workers as it is.
import type { CertificateSecret } from './certificate.ts';
import type { ConfigPath } from './config.ts';
import type { CertificateFiles } from './tls-config.ts';

/** What of the certificate of a server need not be right; all false: nothing (arr.md 3.1). */
export interface TlsVerification {
  ignoreNameMismatch: boolean;
  ignoreExpired: boolean;
  ignoreUnknownCa: boolean;
  ignoreWrongUsage: boolean;
}

export interface ServerTlsConfig extends TlsVerification {
  /** PEM of each authority that may sign; null: those of the system. */
  ca: string[] | null;
  /** SHA-256 of the SubjectPublicKeyInfo that servers may have, base64; empty: any. */
  publicKeys: string[];
  minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** Shown to servers that ask for one. */
  certificate: CertificateSecret | null;
  /** Stands for all of it: connections that were made with other settings have another one. */
  digest: string;
  files: ServerTlsFiles;
}

/** What `ca` and `certificate` are read from, with where it is named. Paths are absolute. */
export interface ServerTlsFiles {
  ca: { file: string; path: ConfigPath } | null;
  certificate: { files: CertificateFiles | CertificateFile; path: ConfigPath } | null;
}

/** Certificate and key in one, PFX or PEM: ARR's clientCertFileName. */
export interface CertificateFile {
  both: string;
  passphrase: string;
}

/** Everything is verified, by the authorities of the system. */
export function serverTlsDefaults(): ServerTlsConfig {
  return {
    ca: null,
    ignoreNameMismatch: false,
    ignoreExpired: false,
    ignoreUnknownCa: false,
    ignoreWrongUsage: false,
    publicKeys: [],
    minVersion: 'TLSv1.2',
    certificate: null,
    digest: '',
    files: { ca: null, certificate: null },
  };
}
