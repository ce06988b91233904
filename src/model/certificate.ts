// Certificates of listeners as plain data: the control thread reads and judges them, what crosses to a worker is this.

/** A certificate with its chain and key. */
export interface Certificate {
  /** The file that it was read from. */
  readonly file: string;
  /** Host names in lower case, `*.example.com` for all names one label below. */
  readonly names: readonly string[];
  /** `rsa`, `ec`, `ed25519` …: one of each kind may serve a name. */
  readonly keyKind: string;
  readonly keyBits: number;
  /** Distinguished names as IIS writes them: `C=US, O=Example, CN=www.example.com`. */
  readonly subject: string;
  readonly issuer: string;
  /** Wall ms. */
  readonly validFrom: number;
  readonly validTo: number;
  /** SHA-256 of the certificate, as Node writes it. */
  readonly fingerprint: string;
  readonly secret: CertificateSecret;
}

/** What TLS is given: PEM texts, or the file as it is. */
export type CertificateSecret =
  | { readonly cert: string; readonly key: string }
  | { readonly pfx: Uint8Array; readonly passphrase: string };

/** Of one listener. */
export interface ListenerCertificates {
  /** In the order of the configuration; the first is shown where no name decides. */
  readonly certificates: readonly Certificate[];
  /** PEM of those who may sign certificates of clients; null where none are asked for. */
  readonly clientAuthorities: string | null;
  /** PEM of revocation lists; null: none are looked at. */
  readonly revocationLists: string | null;
}

/** What the TLS of all listeners takes. */
export interface TlsMaterial {
  /** By name of the listener. */
  readonly listeners: ReadonlyMap<string, ListenerCertificates>;
  /** 48 bytes: every worker decrypts the session tickets of every other (RFC 5077). */
  readonly ticketKeys: Uint8Array;
}
