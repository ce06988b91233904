// Certificates of clients, where listeners ask for them: who shows none that is required, or one that is not in order, is told
// so by IIS's sub-status. Files, rules and servers never see such a request.
import type { Stage } from '../../model/extensions.ts';
import { type ErrorCode, ProxyError } from '../../model/proxy-error.ts';

/** OpenSSL's words for what IIS has a sub-status for; all others are 403.16. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  CERT_REVOKED: 'clientCertificateRevoked',
  CERT_HAS_EXPIRED: 'clientCertificateExpired',
  CERT_NOT_YET_VALID: 'clientCertificateExpired',
};

export const clientCertificateStage: Stage = {
  name: 'clientCertificate',
  onRequest({ connection: { tls, certificateRequired } }) {
    const clientCertificate = tls?.clientCertificate ?? null;
    if (clientCertificate === null && certificateRequired)
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
