// A client of raw bytes.
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { WirePeer } from './wire-peer.ts';

/** Where a listener is, as the router tells it: `http://host:port` or `unix:/path`. */
export async function client(url: string): Promise<WirePeer> {
  const place = url.startsWith('unix:') ? { path: url.slice('unix:'.length) } : hostAndPort(url);
  const socket = connect({ ...place, allowHalfOpen: true });
  socket.setNoDelay(true);
  onTestFinished(() => void socket.destroy());
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return new WirePeer(socket);
}

function hostAndPort(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
}

/** A GET of `path` without body. @param fields further field lines, each with CRLF */
export function get(path = '/', fields = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: shop.example\r\n${fields}\r\n`;
}

/** A request with a body of known length. */
export function withBody(method: string, body: string, fields = ''): string {
  return `${method} / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: ${body.length}\r\n${fields}\r\n${body}`;
}

/** `text` as one chunk. */
export function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}
