// What OpenSSL needs for `protocol.tls`, made when the first connection of a thread needs it, once for each configuration.
import { createSecureContext, type SecureContext } from 'node:tls';
import type { CertificateSecret } from '../model/certificate.ts';
import type { ServerTlsConfig } from '../model/server-tls.ts';

const made = new WeakMap<ServerTlsConfig, SecureContext>();

/** @throws OpenSSL's error where it does not take the certificate: the control thread has seen to it that it does */
export function secureContextOf(tls: ServerTlsConfig): SecureContext {
  let context = made.get(tls);
  if (context === undefined) {
    const { ca, certificate, minVersion } = tls;
    context = createSecureContext({ minVersion, ...(ca === null ? {} : { ca }), ...optionsOf(certificate) });
    made.set(tls, context);
  }
  return context;
}

function optionsOf(certificate: CertificateSecret | null): Parameters<typeof createSecureContext>[0] {
  if (certificate === null) return {};
  if ('cert' in certificate) return certificate;
  return { pfx: Buffer.from(certificate.pfx), passphrase: certificate.passphrase };
}
