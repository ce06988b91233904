// What OpenSSL needs for `protocol.tls`, made when the first connection of a thread needs it, once for each configuration.
import { createSecureContext, type SecureContext } from 'node:tls';
import type { ServerTlsConfig } from '../model/server-tls.ts';

const made = new WeakMap<ServerTlsConfig, SecureContext>();

/** @throws OpenSSL's error where it does not take what was written: serverTlsFault() says it in words */
export function secureContextOf(tls: ServerTlsConfig): SecureContext {
  let context = made.get(tls);
  if (context === undefined) {
    context = createSecureContext(optionsOf(tls));
    made.set(tls, context);
  }
  return context;
}

function optionsOf({ ca, certificate, minVersion }: ServerTlsConfig): Parameters<typeof createSecureContext>[0] {
  const options = { minVersion, ...(ca === null ? {} : { ca }) };
  if (certificate === null) return options;
  if (certificate.kind === 'pem') return { ...options, cert: certificate.cert, key: certificate.key };
  return { ...options, pfx: Buffer.from(certificate.pfx, 'base64'), passphrase: certificate.passphrase };
}

/** Why the client certificate cannot be used; null: it can, or there is none. Slow: for loading a configuration. */
export function clientCertificateFault(tls: ServerTlsConfig): string | null {
  if (tls.certificate === null) return null;
  try {
    secureContextOf(tls);
    return null;
  } catch (error) {
    return inWords((error as Error).message);
  }
}

const CONVERT = 'convert it with openssl pkcs12 -legacy -nodes, and openssl pkcs12 -export';

function inWords(message: string): string {
  if (/mac verify failure|bad decrypt/i.test(message)) return 'its passphrase is wrong';
  if (/unsupported|RC2/i.test(message)) return `it is in an old form (RC2) that is not read: ${CONVERT}`;
  if (/not enough data|wrong tag|header too long|asn1|PFX/i.test(message)) return 'it is no PFX (PKCS #12)';
  return message;
}
