// access.sslFlags of one level, compiled: requests that are to come by TLS, and with a certificate of the client.
import type { AccessConfig } from '../../model/level-settings.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';

export class TransportFilter {
  readonly #requiresTls: boolean;
  readonly #requiresCertificate: boolean;

  /** Ssl128 is Ssl here: no cipher that a listener takes has less. SslNegotiateCert and SslMapCert refuse nobody. */
  constructor({ sslFlags }: AccessConfig) {
    this.#requiresTls = sslFlags.includes('Ssl') || sslFlags.includes('Ssl128');
    this.#requiresCertificate = sslFlags.includes('SslRequireCert');
  }

  get servesAll(): boolean {
    return !this.#requiresTls && !this.#requiresCertificate;
  }

  /** @throws ProxyError where the request did not come as it should */
  check({ secure, connection, client }: RequestContext): void {
    if (this.#requiresTls && !secure)
      throw new ProxyError('notByTls', 'this is served by https alone (access.sslFlags)');
    // Who only asks (explain) has none to show. One that is not in order never comes here (client-certificate-stage.ts).
    if (this.#requiresCertificate && client !== null && (connection.tls?.clientCertificate ?? null) === null)
      throw new ProxyError(
        'clientCertificateMissing',
        'a certificate of the client is required here (access.sslFlags)',
      );
  }
}
