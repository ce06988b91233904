// Opens connections to servers: used by upstream, later by virtual servers.
import type { TcpNetConnectOpts } from 'node:net';
import { ServerSocket, type SocketReader } from './server-socket.ts';

/** Where a server is: an address that needs no look-up any more. */
export type DialTarget = { kind: 'tcp'; address: string; port: number } | { kind: 'unix'; path: string };

/**
 * Begins to connect; 'connect' or 'error' follows.
 * @param reader takes what the server says, without a copy
 */
export function dial(target: DialTarget, reader: SocketReader): ServerSocket {
  const socket = new ServerSocket(reader);
  if (target.kind === 'unix') socket.connect({ path: target.path });
  else socket.connect({ host: target.address, port: target.port, noDelay: true } as TcpNetConnectOpts);
  return socket;
}
