// What TLS says of a client's connection: read once, while it lasts, and asked for at most once for each thing.
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { Certificate } from '../../model/certificate.ts';
import type { ClientTlsInfo, ShownCertificate } from '../../model/client-tls.ts';
import type { CertificateSet } from '../../model/listener-rules.ts';
import { utf8AsLatin1 } from '../../wire/http1/serialise.ts';
import { cipherBits } from './cipher-bits.ts';

export class ClientTls implements ClientTlsInfo {
  readonly protocol: string;
  readonly cipher: string;
  readonly serverName: string;
  readonly #socket: TLSSocket;
  readonly #set: CertificateSet;
  readonly #asked: boolean;
  readonly #since: number;
  #own: Certificate | null = null;
  #arrSsl: string | null = null;
  #client: ShownCertificate | null | undefined;

  /** @param asked whether the client was asked for a certificate; @param since ms since 1970 */
  constructor(socket: TLSSocket, set: CertificateSet, asked: boolean, since: number) {
    this.#socket = socket;
    this.#set = set;
    this.#asked = asked;
    this.#since = since;
    this.protocol = socket.getProtocol() ?? '';
    this.cipher = socket.getCipher()?.standardName ?? '';
    const { servername } = socket as { servername?: string | false | null };
    this.serverName = typeof servername === 'string' ? servername.toLowerCase() : '';
  }

  get sessionBits(): number {
    return cipherBits(this.cipher);
  }

  get own(): Certificate {
    this.#own ??= this.#findOwn();
    return this.#own;
  }

  #findOwn(): Certificate {
    const { certificates } = this.#set;
    if (certificates.length === 1) return certificates[0];
    const shown = this.#socket.getX509Certificate()?.fingerprint256;
    return certificates.find(({ fingerprint }) => fingerprint === shown) ?? certificates[0];
  }

  get arrSsl(): string {
    const { keyBits, issuer, subject } = this.own;
    this.#arrSsl ??= utf8AsLatin1(`${keyBits}|${this.sessionBits}|${issuer}|${subject}`);
    return this.#arrSsl;
  }

  get clientCertificate(): ShownCertificate | null {
    if (this.#client === undefined) this.#client = this.#asked ? this.#readClient() : null;
    return this.#client;
  }

  #readClient(): ShownCertificate | null {
    const certificate = this.#socket.getPeerX509Certificate();
    if (certificate === undefined) return null;
    const { authorized, authorizationError } = this.#socket;
    if (!authorized) return describe(certificate, String(authorizationError));
    // A session that is resumed has the verdict of its first handshake.
    const isOver = certificate.validToDate.getTime() < this.#since;
    return describe(certificate, isOver ? 'CERT_HAS_EXPIRED' : null);
  }
}

function describe(certificate: X509Certificate, fault: string | null): ShownCertificate {
  const line = (lines: string | undefined): string => (lines ?? '').split('\n').join(', ');
  return {
    der: certificate.raw.toString('base64'),
    subject: line(certificate.subject),
    issuer: line(certificate.issuer),
    serialNumber: (certificate.serialNumber.match(/../g) ?? []).join('-').toLowerCase(),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    fault,
  };
}
