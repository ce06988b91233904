// A TLS connection to a server for one health test: nothing is sent before its certificate is verified.
import { isIP, type NetConnectOpts } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { TlsVerification } from '../../model/farm-config.ts';
import { certificateFault, readAuthorities } from './verify-server.ts';

/**
 * @param name of the server, for SNI and its certificate
 * @param signal ends it
 * Rejects with what went wrong: no connection, or a certificate that is refused.
 */
export async function secureSocket(
  place: NetConnectOpts,
  name: string,
  tls: TlsVerification,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const authorities = readAuthorities(tls);
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...place,
      // An address is no name of SNI (RFC 6066 3).
      servername: isIP(name) === 0 ? name : '',
      ALPNProtocols: ['http/1.1'],
      ...(authorities === null ? {} : { ca: [...authorities] }),
      // It is verified below, with what the configuration opts out of.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    const cut = () => socket.destroy(new Error('the test was ended'));
    signal.addEventListener('abort', cut);
    socket.once('close', () => signal.removeEventListener('abort', cut));
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      const fault = certificateFault(socket, name, tls, authorities);
      if (fault === null) resolve(socket);
      else socket.destroy(new Error(fault));
    });
  });
}
