import { describe, expect, it } from 'vitest';
import { type Line, linesOf } from './lines.ts';
import type { ReplayRecord } from './record.ts';
import { RequestRecords } from './request-records.ts';

const FIELDS =
  'date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus';

function records(loggedHeaders: string[] = [], siteId: number | null = null): RequestRecords {
  const config = {
    loggedHeaders,
    isSecurePort: (port: number) => port === 443 || port === 8443,
    hostOfSite: (id: number) => (id === 2 ? 'two.example' : null),
  };
  return new RequestRecords(config, siteId);
}

/** The record of the last of `texts`, all read by one reader. */
function read(texts: readonly string[], reader = records()): ReplayRecord {
  const all = texts.map((text, at) => reader.read({ number: at + 1, text, cut: false }));
  return all.at(-1)!;
}

function w3c(line: string, fields = FIELDS, software = 'Microsoft Internet Information Services 10.0'): ReplayRecord {
  return read([`#Software: ${software}`, '#Version: 1.0', `#Fields: ${fields}`, line]);
}

it('a connection of a tcp listener in a log asks nothing', () => {
  expect(read(['{"time":"2026-01-01T00:00:00.000Z","id":"x","protocol":"tcp","listener":"front"}'])).toBeNull();
  expect(w3c('2026-01-01 00:00:00 ::1 TCP /front CONNECTION-END=client 443 - ::1 - - - -')).toBeNull();
});

describe('a request as a line of JSON', () => {
  it('needs its URL alone', () => {
    const { line, request, observed, expect: wanted } = read(['{"url":"http://a/b?c"}']);
    expect({ line, request, observed, wanted }).toEqual({
      line: 1,
      request: { url: 'http://a/b?c', method: 'GET', headers: [], client: '127.0.0.1' },
    });
  });

  it('takes headers as pairs, and as an object with lists for repeated ones', () => {
    const pairs = read(['{"url":"http://a/","headers":[["X-A","1"],["x-a","2"]]}']).request.headers;
    const object = read(['{"url":"http://a/","headers":{"X-A":["1","2"],"X-B":"3"}}']).request.headers;
    expect(pairs).toEqual([
      ['X-A', '1'],
      ['x-a', '2'],
    ]);
    expect(object).toEqual([
      ['X-A', '1'],
      ['X-A', '2'],
      ['X-B', '3'],
    ]);
  });

  it.each([
    ['{"url":"http://a/"', 'not JSON'],
    ['{"method":"GET"}', 'url is missing'],
    ['{"url":"/a"}', 'url is "/a", not an absolute http or https URL'],
    ['{"url":"http://a/","header":{}}', 'unknown key "header": there are url, method, headers'],
    ['{"url":"http://a/","method":"G T"}', 'method is "G T"'],
    ['{"url":"http://a/","headers":{"a":1}}', 'headers: each has a name and a text'],
    ['{"url":"http://a/","headers":"a"}', 'headers is neither an object nor a list'],
    ['{"url":"http://a/","client":"nobody"}', 'client is "nobody", not an IP address'],
    ['{"url":"http://a/","expect":"proxy"}', 'expect is not an object'],
    ['hello', 'neither JSON, nor a line of a W3C log behind its #Fields'],
  ])('is refused as %s, with the reason', (text, reason) => {
    expect(() => read([text])).toThrow(reason);
  });

  it('may have empty lines and comments around it', () => {
    for (const text of ['', '   ', '# a comment']) expect(read([text])).toBe(null);
  });
});

describe('a line of our access log', () => {
  const LINE = {
    ...{ time: '2026-01-02T03:04:05.067Z', id: 'x', method: 'POST', scheme: 'https', host: 'shop.example.com:8443' },
    ...{
      url: '/a?b=1',
      client: '192.0.2.7',
      status: 200,
      subStatus: 0,
      farm: 'shop',
      userAgent: 'curl',
      referer: null,
    },
  };

  it('gives the request that was served', () => {
    expect(read([JSON.stringify(LINE)]).request).toEqual({
      url: 'https://shop.example.com:8443/a?b=1',
      method: 'POST',
      headers: [['user-agent', 'curl']],
      client: '192.0.2.7',
    });
  });

  it('has the path of a target that named the host too', () => {
    const line = { ...LINE, url: 'https://shop.example.com:8443?x' };
    expect(read([JSON.stringify(line)]).request.url).toBe('https://shop.example.com:8443/?x');
  });

  it('tells the headers that were logged, and which were not', () => {
    const { request, lacks } = read([
      JSON.stringify({ ...LINE, requestHeaders: { 'x-tenant': 'one', cookie: '[redacted]' } }),
    ]);
    expect(request.headers).toContainEqual(['x-tenant', 'one']);
    expect(request.headers.map(([name]) => name)).not.toContain('cookie');
    const asked = ['HTTP_HOST', 'HTTP_USER_AGENT', 'HTTP_X_TENANT', 'HTTP_COOKIE', 'HTTP_X_OTHER', 'REMOTE_ADDR'];
    expect(asked.map(lacks)).toEqual([null, null, null, 'header cookie', 'header x-other', null]);
  });

  it('lacks no header that the configuration logs', () => {
    expect(read([JSON.stringify(LINE)], records(['x-other'])).lacks('HTTP_X_OTHER')).toBe(null);
  });

  it('is refused when its target is no path', () => {
    expect(() => read([JSON.stringify({ ...LINE, url: '*' })])).toThrow('"*" is no path: there is nothing to explain');
  });
});

describe('a line of a W3C log', () => {
  const LINE = '2026-01-01 00:00:00 10.0.0.5 GET /a x=1 80 - 192.0.2.1 Mozilla/5.0+(X11;+Linux) http://r/?a+b 404 3';

  it('is read by its #Fields', () => {
    const { request, observed } = w3c(LINE);
    expect(request).toEqual({
      url: 'http://10.0.0.5/a?x=1',
      method: 'GET',
      headers: [
        ['User-Agent', 'Mozilla/5.0 (X11; Linux)'],
        ['Referer', 'http://r/?a+b'],
      ],
      client: '192.0.2.1',
    });
    expect(observed).toEqual({ status: 404, subStatus: 3, routed: null, tellsRouted: false });
  });

  it('is read by new #Fields from where they change', () => {
    const { request } = read([`#Fields: ${FIELDS}`, LINE, '#Fields: cs-uri-stem cs-host s-port', '/x www.a 8443']);
    expect(request).toMatchObject({ url: 'https://www.a:8443/x', headers: [['Host', 'www.a']] });
  });

  it('takes the scheme from the port, and the port from the line, not from Host', () => {
    const fields = 's-port cs-host cs-uri-stem';
    expect(w3c('443 www.a /', fields).request.url).toBe('https://www.a/');
    expect(w3c('8080 www.a:9999 /', fields).request).toMatchObject({
      url: 'http://www.a:8080/',
      headers: [['Host', 'www.a:9999']],
    });
    expect(w3c('80 - /', `${fields}`).request).toMatchObject({ url: 'http://127.0.0.1/', headers: [] });
    expect(w3c('80 ::1 /', 's-port s-ip cs-uri-stem').request.url).toBe('http://[::1]/');
  });

  it('had a path with spaces and letters, which IIS logs decoded', () => {
    expect(w3c('/a+b/ü%/x%20y', 'cs-uri-stem').request.url).toBe('http://127.0.0.1/a%20b/%C3%BC%25/x%20y');
    expect(w3c('/a+b/%C3%BC', 'cs-uri-stem', 'Narrows 1.0').request.url).toBe('http://127.0.0.1/a+b/%C3%BC');
  });

  it.each([
    ['-', '', null],
    ['a=1', '?a=1', null],
    ['a=1&X-ARR-LOG-ID=77', '?a=1', null],
    ['X-ARR-CACHE-HIT=0&SERVER-ROUTED=web1:80&X-ARR-LOG-ID=77&SERVER-STATUS=200', '', 'web1:80'],
    ['a=1&b=2&X-ARR-CACHE-HIT=0&SERVER-ROUTED=web1&X-ARR-LOG-ID=77', '?a=1&b=2', 'web1'],
    ['-&X-ARR-CACHE-HIT=0&X-ARR-LOG-ID=77', '', ''],
    ['SERVER-ROUTED=mine&a=1', '?SERVER-ROUTED=mine&a=1', null],
  ])('with query %s is asked with %j and was routed to %j', (field, query, routed) => {
    const { request, observed } = w3c(`/ ${field} 200`, 'cs-uri-stem cs-uri-query sc-status');
    expect([request.url, observed!.routed]).toEqual([`http://127.0.0.1/${query}`, routed]);
  });

  it('has the cookies that were logged, and those that were hidden are not known', () => {
    const fields = 'cs-uri-stem cs(Cookie) cs(X-Tenant)';
    const shown = w3c('/ a=1;+b=x+y -', fields);
    const hidden = w3c('/ [redacted] t', fields);
    expect(shown.request.headers).toEqual([['Cookie', 'a=1; b=x+y']]);
    expect([shown.lacks('HTTP_COOKIE'), shown.lacks('HTTP_X_TENANT')]).toEqual([null, null]);
    expect([hidden.request.headers, hidden.lacks('HTTP_COOKIE')]).toEqual([[['X-Tenant', 't']], 'header cookie']);
  });

  it('has a host of its site where it tells no host, but the site', () => {
    const asked = w3c('W3SVC2 8080 /', 's-sitename s-port cs-uri-stem');
    expect(asked.request).toMatchObject({ url: 'http://two.example:8080/', headers: [['Host', 'two.example']] });
    expect([asked.tellsSite, asked.lacks('HTTP_HOST')]).toEqual([true, 'header host']);
    expect(w3c('W3SVC3 8080 /', 's-sitename s-port cs-uri-stem')).toMatchObject({ tellsSite: false });
    const ofTwo = read(['#Fields: cs-uri-stem', '/'], records([], 2));
    expect([ofTwo.tellsSite, ofTwo.request.url]).toEqual([true, 'http://two.example/']);
  });

  it('lacks what has no column', () => {
    const { lacks } = w3c('/', 'cs-uri-stem');
    const asked = [
      'HTTP_HOST',
      'SERVER_NAME',
      'REMOTE_ADDR',
      'HTTPS',
      'CONTENT_TYPE',
      'URL',
      'CERT_SUBJECT',
      'ALL_HTTP',
    ];
    expect(asked.map(lacks)).toEqual([
      ...['header host', 'header host', '{REMOTE_ADDR} (field c-ip)', '{HTTPS} (field s-port)', 'header content-type'],
      ...[null, '{CERT_SUBJECT}', '{ALL_HTTP}'],
    ]);
  });

  it.each([
    ['/a', 'cs-uri-stem sc-status', '1 field where #Fields names 2'],
    ['200', 'sc-status', 'there is no cs-uri-stem'],
    ['*', 'cs-uri-stem', '"*" is no path'],
  ])('%s under %s is refused', (line, fields, reason) => {
    expect(() => w3c(line, fields)).toThrow(reason);
  });
});

describe('the lines of a file', () => {
  const lines = async (...chunks: (string | Uint8Array)[]) => {
    async function* bytes(): AsyncGenerator<Uint8Array> {
      for (const chunk of chunks) yield Buffer.from(chunk as string);
    }
    const all: Line[] = [];
    for await (const line of linesOf(bytes())) all.push(line);
    return all;
  };

  it('are the same however the file is split, with a mark at its start or a last line without end', async () => {
    const expected = [
      { number: 1, text: 'eins', cut: false },
      { number: 2, text: '', cut: false },
      { number: 3, text: 'zwölf', cut: false },
    ];
    const whole = Buffer.from('\ufeffeins\r\n\nzwölf');
    expect(await lines(whole)).toEqual(expected);
    expect(await lines(...Array.from(whole, (byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it('are latin1 where they are no UTF-8', async () => {
    expect((await lines(Uint8Array.of(0x66, 0xfc, 0x72, 0x0a)))[0]!.text).toBe('für');
  });

  it('are cut, not gathered, when they have no end', async () => {
    const piece = Buffer.alloc(600_000, 0x61);
    const told = await lines(piece, piece, piece, piece, '\nnext\n');
    expect(told.map(({ number, cut }) => [number, cut])).toEqual([
      [1, true],
      [2, false],
    ]);
    expect(told[0]!.text.length).toBeLessThan(1_300_000);
    expect(() => records().read(told[0]!)).toThrow('longer than a request can be');
  });
});
