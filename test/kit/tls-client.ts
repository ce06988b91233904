// A client of raw bytes over TLS.
import { once } from 'node:events';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import { WirePeer } from './wire-peer.ts';

export interface TlsPeer {
  readonly socket: TLSSocket;
  readonly peer: WirePeer;
}

/** Connects to `https://host:port` and shakes hands; rejects where that fails. The router's certificate is not verified. */
export async function tlsClient(url: string, options: ConnectionOptions = {}): Promise<TlsPeer> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false, ...options });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return { socket, peer: new WirePeer(socket) };
}

/** The common name of the certificate that the client was shown. */
export function shownTo(socket: TLSSocket): string {
  return /CN=(.+)/.exec(socket.getPeerX509Certificate()!.subject ?? '')?.[1] ?? '';
}
