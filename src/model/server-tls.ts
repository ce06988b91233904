// How servers are reached by https: `protocol.tls` with the content of its files, which the control thread has read and
// judged. Plain data, so that it crosses to workers as it is.
import type { ConfigPath } from './config.ts';

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
  certificate: ClientCertificate | null;
  /** Stands for all of it: connections that were made with other settings have another one. */
  digest: string;
  /** Absolute paths of what it was read from. */
  files: string[];
}

export type ClientCertificate = (
  | { kind: 'pem'; cert: string; key: string }
  /** base64 */
  | { kind: 'pfx'; pfx: string; passphrase: string }
) & {
  /** Where it stands in the configuration, for messages. */
  path: ConfigPath;
};

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
    files: [],
  };
}
