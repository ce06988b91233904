// A TLS connection to a server for one health test: as requests have it, but without sessions that shorten the handshake, so that each
// test looks at the certificate.
import type { NetConnectOpts } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ServerTlsConfig } from '../../model/server-tls.ts';
import { connectSecurely } from '../../transport/connect-securely.ts';

/**
 * @param name of the server, for SNI and its certificate
 * @param preface sent before TLS begins; null for nothing
 * @param signal ends it
 * Rejects with what went wrong: no connection, or a certificate that is refused.
 */
export async function secureSocket(
  place: NetConnectOpts,
  name: string,
  tls: ServerTlsConfig,
  preface: Buffer | null,
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connectSecurely(place, { tls, name, session: null }, undefined, preface);
    const cut = () => socket.destroy(new Error('the test was ended'));
    signal.addEventListener('abort', cut);
    socket.once('close', () => signal.removeEventListener('abort', cut));
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      if (!socket.destroyed) resolve(socket);
    });
  });
}
