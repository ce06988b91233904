// What a configuration has for the connections of one listener, compiled: the listener itself outlives configurations.
import type { Certificate, ListenerCertificates } from './certificate.ts';
import type { ListenerTlsConfig } from './tls-config.ts';

export interface ListenerRules {
  readonly name: string;
  /** Whose connections begin with a PROXY header; null: nobody's. */
  readonly proxySenders: AddressSet | null;
  /** Null: plain. */
  readonly tls: ListenerTls | null;
}

/** A set of addresses, written as ranges. */
export interface AddressSet {
  has(address: string): boolean;
}

/** The same object for as long as nothing of it changes, whatever else a reload brings. */
export interface ListenerTls {
  readonly config: ListenerTlsConfig;
  readonly material: ListenerCertificates;
  readonly ticketKeys: Uint8Array;
  /** At most 32 characters: a session of another listener, or of other authorities of clients, does not resume here. */
  readonly sessionContext: string;
  /** The certificates of every client; null where its ClientHello decides. */
  readonly only: CertificateSet | null;
  /** @param serverName lower case; '' where the client names none @returns null where the client is refused */
  setFor(serverName: string): CertificateSet | null;
}

/** Certificates for one name, of which a client sees one: at most one of each kind of key. */
export interface CertificateSet {
  readonly certificates: readonly [Certificate, ...Certificate[]];
}
