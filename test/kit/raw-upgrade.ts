// Handshakes byte by byte: the sample of RFC 6455 1.3, whose answer is known without computing it.
import { onTestFinished } from 'vitest';
import { type Backend, backend } from './backend.ts';
import { get } from './client.ts';
import type { RunningRouter } from './router.ts';
import type { WirePeer } from './wire-peer.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** What a WebSocket client sends. @param fields further field lines, each with CRLF */
export function handshake(path = '/', fields = ''): string {
  return get(
    path,
    `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n${fields}`,
  );
}

/** A 101 with these field lines, each with CRLF. */
export function switching(fields: string): string {
  return `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n${fields}\r\n`;
}

/** The 101 that answers handshake(). @param fields further field lines */
export function accepted(fields = ''): string {
  return switching(`Upgrade: websocket\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n${fields}`);
}

/** Both ends of one session. */
export interface RawSession {
  readonly client: WirePeer;
  readonly server: WirePeer;
}

/** A server that answers the one head that comes on each connection with `answer`, and then leaves it to the test. */
export function sessionServer(answer = accepted()): Promise<Backend> {
  return backend(undefined, {
    onConnection: (connection) => {
      void connection.receives('\r\n\r\n').then(
        () => connection.send(answer),
        () => {}, // the router was stopped before it asked
      );
    },
  });
}

/** Opens a session through `router` to `server`, a sessionServer(), and takes the 101. */
export async function openSession(router: RunningRouter, server: Backend, path = '/'): Promise<RawSession> {
  const before = server.connections.length;
  const client = await router.connect();
  client.send(handshake(path));
  const { status } = await client.response();
  if (status !== 101) throw new Error(`the handshake was answered with ${status}: ${client.text}`);
  const connection = await server.connection(before);
  onTestFinished(() => {
    // Both, at once: a router that stops would wait for a session.
    client.reset();
    connection.reset();
  });
  return { client, server: connection };
}

/** What came behind the first head. */
export function received(peer: WirePeer): Buffer {
  return peer.bytes.subarray(peer.bytes.indexOf('\r\n\r\n') + 4);
}
