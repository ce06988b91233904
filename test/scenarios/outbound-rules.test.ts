// Outbound rules on real connections: what a client gets, whatever the framing, the coding and the manners of either side.
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateRawSync,
  inflateSync,
} from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { backend, ok } from '../kit/backend.ts';
import { chunk, get } from '../kit/client.ts';
import { settled } from '../kit/eventually.ts';
import { fieldOf } from '../kit/message.ts';
import { shop } from '../kit/router.ts';

const HTML = 'Content-Type: text/html; charset=utf-8\r\n';
const PAGE = '<a href="http://inner/x">é</a><img src="http://inner/y">';
const CHANGED = '<a href="/x">é</a><img src="/y">';

const outboundRules = {
  preConditions: { isHtml: { add: [{ input: '{RESPONSE_CONTENT_TYPE}', pattern: '^text/html' }] } },
  rules: [
    {
      name: 'links',
      preCondition: 'isHtml',
      match: { filterByTags: 'A, Img', pattern: '^http://inner(/.*)' },
      action: { type: 'Rewrite', value: '{R:1}' },
    },
    {
      name: 'server',
      match: { serverVariable: 'RESPONSE_Server', pattern: '.+' },
      action: { type: 'Rewrite', value: '' },
    },
    {
      name: 'url',
      match: { serverVariable: 'RESPONSE_X_Url', pattern: '^$' },
      action: { type: 'Rewrite', value: '{URL}' },
    },
  ],
};
const rules = [{ name: 'all', match: { url: 'app/(.*)' }, action: { type: 'Rewrite', url: 'http://shop/{R:1}' } }];
const config = { rules, outboundRules };

const CODINGS = [
  ['gzip', gzipSync, gunzipSync],
  ['deflate', deflateSync, inflateSync],
  ['deflate', deflateRawSync, inflateRawSync],
  ['br', brotliCompressSync, brotliDecompressSync],
] as const;

/** What of a chunked body has come, decoded. */
function textSoFar(bytes: Buffer, coding: string): string {
  const text = bytes.toString('latin1');
  const body = text.slice(text.indexOf('\r\n\r\n') + 4).replaceAll(/(?:\r\n)?[0-9a-f]+\r\n/g, '');
  if (coding === '' || body === '') return body;
  return gunzipSync(Buffer.from(body, 'latin1'), { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1');
}

/** `body` in a response of that framing. */
function framed(framing: string, body: Buffer, fields = HTML): Buffer {
  const head = `HTTP/1.1 200 OK\r\n${fields}`;
  if (framing === 'length') return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);
  if (framing === 'close') return Buffer.concat([Buffer.from(`${head}\r\n`), body]);
  const pieces = [...body].map((byte) => Buffer.from(`1\r\n${String.fromCharCode(byte)}\r\n`, 'latin1'));
  return Buffer.concat([
    Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`),
    ...pieces,
    Buffer.from('0\r\nX-Sum: 1\r\n\r\n'),
  ]);
}

describe('a response on its way through rules', () => {
  it.each(['length', 'chunked', 'close'])('a page framed by %s is changed, and its head with it', async (framing) => {
    const server = await backend(({ connection }) => {
      connection.send(framed(framing, Buffer.from(PAGE), `${HTML}Server: secret\r\nETag: "1"\r\n`));
      if (framing === 'close') connection.end();
      return undefined;
    });
    const { connect } = await shop([server], {}, config);
    const response = await (await connect()).send(get('/app/page')).response();
    expect(response.body.toString()).toBe(CHANGED);
    expect(['server', 'etag', 'x-url', 'content-length'].map((name) => fieldOf(response, name))).toEqual([
      undefined,
      'W/"1"',
      '/app/page',
      undefined,
    ]);
    expect(response.trailers).toEqual(framing === 'chunked' ? [['X-Sum', '1']] : []);
  });

  it.each(CODINGS)('a page in %s comes in the same coding', async (name, encode, decode) => {
    const fields = `${HTML}Content-Encoding: ${name}\r\n`;
    for (const framing of ['length', 'chunked']) {
      const server = await backend(() => framed(framing, encode(Buffer.from(PAGE.repeat(500))), fields));
      const { connect } = await shop([server], {}, config);
      const client = await connect();
      for (let turn = 0; turn < 2; turn++) {
        const response = await client.send(get('/app/')).response();
        expect(fieldOf(response, 'content-encoding')).toBe(name);
        expect(decode(response.body).toString()).toBe(CHANGED.repeat(500));
      }
    }
  });

  it('responses without a body, and parts of one, are left as they are', async () => {
    const server = await backend(({ startLine, fields }) => {
      if (startLine.startsWith('HEAD')) return `HTTP/1.1 200 OK\r\n${HTML}Content-Length: 9\r\n\r\n`;
      if (fieldOf({ fields }, 'range') !== undefined)
        return `HTTP/1.1 206 Partial Content\r\n${HTML}Content-Range: bytes 0-8/99\r\nContent-Length: 9\r\n\r\n${PAGE.slice(0, 9)}`;
      return 'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n';
    });
    const { connect } = await shop([server], {}, config);
    const client = await connect();
    const head = await client.send('HEAD /app/ HTTP/1.1\r\nHost: a\r\n\r\n').response('HEAD');
    expect([head.status, head.body.length, fieldOf(head, 'x-url')]).toEqual([200, 0, '/app/']);
    const part = await client.send(get('/app/', 'Range: bytes=0-8\r\n')).response();
    expect([part.status, part.body.toString()]).toEqual([206, PAGE.slice(0, 9)]);
    expect((await client.send(get('/app/')).response()).status).toBe(304);
  });

  it('is changed in a worker thread as well', async () => {
    const fields = `${HTML}Content-Encoding: br\r\n`;
    const server = await backend(() => framed('length', brotliCompressSync(PAGE), fields));
    const { connect } = await shop([server], {}, config, { workers: 1 });
    const response = await (await connect()).send(get('/app/')).response();
    expect(brotliDecompressSync(response.body).toString()).toBe(CHANGED);
  });

  it('answers made here have their headers changed too', async () => {
    const { connect } = await shop(['127.0.0.1:1'], {}, config);
    const response = await (await connect()).send(get('/elsewhere')).response();
    expect([response.status, fieldOf(response, 'server'), fieldOf(response, 'x-url')]).toEqual([
      404,
      undefined,
      '/elsewhere',
    ]);
  });
});

describe('a page on its way through rules', () => {
  it.each(['', 'gzip'])('goes on as far as it has come, whatever comes next (%s)', async (coding) => {
    const server = await backend(() => undefined);
    const { connect } = await shop([server], {}, config);
    const client = await connect();
    client.send(get('/app/'));
    const { connection } = await server.request(0);
    connection.send(
      `HTTP/1.1 200 OK\r\n${HTML}${coding && 'Content-Encoding: gzip\r\n'}Transfer-Encoding: chunked\r\n\r\n`,
    );
    const whole = coding === '' ? Buffer.from(PAGE) : gzipSync(PAGE.repeat(2000), { level: 0 });
    connection.send(chunk(whole.subarray(0, coding === '' ? 30 : 65_000).toString('latin1')));
    // Nothing more is sent: what the client can have, it gets.
    await client.until(() => (textSoFar(client.bytes, coding).startsWith('<a href="/x">') ? true : null));
  });

  it.each([
    ['', ''],
    ['gzip', 'Content-Encoding: gzip\r\n'],
  ])('reaches a slow client whole, and holds the server back meanwhile %s', async (coding, field) => {
    const body = Buffer.from(
      Array.from({ length: 300_000 }, (_, n) => `<a href="http://inner/${n}">${n}</a>\n`).join(''),
    );
    const sent = coding === '' ? body : gzipSync(body, { level: 0 });
    const server = await backend(() => undefined);
    const { connect } = await shop([server], {}, config);
    const client = await connect();
    client.send(get('/app/', 'Connection: close\r\n'));
    const { connection } = await server.request(0);
    client.socket.pause();
    connection.send(`HTTP/1.1 200 OK\r\n${HTML}${field}Content-Length: ${sent.length}\r\n\r\n`).send(sent);
    await settled(() => connection.socket.writableLength);
    // What does not wait at the server is in the router and the two kernels; the client has read nothing.
    expect(connection.socket.writableLength).toBeGreaterThan(1024 * 1024);
    client.socket.resume();
    await client.closed();
    const response = await client.response();
    const text = (coding === '' ? response.body : gunzipSync(response.body)).toString();
    expect(response.complete).toBe(true);
    expect(text).toBe(body.toString().replaceAll('http://inner', ''));
  });

  it('ends the connection to the server when the client leaves', async () => {
    for (const coding of ['', 'Content-Encoding: gzip\r\n']) {
      const server = await backend(() => undefined);
      const { connect } = await shop([server], {}, config);
      const client = await connect();
      client.send(get('/app/'));
      const { connection } = await server.request(0);
      connection.send(`HTTP/1.1 200 OK\r\n${HTML}${coding}Transfer-Encoding: chunked\r\n\r\n`);
      connection.send(chunk((coding === '' ? Buffer.from(PAGE) : gzipSync(PAGE)).toString('latin1')));
      await client.until(() => (client.bytes.length > 0 ? true : null));
      client.reset();
      await connection.closed();
    }
  });

  it('that ends in the middle of its gzip breaks off', async () => {
    const server = await backend(() => undefined);
    const { connect } = await shop([server], {}, config);
    const zipped = gzipSync(PAGE.repeat(20_000), { level: 0 });
    for (const framing of ['length', 'close'] as const) {
      const client = await connect();
      const number = server.requests.length;
      client.send(get('/app/'));
      const { connection } = await server.request(number);
      const length = framing === 'length' ? `Content-Length: ${zipped.length}\r\n` : '';
      connection.send(`HTTP/1.1 200 OK\r\n${HTML}Content-Encoding: gzip\r\n${length}\r\n`);
      connection.send(zipped.subarray(0, 200_000));
      await client.receives('Transfer-Encoding');
      connection.end();
      expect([framing, await client.closed()]).toEqual([framing, 'reset']);
    }
  });

  it('that is no gzip is 502 while nothing has gone out, and the server is to blame', async () => {
    const server = await backend(() => ok('no gzip at all', `${HTML}Content-Encoding: gzip\r\n`));
    const { connect, router } = await shop([server], {}, config);
    const response = await (await connect()).send(get('/app/')).response();
    expect([response.status, fieldOf(response, 'proxy-status')]).toEqual([
      502,
      expect.stringContaining('not whole gzip'),
    ]);
    expect(router.status().farms[0]!.servers[0]!.counters.currentRequests).toBe(0);
  });

  it('whose rule cannot be carried out is 500.52, naming the rule', async () => {
    const failing = { ...outboundRules.rules[0]!, action: { type: 'Rewrite', value: '{UrlDecode:{R:0}}' } };
    const server = await backend(() => ok('<a href="http://inner/%2541">', HTML));
    const { connect } = await shop([server], {}, { rules, outboundRules: { ...outboundRules, rules: [failing] } });
    const response = await (await connect()).send(get('/app/')).response();
    expect(response.status).toBe(500);
    expect(fieldOf(response, 'proxy-status')).toMatch(/500\.52 rule \\"links\\"/);
  });

  it('is the same for an HTTP/1.0 client, and ends with its connection', async () => {
    const server = await backend(() => ok(PAGE, HTML));
    const { connect } = await shop([server], {}, config);
    const response = await (await connect()).send('GET /app/ HTTP/1.0\r\nHost: a\r\n\r\n').response();
    expect([response.framing, response.body.toString('latin1')]).toEqual(['close', CHANGED]);
  });
});

describe('outbound rules of a site', () => {
  it('are inherited from the top, and taken out, added to or cleared at a location', async () => {
    const header = (name: string, value: string) => ({
      ...{ name, match: { serverVariable: `RESPONSE_X_${name}`, pattern: '^$' }, action: { type: 'Rewrite', value } },
    });
    const server = await backend(() => ok('x'));
    const sites = {
      main: {
        outboundRules: { rules: [header('Site', '1')] },
        locations: [
          { path: '/less', outboundRules: { remove: ['TOP'], rules: [header('Less', '1')] } },
          { path: '/less/none', outboundRules: { clear: true } },
        ],
      },
    };
    const { connect } = await shop([server], {}, { sites, outboundRules: { rules: [header('Top', '1')] } });
    const client = await connect();
    const found = async (path: string): Promise<string[]> => {
      const { fields } = await client.send(get(path)).response();
      return fields.map(([name]) => name.toLowerCase()).filter((name) => name.startsWith('x-'));
    };
    expect(await found('/')).toEqual(['x-top', 'x-site']);
    expect(await found('/LESS/a')).toEqual(['x-site', 'x-less']);
    expect(await found('/less/none/a')).toEqual([]);
  });
});
