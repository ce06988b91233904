// What TLS is told of a listener and one set of its certificates.
import { constants } from 'node:crypto';
import type { TlsOptions } from 'node:tls';
import type { CertificateSet, ListenerTls } from '../../model/listener-rules.ts';

/** TLS 1.3, and of TLS 1.2 what keeps its secrets when a key is lost, with authenticated encryption (RFC 9325 4.2). */
const CIPHERS = [
  ...['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'],
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ...['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
].join(':');

/** How long a session may be resumed, s. */
const SESSION_LIFE = 3600;

/** @param timeout of the handshake, ms @throws Error what OpenSSL does not take */
export function serverOptions(
  { config, material, ticketKeys, sessionContext }: ListenerTls,
  { certificates }: CertificateSet,
  timeout: number,
): TlsOptions {
  const secrets = certificates.map(({ secret }) => secret);
  const pairs = secrets.filter((secret) => 'key' in secret);
  const files = secrets.filter((secret) => 'pfx' in secret);
  const asks = config.clientCertificates !== 'off';
  return {
    cert: pairs.map(({ cert }) => cert),
    key: pairs.map(({ key }) => key),
    pfx: files.map(({ pfx, passphrase }) => ({ buf: Buffer.from(pfx), passphrase })),
    minVersion: config.minVersion,
    ciphers: CIPHERS,
    honorCipherOrder: true,
    // A client that asks for another handshake on the connection that it has costs more than it pays.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: timeout,
    ticketKeys: Buffer.from(ticketKeys),
    sessionIdContext: sessionContext,
    sessionTimeout: SESSION_LIFE,
    // Who shows none, or a wrong one, is told so in an answer: TLS could only break off.
    requestCert: asks,
    rejectUnauthorized: false,
    ...(asks && material.clientAuthorities !== null ? { ca: material.clientAuthorities } : {}),
    ...(asks && material.revocationLists !== null ? { crl: material.revocationLists } : {}),
  } as TlsOptions;
}
