// What a client is told that speaks HTTP where TLS was expected: a browser with http:// and the port of https.
import { ProxyError } from '../../model/proxy-error.ts';
import { statusPhrase } from '../../wire/status-phrases.ts';

/** With the blank behind it. */
const LONGEST_METHOD = 16;

const TEXT = 'this address speaks https: the request came without TLS\n';
const { status, proxyStatus } = new ProxyError('badRequest', TEXT).kind;

export const PLAIN_REQUEST_ANSWER =
  `HTTP/1.1 ${status} ${statusPhrase(status)}\r\nContent-Type: text/plain\r\nContent-Length: ${TEXT.length}\r\n` +
  `Proxy-Status: narrows; error=${proxyStatus}\r\nConnection: close\r\n\r\n${TEXT}`;

/** Whether bytes that are no TLS begin as a request does (RFC 9112 3). */
export function isPlainRequest(bytes: Buffer): boolean {
  return /^[A-Z]+ /.test(bytes.toString('latin1', 0, LONGEST_METHOD));
}
