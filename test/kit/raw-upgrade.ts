// Handshakes byte by byte: the sample of RFC 6455 1.3, whose answer is known without computing it.
import type { Backend, ReceivedRequest } from './backend.ts';
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
  readonly request: ReceivedRequest;
}

/** Opens a session through `router` to `server`, which answers with accepted(), and takes the 101. */
export async function openSession(router: RunningRouter, server: Backend, path = '/'): Promise<RawSession> {
  const before = server.requests.length;
  const client = await router.connect();
  client.send(handshake(path));
  const request = await server.request(before);
  const { status } = await client.response();
  if (status !== 101) throw new Error(`the handshake was answered with ${status}: ${client.text}`);
  return { client, server: request.connection, request };
}

/** What came behind the 101. */
export function received(client: WirePeer): Buffer {
  return client.bytes.subarray(client.bytes.indexOf('\r\n\r\n') + 4);
}
