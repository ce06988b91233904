// Conditional requests, ranges, and compressed neighbours of files, on real sockets (RFC 9110 13, 14, 12.5.3).
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fieldOf } from '../kit/message.ts';
import { type RunningSite, site } from '../kit/site.ts';

const OLD = 'Thu, 01 Jan 2026 00:00:00 GMT';
const MODIFIED = 'Fri, 02 Jan 2026 03:04:05 GMT';
const LATER = 'Sat, 03 Jan 2026 00:00:00 GMT';

/** A site with digits.txt, ten bytes, last modified at MODIFIED. */
async function digits(settings: Record<string, unknown> = {}): Promise<RunningSite & { tag: string }> {
  const running = await site({ 'digits.txt': '0123456789' }, settings);
  utimesSync(join(running.root, 'digits.txt'), new Date(MODIFIED), new Date(MODIFIED));
  return { ...running, tag: fieldOf(await running.ask('/digits.txt'), 'etag') ?? '' };
}

describe('a conditional request', () => {
  it.each([
    ['If-None-Match: TAG', 304],
    ['If-None-Match: W/TAG', 304],
    ['If-None-Match: "other", TAG', 304],
    ['If-None-Match: *', 304],
    ['If-None-Match: "other"', 200],
    [`If-Modified-Since: ${MODIFIED}`, 304],
    [`If-Modified-Since: ${LATER}`, 304],
    [`If-Modified-Since: ${OLD}`, 200],
    ['If-Modified-Since: yesterday', 200],
    [`If-None-Match: "other"\r\nIf-Modified-Since: ${LATER}`, 200],
    [`If-None-Match: TAG\r\nIf-Modified-Since: ${OLD}`, 304],
    ['If-Match: TAG', 200],
    ['If-Match: *', 200],
    ['If-Match: "other"', 412],
    ['If-Match: W/TAG', 412],
    [`If-Unmodified-Since: ${OLD}`, 412],
    [`If-Unmodified-Since: ${MODIFIED}`, 200],
    [`If-Match: TAG\r\nIf-Unmodified-Since: ${OLD}`, 200],
    ['If-Match: "other"\r\nIf-None-Match: TAG', 412],
    ['If-Match: TAG\r\nIf-None-Match: TAG', 304],
  ])('with %s is answered %d', async (fields, status) => {
    const { ask, tag } = await digits();
    const named = fields.replaceAll('TAG', tag);
    for (const method of ['GET', 'HEAD'])
      expect((await ask('/digits.txt', `${named}\r\n`, method)).status).toBe(status);
  });

  it('for what is unchanged gets the validators and how long it may be kept, and no body', async () => {
    const clientCache = { cacheControlMode: 'UseMaxAge', cacheControlMaxAge: '1.00:00:00' };
    const { ask, tag } = await digits({ staticContent: { clientCache } });
    const response = await ask('/digits.txt', `If-None-Match: ${tag}\r\n`);
    expect(response.fields.map(([name]) => name)).toEqual(['Server', 'Date', 'Cache-Control', 'Last-Modified', 'ETag']);
    expect(response.body.length).toBe(0);
  });

  it('sees another version once the file changed', async () => {
    const { ask, root, tag } = await digits();
    writeFileSync(join(root, 'digits.txt'), '9876543210');
    const response = await ask('/digits.txt', `If-None-Match: ${tag}\r\n`);
    expect(response.status).toBe(200);
    expect(response.body.toString()).toBe('9876543210');
  });
});

describe('a request for ranges', () => {
  it.each([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=5-100', '56789', 'bytes 5-9/10'],
    ['bytes=20-30,0-0', '0', 'bytes 0-0/10'],
  ])('%s gets %s', async (range, body, contentRange) => {
    const { ask } = await digits();
    const response = await ask('/digits.txt', `Range: ${range}\r\n`);
    expect([response.status, response.body.toString()]).toEqual([206, body]);
    expect(fieldOf(response, 'content-range')).toBe(contentRange);
    expect(fieldOf(response, 'content-type')).toBe('text/plain');
  });

  it('gets several as parts of one body', async () => {
    const { ask } = await digits();
    const response = await ask('/digits.txt', 'Range: bytes=0-1,-3\r\n');
    expect([response.status, response.complete, response.framing]).toEqual([206, true, 'length']);
    const boundary = /^multipart\/byteranges; boundary=(.+)$/.exec(fieldOf(response, 'content-type')!)![1];
    expect(response.body.toString()).toBe(
      [
        ...[`--${boundary}`, 'Content-Type: text/plain', 'Content-Range: bytes 0-1/10', '', '01'],
        ...[
          `--${boundary}`,
          'Content-Type: text/plain',
          'Content-Range: bytes 7-9/10',
          '',
          '789',
          `--${boundary}--`,
          '',
        ],
      ].join('\r\n'),
    );
    expect(fieldOf(response, 'content-range')).toBeUndefined();
  });

  it('gets 416 with the size when there is none of them', async () => {
    const { ask } = await digits();
    const response = await ask('/digits.txt', 'Range: bytes=10-\r\n');
    expect([response.status, fieldOf(response, 'content-range')]).toEqual([416, 'bytes */10']);
  });

  it.each(['Range: bytes=4-2', 'Range: pages=1-2', 'Range: bytes=0-,0-,0-'])('%s gets the whole', async (field) => {
    const { ask } = await digits();
    expect((await ask('/digits.txt', `${field}\r\n`)).status).toBe(200);
  });

  it.each([
    ['If-Range: TAG', 206],
    ['If-Range: W/TAG', 200],
    ['If-Range: "other"', 200],
    [`If-Range: ${MODIFIED}`, 206],
    [`If-Range: ${LATER}`, 200],
    ['If-Range: nonsense', 200],
    ['If-None-Match: TAG', 304],
    ['If-Match: "other"', 412],
  ])('with %s is answered %d', async (field, status) => {
    const { ask, tag } = await digits();
    expect((await ask('/digits.txt', `Range: bytes=0-1\r\n${field.replace('TAG', tag)}\r\n`)).status).toBe(status);
  });

  it('is not looked at for HEAD', async () => {
    const { ask } = await digits();
    const response = await ask('/digits.txt', 'Range: bytes=0-1\r\n', 'HEAD');
    expect([response.status, fieldOf(response, 'content-length')]).toEqual([200, '10']);
  });
});

describe('a file with compressed neighbours', () => {
  const text = 'body { color: red }\n'.repeat(100);
  const files = { 'a.css': text, 'a.css.gz': gzipSync(text), 'a.css.br': brotliCompressSync(text), 'b.css': text };

  it('is sent as the smallest that the client takes', async () => {
    const { ask } = await site(files);
    const response = await ask('/a.css', 'Accept-Encoding: gzip, deflate, br, zstd\r\n');
    expect(fieldOf(response, 'content-encoding')).toBe('br');
    expect(fieldOf(response, 'content-type')).toBe('text/css');
    expect(fieldOf(response, 'vary')).toBe('Accept-Encoding');
    expect(brotliDecompressSync(response.body).toString()).toBe(text);
  });

  it.each([
    ['gzip', 'gzip'],
    ['gzip;q=1, br;q=0.1', 'gzip'],
    ['br;q=0, *', 'gzip'],
    ['zstd', undefined],
    ['identity', undefined],
    ['', undefined],
  ])('to Accept-Encoding: %s is sent as %s', async (accept, coding) => {
    const { ask } = await site(files);
    const response = await ask('/a.css', `Accept-Encoding: ${accept}\r\n`);
    expect(fieldOf(response, 'content-encoding')).toBe(coding);
    expect(fieldOf(response, 'vary')).toBe('Accept-Encoding');
  });

  it('has another tag in each encoding, and 304 and ranges for each', async () => {
    const { ask } = await site(files);
    const plain = fieldOf(await ask('/a.css'), 'etag')!;
    const packed = fieldOf(await ask('/a.css', 'Accept-Encoding: br\r\n'), 'etag')!;
    expect(packed).not.toBe(plain);
    expect((await ask('/a.css', `Accept-Encoding: br\r\nIf-None-Match: ${packed}\r\n`)).status).toBe(304);
    expect((await ask('/a.css', `Accept-Encoding: br\r\nIf-None-Match: ${plain}\r\n`)).status).toBe(200);
    const part = await ask('/a.css', `Accept-Encoding: br\r\nRange: bytes=1-3\r\nIf-Range: ${packed}\r\n`);
    expect(part.body.equals(files['a.css.br'].subarray(1, 4))).toBe(true);
    expect(fieldOf(part, 'content-encoding')).toBe('br');
  });

  it('is sent itself when a neighbour is older: that was made from another version', async () => {
    const { ask, root } = await site(files);
    utimesSync(join(root, 'a.css.br'), new Date(OLD), new Date(OLD));
    expect(fieldOf(await ask('/a.css', 'Accept-Encoding: br\r\n'), 'content-encoding')).toBeUndefined();
    expect(fieldOf(await ask('/a.css', 'Accept-Encoding: br, gzip\r\n'), 'content-encoding')).toBe('gzip');
  });

  it('does not make other files vary', async () => {
    const { ask } = await site(files);
    expect(fieldOf(await ask('/b.css', 'Accept-Encoding: br\r\n'), 'vary')).toBeUndefined();
  });
});
