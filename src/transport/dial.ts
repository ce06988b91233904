// Opens connections to servers: used by upstream and by virtual servers.
import type { TcpNetConnectOpts } from 'node:net';
import type { SecureServer } from './connect-securely.ts';
import { plainSocket, type ServerSocket, type SocketReader, secureSocket } from './server-socket.ts';

/** Where a server is: an address that needs no look-up any more. */
export type DialTarget = { kind: 'tcp'; address: string; port: number } | { kind: 'unix'; path: string };

/**
 * Begins to connect.
 * @param reader takes what the server says, without a copy
 * @param secure null: without TLS
 * @param onReady it can be written to; 'error' comes instead where it never can
 * @param preface goes before everything else, before TLS too; null for nothing
 * @param allowHalfOpen we may go on sending when the server has ended its side; only without TLS
 * @throws OpenSSL's error where it does not take the settings of TLS
 */
export function dial(
  target: DialTarget,
  reader: SocketReader,
  secure: SecureServer | null,
  onReady: () => void,
  preface: Buffer | null = null,
  allowHalfOpen = false,
): ServerSocket {
  const place =
    target.kind === 'unix'
      ? { path: target.path }
      : ({ host: target.address, port: target.port, noDelay: true } as TcpNetConnectOpts);
  if (secure !== null) {
    const socket = secureSocket(place, secure, reader, preface);
    socket.once('secureConnect', () => {
      if (!socket.destroyed) onReady();
    });
    return socket;
  }
  const socket = plainSocket(reader, allowHalfOpen);
  socket.once('connect', onReady);
  socket.connect(place);
  if (preface !== null) socket.write(preface);
  return socket;
}
