// TLS connections to servers: nothing is sent before the server's certificate is verified.
import { connect as connectPlainly, isIP, type NetConnectOpts, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { ServerTlsConfig } from '../model/server-tls.ts';
import { secureContextOf } from './secure-context.ts';
import type { TlsSession } from './tls-session.ts';
import { verifyServer } from './verify-server.ts';

/** The certificate of a server is not what the configuration wants. */
export class CertificateRefused extends Error {
  constructor(fault: string) {
    super(`the certificate is refused: ${fault}`);
  }
}

/** Option of net and tls, with a generator of buffers (DESIGN 5); the types of tls do not have it. */
export interface OnRead {
  buffer: () => Uint8Array;
  callback: (length: number, buffer: Uint8Array) => boolean;
}

/** Who has to be at the other end. */
export interface SecureServer {
  readonly tls: ServerTlsConfig;
  /** For SNI and the certificate: a host name or an IP address. */
  readonly name: string;
  /** Null: every handshake is a whole one. */
  readonly session: TlsSession | null;
}

/**
 * Begins to connect. @param preface sent before the ClientHello. 'secureConnect' comes with a socket that is not destroyed once the certificate is verified; else 'error' says why not.
 */
export function connectSecurely(
  place: NetConnectOpts,
  { tls, name, session }: SecureServer,
  onread?: OnRead,
  preface: Buffer | null = null,
): TLSSocket {
  const offer = session?.offer;
  const raw = preface === null ? null : prefaced(place, preface);
  const socket = connect({
    ...(raw === null ? place : { socket: raw }),
    // An address is no name of SNI (RFC 6066 3).
    servername: isIP(name) === 0 ? name : '',
    ALPNProtocols: ['http/1.1'],
    secureContext: secureContextOf(tls),
    // It is verified below, with what the configuration opts out of.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...(offer === undefined ? {} : { session: offer }),
    ...(onread === undefined ? {} : { onread }),
  } as ConnectionOptions);
  raw?.once('error', (error) => socket.destroy(error));
  let verified = false;
  socket.once('secureConnect', () => {
    // Only whoever was verified in this way knows the secret of the session.
    const verdict = socket.isSessionReused() ? null : verifyServer(socket, name, tls);
    if (verdict !== null && verdict.fault !== null) return void socket.destroy(new CertificateRefused(verdict.fault));
    verified = true;
    if (verdict !== null) session?.verified(verdict.until);
  });
  if (session === null) return socket;
  socket.on('session', (bytes) => {
    if (verified) session.keep(bytes);
  });
  // It may be the session that the server stumbles over.
  socket.once('close', () => {
    if (!verified) session.forget();
  });
  return socket;
}

/** A connection that begins with `preface`. */
function prefaced(place: NetConnectOpts, preface: Buffer): Socket {
  const raw = connectPlainly(place);
  raw.write(preface);
  return raw;
}
