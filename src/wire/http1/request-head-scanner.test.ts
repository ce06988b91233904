import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyKind } from './body-kind.ts';
import { NEED_MORE, REFUSED } from './head-scanner.ts';
import { malformedRequests, wellFormedRequests } from './malformed-corpus.ts';
import type { RequestHead } from './request-head.ts';
import { RequestHeadScanner } from './request-head-scanner.ts';

const LIMITS = { requestLine: 1000, headerBytes: 2000, headerCount: 20 };

/** What a scanner makes of bytes that come in pieces which end at `cuts`, each time in a buffer of its own. */
function scanInPieces(bytes: string, cuts: readonly number[], scanner = new RequestHeadScanner(LIMITS)) {
  const whole = Buffer.from(bytes, 'latin1');
  const padding = 3;
  for (const end of [...cuts, whole.length]) {
    const seen = Buffer.concat([Buffer.alloc(padding, 0x2a), whole.subarray(0, end)]);
    const after = scanner.scan(seen, padding, padding + end);
    if (after >= 0) return { after: after - padding, head: { ...scanner.head() }, refusal: null };
    if (after === REFUSED) return { after, head: null, refusal: scanner.refusal };
  }
  return { after: NEED_MORE, head: null, refusal: null };
}

function scanned(bytes: string): RequestHead {
  const scanner = new RequestHeadScanner(LIMITS);
  const buffer = Buffer.from(bytes, 'latin1');
  const after = scanner.scan(buffer, 0, buffer.length);
  if (after < 0) throw new Error(`not a whole head: ${scanner.refusal?.reason}`);
  return scanner.head();
}

function refusalOf(bytes: string) {
  return scanInPieces(bytes, []).refusal;
}

const request = (fields = '', line = 'GET /a?b=1 HTTP/1.1') => `${line}\r\nHost: shop.example\r\n${fields}\r\n`;

describe('a request head', () => {
  it('is read up to the empty line, and its text is the bytes before that', () => {
    const bytes = request('X-A: 1\r\n');
    const { after, head } = scanInPieces(`${bytes}body`, []);
    expect(after).toBe(bytes.length);
    expect(head?.text).toBe(bytes.slice(0, -2));
    expect(head?.text.slice(head.fieldsStart)).toBe('Host: shop.example\r\nX-A: 1\r\n');
  });

  it('tells method, target and version', () => {
    const head = scanned(request());
    expect(head).toMatchObject({ method: 'GET', target: '/a?b=1', path: '/a?b=1', scheme: '', minorVersion: 1 });
    expect(scanned('HEAD / HTTP/1.0\r\n\r\n')).toMatchObject({ method: 'HEAD', minorVersion: 0, host: '' });
  });

  it('splits an absolute target, and takes the host from it', () => {
    expect(scanned(request('', 'GET HTTPS://Shop.Example:443/a/b?c HTTP/1.1'))).toMatchObject({
      target: 'HTTPS://Shop.Example:443/a/b?c',
      scheme: 'https',
      host: 'Shop.Example:443',
      path: '/a/b?c',
    });
    expect(scanned(request('', 'GET http://shop.example HTTP/1.1')).path).toBe('/');
    expect(scanned(request('', 'GET http://shop.example?c=/d HTTP/1.1')).path).toBe('/?c=/d');
  });

  it('asks about the whole server with * and with an absolute target without path', () => {
    expect(scanned(request('', 'OPTIONS * HTTP/1.1')).path).toBe('*');
    expect(scanned(request('', 'OPTIONS http://shop.example HTTP/1.1')).path).toBe('*');
    expect(scanned(request('', 'OPTIONS http://shop.example/ HTTP/1.1')).path).toBe('/');
  });

  it('frames its body by length, by chunks or not at all', () => {
    expect(scanned(request())).toMatchObject({ bodyKind: BodyKind.none, contentLength: 0 });
    const longest = `Content-Length: ${Number.MAX_SAFE_INTEGER}\r\n`;
    expect(scanned(request('Content-Length: 0\r\n'))).toMatchObject({ bodyKind: BodyKind.length, contentLength: 0 });
    expect(scanned(request(longest)).contentLength).toBe(Number.MAX_SAFE_INTEGER);
    expect(scanned(request('Transfer-Encoding: Chunked\r\n'))).toMatchObject({
      bodyKind: BodyKind.chunked,
      contentLength: 0,
    });
  });

  it('keeps the connection as its version and Connection say', () => {
    expect(scanned(request()).keepAlive).toBe(true);
    expect(scanned(request('Connection: Close\r\n')).keepAlive).toBe(false);
    expect(scanned(request('Connection: keep-alive\r\nConnection: close\r\n')).keepAlive).toBe(false);
    expect(scanned(request('', 'GET / HTTP/1.0')).keepAlive).toBe(false);
    expect(scanned(request('Connection: Keep-Alive\r\n', 'GET / HTTP/1.0')).keepAlive).toBe(true);
  });

  it('lists the fields that Connection keeps from being relayed', () => {
    expect(scanned(request('Connection: keep-alive, te, upgrade\r\n')).connectionOptions).toBe(null);
    const fields = 'Connection: X-Secret ,close\r\nX-Secret: 1\r\nConnection: Foo\r\n';
    expect(scanned(request(fields)).connectionOptions).toEqual(['x-secret', 'foo']);
  });

  it('wants an upgrade only with Connection, Upgrade and HTTP/1.1', () => {
    const fields = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
    expect(scanned(request(fields)).wantsUpgrade).toBe(true);
    expect(scanned(request('Upgrade: websocket\r\n')).wantsUpgrade).toBe(false);
    expect(scanned(request('Connection: upgrade\r\n')).wantsUpgrade).toBe(false);
    expect(scanned(request(fields, 'GET / HTTP/1.0')).wantsUpgrade).toBe(false);
  });

  it('expects 100 Continue only with a body and HTTP/1.1', () => {
    const fields = 'Expect: 100-Continue\r\nContent-Length: 5\r\n';
    expect(scanned(request(fields)).expectContinue).toBe(true);
    expect(scanned(request('Expect: 100-continue\r\n')).expectContinue).toBe(false);
    expect(scanned(request('Expect: other\r\nContent-Length: 5\r\n')).expectContinue).toBe(false);
    expect(scanned(request(fields, 'POST / HTTP/1.0')).expectContinue).toBe(false);
  });

  it('accepts trailers where TE says so', () => {
    expect(scanned(request('TE: deflate;q=0.5, Trailers\r\n')).acceptsTrailers).toBe(true);
    expect(scanned(request('TE: gzip\r\n')).acceptsTrailers).toBe(false);
    expect(scanned(request('TE: trailers\r\n', 'GET / HTTP/1.0')).acceptsTrailers).toBe(false);
  });
});

describe('a request scanner', () => {
  it.each(malformedRequests)('refuses $name with $status', ({ bytes, status }) => {
    expect(refusalOf(bytes)?.status).toBe(status);
  });

  it.each(wellFormedRequests)('takes $name', ({ bytes }) => {
    const result = scanInPieces(bytes, []);
    expect(result.refusal).toBe(null);
    expect(result.after).toBe(bytes.indexOf('\r\n\r\n') + 4);
  });

  it('refuses a wrong byte as soon as it comes', () => {
    expect(refusalOf('GET / HTTP/1.1\n')?.reason).toBe('LF without CR');
    expect(refusalOf(`GET / HTTP/1.1\r\nX-A: 1\n`)?.reason).toBe('LF without CR');
    expect(refusalOf('\x16')?.reason).toBe('byte 0x16 in the method');
    expect(refusalOf('GET / HTTP/1.1\r\nX-A ')?.reason).toBe('white space before the colon of a header');
    expect(refusalOf('GET / HTTP/1.1\r\nX-A: 1\r\n ')?.reason).toBe('folded header line');
    expect(refusalOf('GET / HTTP/2.0\r\n')?.status).toBe(505);
  });

  it('stays refused until it is reset', () => {
    const scanner = new RequestHeadScanner(LIMITS);
    const wrong = Buffer.from('GET / HTTP/2.0\r\n');
    const right = Buffer.from(request());
    expect(scanner.scan(wrong, 0, wrong.length)).toBe(REFUSED);
    expect(scanner.scan(right, 0, right.length)).toBe(REFUSED);
    scanner.reset();
    expect(scanner.refusal).toBe(null);
    expect(scanner.scan(right, 0, right.length)).toBe(right.length);
  });

  it('reads pipelined requests one after the other', () => {
    const first = request('Content-Length: 0\r\n', 'POST /one HTTP/1.1');
    const both = Buffer.from(first + request('', 'GET /two HTTP/1.1'));
    const scanner = new RequestHeadScanner(LIMITS);
    expect(scanner.scan(both, 0, both.length)).toBe(first.length);
    expect(scanner.head().target).toBe('/one');
    expect(scanner.scan(both, first.length, both.length)).toBe(both.length);
    expect(scanner.head().target).toBe('/two');
  });

  it.each(wellFormedRequests)('reads $name as if nothing had been read before', ({ bytes }) => {
    const fresh = scanInPieces(bytes, []);
    const upgrade = { bytes: request('Connection: close, upgrade, x-a\r\nUpgrade: websocket\r\n') };
    for (const before of [...malformedRequests, ...wellFormedRequests, upgrade]) {
      const scanner = new RequestHeadScanner(LIMITS);
      if (scanInPieces(before.bytes, [], scanner).head === null) scanner.reset();
      expect(scanInPieces(bytes, [], scanner)).toEqual(fresh);
    }
  });

  it('skips two empty lines before a request, and their bytes count as read', () => {
    const bytes = `\r\n\r\n${request()}`;
    expect(scanInPieces(bytes, [1, 3, 4])).toMatchObject({ after: bytes.length, head: { method: 'GET' } });
  });

  it('has started only when a byte of the request line was seen', () => {
    const scanner = new RequestHeadScanner(LIMITS);
    const buffer = Buffer.from('\r\nG');
    expect(scanner.started).toBe(false);
    expect(scanner.scan(buffer, 0, 2)).toBe(NEED_MORE);
    expect(scanner.started).toBe(false);
    expect(scanner.scan(buffer, 0, 3)).toBe(NEED_MORE);
    expect(scanner.started).toBe(true);
    scanner.reset();
    expect(scanner.started).toBe(false);
  });

  it('gives no head before one is whole', () => {
    expect(() => new RequestHeadScanner(LIMITS).head()).toThrow('no whole request head');
  });
});

describe('the limits of a request head', () => {
  const scanWith = (limits: Partial<typeof LIMITS>, bytes: string) =>
    scanInPieces(bytes, [], new RequestHeadScanner({ ...LIMITS, ...limits })).refusal?.status;
  const line = 'GET /12345 HTTP/1.1\r\n';
  const fields = 'Host: shop.example\r\nX-A: 1\r\n\r\n';

  it('refuse a longer request line with 414, also before it ends', () => {
    expect(scanWith({ requestLine: line.length }, line + fields)).toBe(undefined);
    expect(scanWith({ requestLine: line.length - 1 }, line + fields)).toBe(414);
    expect(scanWith({ requestLine: 8 }, 'GET /123')).toBe(414);
    expect(scanWith({ requestLine: 8 }, 'METHODMETHOD')).toBe(414);
  });

  it('refuse more bytes of fields with 431, also before they end', () => {
    expect(scanWith({ headerBytes: fields.length }, line + fields)).toBe(undefined);
    expect(scanWith({ headerBytes: fields.length - 1 }, line + fields)).toBe(431);
    expect(scanWith({ headerBytes: 10 }, `${line}Host: shop`)).toBe(431);
  });

  it('refuse more fields with 431', () => {
    expect(scanWith({ headerCount: 2 }, line + fields)).toBe(undefined);
    expect(scanWith({ headerCount: 1 }, line + fields)).toBe(431);
  });

  it('do not count empty lines before the request', () => {
    expect(scanWith({ requestLine: line.length, headerBytes: fields.length }, `\r\n${line}${fields}`)).toBe(undefined);
  });
});

describe('however the bytes of a request are split', () => {
  const corpus = [...malformedRequests, ...wellFormedRequests].map(({ bytes }) => bytes);
  const alphabet = [
    ...'\r\n',
    '\r\n',
    ': ',
    ' ',
    '\t',
    'GET ',
    '/',
    'HTTP/1.1',
    'Host',
    'Content-Length',
    '5',
    ',',
    '\x00',
    '\xff',
  ];
  const anyBytes = fc.oneof(
    fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) }),
    fc.array(fc.constantFrom(...alphabet)).map((parts) => parts.join('')),
    fc
      .tuple(fc.constantFrom(...corpus), fc.nat(200), fc.constantFrom(...alphabet, ''))
      .map(([bytes, at, part]) => bytes.slice(0, at % bytes.length) + part + bytes.slice(at % bytes.length)),
  );
  const split = fc.tuple(anyBytes, fc.array(fc.nat(300))).map(([bytes, cuts]) => ({
    bytes,
    cuts: cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b),
  }));

  it('the result is the same, and nothing is thrown', () => {
    fc.assert(
      fc.property(split, ({ bytes, cuts }) => {
        expect(scanInPieces(bytes, cuts)).toEqual(scanInPieces(bytes, []));
        const tight = () => new RequestHeadScanner({ requestLine: 20, headerBytes: 40, headerCount: 2 });
        expect(scanInPieces(bytes, cuts, tight())).toEqual(scanInPieces(bytes, [], tight()));
      }),
      { numRuns: 2000 },
    );
  });

  it('byte by byte, all of the corpus gives the same as at once', () => {
    for (const bytes of corpus) {
      expect(
        scanInPieces(
          bytes,
          [...bytes].map((_, at) => at),
        ),
      ).toEqual(scanInPieces(bytes, []));
    }
  });

  it('no byte is looked at twice', () => {
    fc.assert(
      fc.property(split, ({ bytes, cuts }) => {
        const scanner = new RequestHeadScanner(LIMITS);
        scanInPieces(bytes, cuts, scanner);
        expect(scanner.bytesScanned).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 1000 },
    );
  });
});
