// The few frames that the WebSocket rows need (RFC 6455 5.2), and the handshake, by hand: a library would be measured too.
import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';

const SALT = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const BINARY = 0x82;
const MASKED = 0x80;

/** One binary frame of less than 64 KiB with `payload` bytes. */
export function frame(payload: number, masked: boolean): Buffer {
  const head = payload < 126 ? [BINARY, payload] : [BINARY, 126, payload >> 8, payload & 0xff];
  if (masked) head[1]! |= MASKED;
  return Buffer.concat([Buffer.from(head), Buffer.alloc(masked ? 4 : 0), Buffer.alloc(payload, 'narrows ')]);
}

/** The head that asks `host` for a WebSocket. */
export function handshake(host: string, path: string): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
  );
}

/** The 101 that answers `head`. */
export function accepted(head: string): string {
  const key = /^sec-websocket-key: *(.*?) *\r$/im.exec(head)?.[1] ?? '';
  return (
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
    `Sec-WebSocket-Accept: ${hash('sha1', key + SALT, 'base64')}\r\n\r\n`
  );
}
