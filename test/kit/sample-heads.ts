// Heads made of field lines, for tests of rooms that read heads and do not care how they came.
import { BodyKind } from '../../src/wire/http1/body-kind.ts';
import type { RequestHead } from '../../src/wire/http1/request-head.ts';
import { RequestHeadScanner } from '../../src/wire/http1/request-head-scanner.ts';
import { ResponseHead } from '../../src/wire/http1/response-head.ts';

/** A request for `/` with these fields after Host; they may be latin1 bytes. */
export function requestWith(...lines: string[]): RequestHead {
  const text = ['GET / HTTP/1.1', 'Host: www.example.com', ...lines, '', ''].join('\r\n');
  const bytes = Buffer.from(text, 'latin1');
  const scanner = new RequestHeadScanner({ requestLine: 16_384, headerBytes: 65_536, headerCount: 128 });
  const end = scanner.scan(bytes, 0, bytes.length);
  if (end !== bytes.length) throw new Error(`not a request head: ${JSON.stringify(scanner.refusal)}`);
  return scanner.head();
}

/** The head of a 200 response with these fields. */
export function responseWith(...lines: string[]): ResponseHead {
  const { text, fieldsStart, fields, fieldCount, seenLow, seenHigh } = requestWith(...lines);
  const facts = { text, fieldsStart, fields, fieldCount, seenLow, seenHigh };
  const status = { status: 200, reason: 'OK', minorVersion: 1 as const };
  const framing = { contentLength: 0, keepAliveTimeout: -1, connectionOptions: null };
  return new ResponseHead({ ...facts, ...status, ...framing }, BodyKind.length, true);
}
