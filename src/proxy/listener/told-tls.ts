// The TLS that a client spoke with the load balancer before us, as the PROXY header tells it. The certificate that it was shown is
// not told, and of its own only a name: no more than that is said on.
import type { ClientTlsInfo } from '../../model/client-tls.ts';
import type { ProxyTlvs } from '../../wire/proxy-tlvs.ts';
import { cipherBits } from './cipher-bits.ts';

export class ToldTls implements ClientTlsInfo {
  readonly protocol: string;
  readonly cipher: string;
  readonly serverName: string;
  readonly sessionBits: number;
  readonly own = null;
  /** Servers ask mostly whether the field is there (arr.md 4.1). */
  readonly arrSsl: string;
  /** Whoever requires one requires it of a client whose TLS ends here. */
  readonly clientCertificate = null;

  private constructor(version: string, cipher: string, authority: string) {
    this.protocol = asWord(version);
    this.cipher = asWord(cipher);
    this.serverName = authority;
    this.sessionBits = cipherBits(this.cipher);
    this.arrSsl = `0|${this.sessionBits}||`;
  }

  /** Null where the client spoke no TLS, or nothing is told of it. */
  static of(tlvs: ProxyTlvs | null | undefined): ToldTls | null {
    const ssl = tlvs?.ssl ?? null;
    return ssl === null ? null : new ToldTls(ssl.version, ssl.cipher, tlvs!.authority);
  }
}

/** What is no name of a protocol or cipher goes into no log and no field. */
function asWord(text: string): string {
  return /^[\w.-]{1,64}$/.test(text) ? text : '';
}
