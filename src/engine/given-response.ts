// A response that somebody gave to explain, as a server would send it: head and bytes.
import { Buffer } from 'node:buffer';
import type { GivenResponse } from '../model/explain-request.ts';
import { ProxyError } from '../model/proxy-error.ts';
import type { ResponseHead } from '../wire/http1/response-head.ts';
import { ResponseHeadScanner } from '../wire/http1/response-head-scanner.ts';
import { fieldLine, utf8AsLatin1 } from '../wire/http1/serialise.ts';
import { statusPhrase } from '../wire/status-phrases.ts';

const LIMITS = { headerBytes: 1024 * 1024, headerCount: 1024 };
/** Made anew from the body that was given. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'trailer', 'connection']);
const LATIN1 = /^(?:iso-8859-1|latin1|us-ascii|windows-1252)$/i;

export interface ServerResponse {
  head: ResponseHead;
  body: Buffer;
}

/** @param method of the request @returns why a server's response of this kind would be refused */
export function serverResponse(given: GivenResponse, method: string): ServerResponse | ProxyError {
  const { status = 200, headers = [] } = given;
  const body = bytesOf(given);
  let text = `HTTP/1.1 ${status} ${statusPhrase(status)}\r\n`;
  try {
    for (const [name, value] of headers)
      if (!FRAMING.has(name.toLowerCase())) text += fieldLine(name, utf8AsLatin1(value));
  } catch (error) {
    return new ProxyError('invalidResponse', (error as Error).message);
  }
  text += `Content-Length: ${body.length}\r\n\r\n`;
  const bytes = Buffer.from(text, 'latin1');
  const scanner = new ResponseHeadScanner(LIMITS);
  if (scanner.scan(bytes, 0, bytes.length) < 0)
    return new ProxyError('invalidResponse', scanner.refusal?.reason ?? 'the head is not complete');
  return { head: scanner.head(method), body };
}

function bytesOf({ body = '', bodyBase64, headers = [] }: GivenResponse): Buffer {
  if (bodyBase64 !== undefined) return Buffer.from(bodyBase64, 'base64');
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  return Buffer.from(body, isLatin1(type) ? 'latin1' : 'utf8');
}

/** @param contentType value of Content-Type */
export function isLatin1(contentType: string): boolean {
  return LATIN1.test(/;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? '');
}
