// Certificates of clients, where listeners ask for them: who shows none that is required, or one that is not in order, is told
// so by IIS's sub-status. Files, rules and servers never see such a request.
import type { ListenerConfig } from '../../model/config.ts';
import type { Stage } from '../../model/extensions.ts';
import { type ErrorCode, ProxyError } from '../../model/proxy-error.ts';

/** OpenSSL's words for what IIS has a sub-status for; all others are 403.16. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  CERT_REVOKED: 'clientCertificateRevoked',
  CERT_HAS_EXPIRED: 'clientCertificateExpired',
  CERT_NOT_YET_VALID: 'clientCertificateExpired',
};

/** Null where no listener asks for any. */
export function clientCertificateStage(listeners: readonly ListenerConfig[]): Stage | null {
  const asking = listeners.filter(({ tls }) => tls !== null && tls.clientCertificates !== 'off');
  if (asking.length === 0) return null;
  const required = new Set(asking.flatMap(({ name, tls }) => (tls!.clientCertificates === 'required' ? name : [])));
  return {
    name: 'clientCertificate',
    onRequest({ connection, client }) {
      const { listener, tls } = connection;
      const clientCertificate = tls?.clientCertificate ?? null;
      // Plain connections are from before the listener had TLS; who only asks (explain) shows none.
      if (clientCertificate === null && client !== null && required.has(listener))
        throw new ProxyError('clientCertificateMissing', 'a certificate of the client is required here');
      const fault = clientCertificate?.fault ?? null;
      if (fault !== null)
        throw new ProxyError(
          CODES[fault] ?? 'clientCertificateUntrusted',
          `the certificate of the client is refused: ${fault}`,
        );
      return undefined;
    },
  };
}
