import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkedDecoder } from './chunked-decoder.ts';
import { malformedChunkedBodies } from './malformed-corpus.ts';
import { chunkSizeLine } from './serialise.ts';

const LIMITS = { extensionBytes: 30, trailerBytes: 200, trailerCount: 5 };

/** Decodes bytes that come in pieces which end at `cuts`, each in a buffer of its own. */
function decodeInPieces(bytes: string, cuts: readonly number[], decoder = new ChunkedDecoder(LIMITS)) {
  const whole = Buffer.from(bytes, 'latin1');
  const padding = 3;
  let payload = '';
  let relayed = '';
  let taken = 0;
  for (const cut of [...cuts, whole.length]) {
    if (decoder.done || decoder.error !== null) break;
    const seen = Buffer.concat([Buffer.alloc(padding, 0x2a), whole.subarray(taken, cut)]);
    taken += decoder.decode(seen, padding, seen.length) - padding;
    const here = payloadOf(decoder, seen);
    payload += here.join('');
    relayed += decoder.verbatim
      ? seen.toString('latin1', padding, decoder.verbatimEnd)
      : here.map((piece) => `${chunkSizeLine(piece.length)}${piece}\r\n`).join('');
  }
  const { done, error, trailers } = decoder;
  return { payload, relayed, taken, done, error, trailers };
}

function payloadOf(decoder: ChunkedDecoder, buffer: Buffer): string[] {
  const payload: string[] = [];
  for (let i = 0; i < decoder.pieces.length; i += 2) {
    payload.push(buffer.toString('latin1', decoder.pieces[i], decoder.pieces[i + 1]));
  }
  return payload;
}

const decoded = (bytes: string) => decodeInPieces(bytes, []);

describe('a chunked body', () => {
  it('is its payload, and ends behind the empty line', () => {
    const body = '5\r\nhello\r\nB\r\n, big world\r\n0\r\n\r\n';
    expect(decoded(`${body}GET /`)).toMatchObject({ payload: 'hello, big world', taken: body.length, done: true });
    expect(decoded('0\r\n\r\n')).toMatchObject({ payload: '', done: true, error: null, trailers: '' });
  });

  it('may have leading zeros and either case in its sizes', () => {
    expect(decoded('00000a\r\n0123456789\r\n0A\r\n0123456789\r\n000\r\n\r\n')).toMatchObject({
      payload: '01234567890123456789',
      done: true,
    });
  });

  it('loses its extensions and the blanks behind sizes', () => {
    const body = '5;a=b;c="d\\"e\t\xff"\r\nhello\r\n1 \t ; x\r\n!\r\n1  \r\n!\r\n0;last\r\n\r\n';
    expect(decoded(body)).toMatchObject({ payload: 'hello!!', done: true, error: null });
  });

  it.each(malformedChunkedBodies)('is refused for $name', ({ bytes }) => {
    expect(decoded(bytes)).toMatchObject({ done: false, error: expect.stringMatching(/./) });
  });

  it('is refused at the wrong byte, not later', () => {
    expect(decoded('5\n').error).toBe('LF without CR');
    expect(decoded('5\r\nhello!').error).toBe('chunk longer than its size');
    expect(decoded('20000000000000').error).toBe('chunk size too large');
    expect(decoded('0\r\nX-A: 1\n').error).toBe('trailers: LF without CR');
  });

  it('may be as large as a number holds exactly', () => {
    expect(decoded('1fffffffffffff\r\nhello')).toMatchObject({ payload: 'hello', error: null, done: false });
  });

  it('keeps trailers but those that say where a message ends or goes, or whose it is', () => {
    const trailers = [
      'X-Checksum:  abc ',
      'Content-Length: 5',
      'transfer-encoding: chunked',
      'Host: other.example',
      'Authorization: Basic eA==',
      'Set-Cookie: a=b',
      'X-Forwarded-For: 1.2.3.4',
      'X_Forwarded_For: 1.2.3.4',
      'Cache-Control: no-store',
      'Server-Timing: a',
    ];
    const decoder = new ChunkedDecoder({ ...LIMITS, trailerBytes: 1000, trailerCount: 10 });
    const { trailers: kept } = decodeInPieces(`0\r\n${trailers.join('\r\n')}\r\n\r\n`, [], decoder);
    expect(kept).toBe('X-Checksum: abc\r\nServer-Timing: a\r\n');
  });

  it('keeps long trailers that come in many parts', () => {
    const limits = { ...LIMITS, trailerBytes: 10_000 };
    const kept = `X-A: ${'a'.repeat(700)}\r\nX-B: ${'b'.repeat(1500)}\r\n`;
    const bytes = `0\r\n${kept}\r\nGET /`;
    const everyByte = [...bytes].map((_, at) => at);
    const result = decodeInPieces(bytes, everyByte, new ChunkedDecoder(limits));
    expect(result).toMatchObject({ trailers: kept, done: true, taken: bytes.length - 5 });
    expect(decodeInPieces(bytes, [40], new ChunkedDecoder(limits))).toEqual(result);
  });

  it.each([
    '1;extension-of-26-characters\r\n!\r\n0\r\nX-A: 1\r\n\r\n',
    '0\r\n\r\n',
    `0\r\nX-A: ${'a'.repeat(LIMITS.trailerBytes - 9)}\r\n\r\n`,
  ])('is read as if nothing had been read before, after reset()', (bytes) => {
    const fresh = decoded(bytes);
    expect(fresh).toMatchObject({ done: true, error: null });
    for (const before of [
      bytes,
      '1;extension-of-26-characters',
      '0\r\nX-B: 1',
      '0\r\nX-B: 1\r\n\r\n',
      '5\r\nhel',
      'x',
    ]) {
      const decoder = new ChunkedDecoder(LIMITS);
      decodeInPieces(before, [], decoder);
      decoder.reset();
      expect(decoder).toMatchObject({ done: false, error: null, trailers: '', pieces: [] });
      expect(decodeInPieces(bytes, [], decoder)).toEqual(fresh);
    }
  });
});

describe('the limits of a chunked body', () => {
  it('refuse extensions that payload does not outweigh', () => {
    const small = '1;0123456789\r\n!\r\n';
    expect(decoded(small.repeat(2)).error).toBe(null);
    expect(decoded(small.repeat(4)).error).toBe('chunk extensions too long');
    expect(decoded(`5;${'x'.repeat(40)}`).error).toBe('chunk extensions too long');
    const fair = `14;0123456789\r\n${'x'.repeat(20)}\r\n`;
    expect(decoded(fair.repeat(50)).error).toBe(null);
  });

  it('refuse trailers that are too long or too many, in one piece or in many', () => {
    const long = `0\r\nX-A: ${'x'.repeat(200)}\r\n\r\n`;
    const many = `0\r\n${'X: 1\r\n'.repeat(6)}\r\n`;
    for (const bytes of [long, many]) {
      const { error } = decoded(bytes);
      expect(error).toMatch(/^trailers: more than/);
      expect(
        decodeInPieces(
          bytes,
          [...bytes].map((_, at) => at),
        ).error,
      ).toBe(error);
    }
  });
});

describe('chunks that are passed on as they are', () => {
  const verbatimOf = (bytes: string) => {
    const decoder = new ChunkedDecoder(LIMITS);
    const buffer = Buffer.from(bytes, 'latin1');
    decoder.decode(buffer, 0, buffer.length);
    return decoder.verbatim ? bytes.slice(0, decoder.verbatimEnd) : null;
  };

  it('are the whole chunks before the last one', () => {
    expect(verbatimOf('5\r\nhello\r\n1\r\n!\r\n0\r\nX-A: 1\r\n\r\n')).toBe('5\r\nhello\r\n1\r\n!\r\n');
    expect(verbatimOf('5\r\nhello\r\n0')).toBe('5\r\nhello\r\n');
    expect(verbatimOf('5\r\nhello\r\n1\r\n')).toBe('5\r\nhello\r\n');
  });

  it('are none where a chunk is not plain, not whole, or not there', () => {
    expect(verbatimOf('5;a\r\nhello\r\n0\r\n\r\n')).toBe(null);
    expect(verbatimOf('05\r\nhello\r\n0\r\n\r\n')).toBe(null);
    expect(verbatimOf('5 \r\nhello\r\n0\r\n\r\n')).toBe(null);
    expect(verbatimOf('5\r\nhello\r\n5\r\nhel')).toBe(null);
    expect(verbatimOf('5\r\nhello\r')).toBe(null);
    expect(verbatimOf('0\r\n\r\n')).toBe(null);
  });
});

describe('however the bytes of a chunked body are split', () => {
  const chunk = fc
    .tuple(
      fc.string({ minLength: 1, unit: 'binary-ascii' }),
      fc.constantFrom('', '', '', ';a', ' ;b=c'),
      fc.constantFrom('', '', '0'),
    )
    .map(([data, extension, zeros]) => `${zeros}${data.length.toString(16)}${extension}\r\n${data}\r\n`);
  const body = fc
    .tuple(fc.array(chunk), fc.constantFrom('0\r\n\r\n', '0\r\nX-A: 1\r\nHost: a\r\n\r\n', '0;x\r\n\r\nGET'))
    .map(([chunks, end]) => chunks.join('') + end);
  const anyBytes = fc.oneof(
    body,
    fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) }),
    fc.array(fc.constantFrom('0', '1', 'a', '\r\n', '\r', '\n', ';', ' ', 'X:', '\x00')).map((parts) => parts.join('')),
    fc.tuple(body, fc.nat(200), fc.constantFrom('\r', '\n', '0', ';', '')).map(([bytes, at, part]) => {
      return bytes.slice(0, at % bytes.length) + part + bytes.slice(at % bytes.length);
    }),
  );
  const split = fc.tuple(anyBytes, fc.array(fc.nat(300))).map(([bytes, cuts]) => ({
    bytes,
    cuts: cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b),
  }));

  it('payload, end and fault are the same, nothing is thrown, and the work is bounded', () => {
    fc.assert(
      fc.property(split, ({ bytes, cuts }) => {
        const whole = decodeInPieces(bytes, []);
        const decoder = new ChunkedDecoder(LIMITS);
        const inPieces = decodeInPieces(bytes, cuts, decoder);
        expect(decoder.bytesScanned).toBeLessThanOrEqual(bytes.length);
        // The fault of trailers lies somewhere in their section: how much of it was taken depends on the pieces.
        const same = ({ payload, done, error, trailers, taken }: typeof whole) =>
          error === null ? { payload, done, error, trailers, taken } : { payload, done, error };
        expect(same(inPieces)).toEqual(same(whole));
      }),
      { numRuns: 2000 },
    );
  });

  it('what is passed on, chunks as they came or framed anew, is a chunked body of the same payload', () => {
    fc.assert(
      fc.property(split, ({ bytes, cuts }) => {
        const { relayed, payload, error } = decodeInPieces(bytes, cuts);
        if (error !== null) return;
        expect(decoded(`${relayed}0\r\n\r\n`)).toMatchObject({ payload, done: true, error: null });
      }),
      { numRuns: 1000 },
    );
  });
});
