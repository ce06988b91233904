import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyKind } from './body-kind.ts';
import { NEED_MORE, REFUSED } from './head-scanner.ts';
import { malformedResponses } from './malformed-corpus.ts';
import type { ResponseHead } from './response-head.ts';
import { ResponseHeadScanner } from './response-head-scanner.ts';

const LIMITS = { headerBytes: 2000, headerCount: 20 };

/** What a scanner makes of bytes that come in pieces which end at `cuts`, each time in a buffer of its own. */
function scanInPieces(bytes: string, cuts: readonly number[], scanner = new ResponseHeadScanner(LIMITS)) {
  const whole = Buffer.from(bytes, 'latin1');
  const padding = 3;
  for (const end of [...cuts, whole.length]) {
    const seen = Buffer.concat([Buffer.alloc(padding, 0x2a), whole.subarray(0, end)]);
    const after = scanner.scan(seen, padding, padding + end);
    if (after >= 0) return { after: after - padding, head: { ...scanner.head('GET') }, refusal: null };
    if (after === REFUSED) return { after, head: null, refusal: scanner.refusal };
  }
  return { after: NEED_MORE, head: null, refusal: null };
}

function scanned(fields: string, statusLine = 'HTTP/1.1 200 OK', method = 'GET'): ResponseHead {
  const scanner = new ResponseHeadScanner(LIMITS);
  const buffer = Buffer.from(`${statusLine}\r\n${fields}\r\n`, 'latin1');
  if (scanner.scan(buffer, 0, buffer.length) !== buffer.length) throw new Error(scanner.refusal?.reason);
  return scanner.head(method);
}

describe('a response head', () => {
  it('tells status, reason and version, and its text ends before the empty line', () => {
    const head = scanned('X-A: 1\r\n', 'HTTP/1.1 404 Not \xa7 Found');
    expect(head).toMatchObject({ status: 404, reason: 'Not \xa7 Found', minorVersion: 1, isInterim: false });
    expect(head.text).toBe('HTTP/1.1 404 Not \xa7 Found\r\nX-A: 1\r\n');
    expect(head.text.slice(head.fieldsStart)).toBe('X-A: 1\r\n');
  });

  it('may leave out the reason, and the space before it', () => {
    expect(scanned('', 'HTTP/1.1 200 ')).toMatchObject({ status: 200, reason: '' });
    expect(scanned('', 'HTTP/1.0 599')).toMatchObject({ status: 599, reason: '', minorVersion: 0 });
  });

  it('is interim for every 1xx but 101', () => {
    expect(scanned('', 'HTTP/1.1 100 Continue').isInterim).toBe(true);
    expect(scanned('', 'HTTP/1.1 103 Early Hints').isInterim).toBe(true);
    expect(scanned('', 'HTTP/1.1 101 Switching Protocols').isInterim).toBe(false);
  });

  it('frames its body by length, by chunks, or by the end of the connection', () => {
    expect(scanned('Content-Length: 5\r\n')).toMatchObject({ bodyKind: BodyKind.length, contentLength: 5 });
    expect(scanned('Transfer-Encoding: chunked\r\n')).toMatchObject({ bodyKind: BodyKind.chunked, contentLength: -1 });
    expect(scanned('')).toMatchObject({ bodyKind: BodyKind.close, contentLength: -1, keepAlive: false });
  });

  it('takes a length that is repeated without difference', () => {
    expect(scanned('Content-Length: 5\r\nContent-Length: 5\r\n').contentLength).toBe(5);
  });

  it.each(['HTTP/1.1 100 Continue', 'HTTP/1.1 204 No Content', 'HTTP/1.1 304 Not Modified'])(
    'has no body after %s, whatever its fields say',
    (statusLine) => {
      const head = scanned('Content-Length: 5\r\n', statusLine);
      expect(head).toMatchObject({ bodyKind: BodyKind.none, contentLength: 5 });
      expect(scanned('Transfer-Encoding: chunked\r\n', statusLine).bodyKind).toBe(BodyKind.none);
    },
  );

  it('has no body when the request was HEAD, and the connection lives on', () => {
    const head = scanned('Content-Length: 5\r\n', 'HTTP/1.1 200 OK', 'HEAD');
    expect(head).toMatchObject({ bodyKind: BodyKind.none, contentLength: 5, keepAlive: true });
    expect(scanned('', 'HTTP/1.1 200 OK', 'HEAD').keepAlive).toBe(true);
  });

  it('ends the connection where a 204 announces content all the same', () => {
    expect(scanned('', 'HTTP/1.1 204 No Content').keepAlive).toBe(true);
    expect(scanned('Content-Length: 0\r\n', 'HTTP/1.1 204 No Content').keepAlive).toBe(true);
    expect(scanned('Content-Length: 5\r\n', 'HTTP/1.1 204 No Content').keepAlive).toBe(false);
    expect(scanned('Transfer-Encoding: chunked\r\n', 'HTTP/1.1 204 No Content').keepAlive).toBe(false);
  });

  it('keeps the connection as its version and Connection say', () => {
    const length = 'Content-Length: 0\r\n';
    expect(scanned(length).keepAlive).toBe(true);
    expect(scanned(`${length}Connection: close\r\n`).keepAlive).toBe(false);
    expect(scanned(`${length}Connection: "\r\n`).keepAlive).toBe(false);
    expect(scanned(length, 'HTTP/1.0 200 OK').keepAlive).toBe(false);
    expect(scanned(`${length}Connection: Keep-Alive\r\n`, 'HTTP/1.0 200 OK').keepAlive).toBe(true);
  });

  it('tells how long the server keeps an idle connection', () => {
    expect(scanned('Keep-Alive: max=100, Timeout=5\r\n').keepAliveTimeout).toBe(5);
    expect(scanned('Keep-Alive: max=100\r\n').keepAliveTimeout).toBe(-1);
    expect(scanned('Keep-Alive: timeout=soon\r\n').keepAliveTimeout).toBe(-1);
  });

  it('lists the fields that Connection keeps from being relayed', () => {
    expect(scanned('Connection: X-Internal, close\r\n').connectionOptions).toEqual(['x-internal']);
  });
});

describe('a response scanner', () => {
  it.each(malformedResponses)('refuses $name', ({ bytes }) => {
    expect(scanInPieces(bytes, []).refusal?.status).toBe(400);
  });

  it('refuses a wrong byte as soon as it comes', () => {
    expect(scanInPieces('SSH', []).refusal?.reason).toBe('byte 0x53 in the status line');
    expect(scanInPieces('HTTP/1.1 200 OK\n', []).refusal?.reason).toBe('LF without CR');
  });

  it('says 431 of a head beyond its limits', () => {
    const bytes = 'HTTP/1.1 200 OK\r\nX-A: 1\r\nX-B: 2\r\n\r\n';
    const refusal = (limits: Partial<typeof LIMITS>) =>
      scanInPieces(bytes, [], new ResponseHeadScanner({ ...LIMITS, ...limits })).refusal?.status;
    expect(refusal({ headerBytes: bytes.length, headerCount: 2 })).toBe(undefined);
    expect(refusal({ headerBytes: bytes.length - 1 })).toBe(431);
    expect(refusal({ headerBytes: 14 })).toBe(431);
    expect(refusal({ headerCount: 1 })).toBe(431);
  });

  it('reads an interim head and the final one after it', () => {
    const first = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';
    const both = Buffer.from(`${first}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`);
    const scanner = new ResponseHeadScanner(LIMITS);
    expect(scanner.scan(both, 0, both.length)).toBe(first.length);
    expect(scanner.head('GET').isInterim).toBe(true);
    expect(scanner.scan(both, first.length, both.length)).toBe(both.length);
    expect(scanner.head('GET').status).toBe(200);
  });

  const heads = [
    'HTTP/1.1 200 OK\r\n\r\n',
    'HTTP/1.0 100 Continue\r\nVia: 1.0 a\r\nConnection: x-a, keep-alive\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nKeep-Alive: timeout=5\r\n\r\n',
    'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\nConnection: close\r\nSet-Cookie: a=b\r\n\r\n',
    'HTTP/1.1 200',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n',
  ];

  it.each(heads)('reads %j as if nothing had been read before', (bytes) => {
    for (const before of heads) {
      const scanner = new ResponseHeadScanner(LIMITS);
      if (scanInPieces(before, [], scanner).head === null) scanner.reset();
      expect(scanInPieces(bytes, [], scanner)).toEqual(scanInPieces(bytes, []));
    }
  });

  it('stays refused until it is reset, and gives no head before one is whole', () => {
    const scanner = new ResponseHeadScanner(LIMITS);
    const right = Buffer.from('HTTP/1.1 200 OK\r\n\r\n');
    expect(scanner.scan(Buffer.from('X'), 0, 1)).toBe(REFUSED);
    expect(scanner.scan(right, 0, right.length)).toBe(REFUSED);
    expect(() => scanner.head('GET')).toThrow('no whole response head');
    scanner.reset();
    expect(scanner.scan(right, 0, right.length)).toBe(right.length);
  });
});

describe('however the bytes of a response are split', () => {
  const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close, x-a\r\nKeep-Alive: timeout=5\r\n\r\nhello';
  const corpus = [whole, ...malformedResponses.map(({ bytes }) => bytes)];
  const parts = ['\r\n', '\r\n\r\n', 'HTTP/1.1 ', '200', ' ', 'OK', ': ', 'Content-Length', '5', 'A', '\x00', '\xff'];
  const anyBytes = fc.oneof(
    fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) }),
    fc.array(fc.constantFrom(...parts)).map((chosen) => `HTTP/1.1 200 ${chosen.join('')}`),
    fc
      .tuple(fc.constantFrom(...corpus), fc.nat(200), fc.constantFrom(...parts, ''))
      .map(([bytes, at, part]) => bytes.slice(0, at % bytes.length) + part + bytes.slice(at % bytes.length)),
  );
  const split = fc.tuple(anyBytes, fc.array(fc.nat(300))).map(([bytes, cuts]) => ({
    bytes,
    cuts: cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b),
  }));

  it('the result is the same, nothing is thrown, and no byte is looked at twice', () => {
    fc.assert(
      fc.property(split, ({ bytes, cuts }) => {
        const scanner = new ResponseHeadScanner(LIMITS);
        expect(scanInPieces(bytes, cuts, scanner)).toEqual(scanInPieces(bytes, []));
        expect(scanner.bytesScanned).toBeLessThanOrEqual(bytes.length);
        const tight = () => new ResponseHeadScanner({ headerBytes: 30, headerCount: 1 });
        expect(scanInPieces(bytes, cuts, tight())).toEqual(scanInPieces(bytes, [], tight()));
      }),
      { numRuns: 2000 },
    );
  });
});
