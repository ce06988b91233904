import { describe, expect, it } from 'vitest';
import { type FinishedRequest, farmOf, finishedRequest, REQUEST_ID } from '../../../test/kit/finished-request.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { IIS_DEFAULT_FIELDS } from './w3c-fields.ts';
import { W3cLineFormat, w3cFieldNames, w3cPreamble } from './w3c-line.ts';

/** Writes a log of one line and reads it back by its #Fields directive, as log tools do. */
function logged(
  ctx: RequestContext,
  config: { fields?: string[]; requestHeaders?: string[] } = {},
): Record<string, string> {
  const fields = w3cFieldNames({ fields: config.fields ?? null, requestHeaders: config.requestHeaders ?? [] });
  const file = w3cPreamble(fields, '1.2.3', 0) + new W3cLineFormat(fields).line(ctx, ctx.outcome!);
  const lines = file.split('\n');
  const names = lines
    .find((line) => line.startsWith('#Fields: '))!
    .slice('#Fields: '.length)
    .split(' ');
  const entries = lines.filter((line) => line !== '' && !line.startsWith('#'));
  expect(entries.length).toBe(1);
  expect(entries[0]).toMatch(/^[\x20-\x7e]+$/);
  const values = entries[0]!.split(' ');
  expect(values.length).toBe(names.length);
  return Object.fromEntries(names.map((name, at) => [name, values[at]!]));
}

function loggedRequest(request: FinishedRequest): Record<string, string> {
  return logged(finishedRequest(request));
}

describe('a W3C line of the access log', () => {
  it('has the fields that IIS logs by default, in its order', () => {
    const ctx = finishedRequest({
      head: 'GET /a%20b/c?q=1 HTTP/1.1\r\nHost: h\r\nUser-Agent: Mozilla/5.0 (X11; Linux)\r\nReferer: http://r/ x',
    });
    ctx.farm = farmOf('shop', ['127.0.0.1:9001']);
    ctx.server = ctx.farm.servers[0]!;
    expect(Object.entries(logged(ctx))).toEqual([
      ['date', '2026-01-02'],
      ['time', '03:04:05'],
      ['s-ip', '192.0.2.1'],
      ['cs-method', 'GET'],
      ['cs-uri-stem', '/a%20b/c'],
      [
        'cs-uri-query',
        `q=1&X-ARR-CACHE-HIT=0&SERVER-ROUTED=127.0.0.1:9001&X-ARR-LOG-ID=${REQUEST_ID}&SERVER-STATUS=200`,
      ],
      ['s-port', '8080'],
      ['cs-username', '-'],
      ['c-ip', '192.0.2.7'],
      ['cs(User-Agent)', 'Mozilla/5.0+(X11;+Linux)'],
      ['cs(Referer)', 'http://r/+x'],
      ['sc-status', '200'],
      ['sc-substatus', '0'],
      ['sc-win32-status', '0'],
      ['time-taken', '12'],
    ]);
  });

  it('has the win32 code that ARR logs for the error', () => {
    const outcome = { status: 502, subStatus: 3, error: 'connectFailed', upstreamStatus: 0 } as const;
    expect(loggedRequest({ outcome })).toMatchObject({
      'sc-status': '502',
      'sc-substatus': '3',
      'sc-win32-status': '12029',
    });
  });

  it('gives a request that went to no farm its id alone', () => {
    const outcome = { upstreamStatus: 0 };
    expect(loggedRequest({ head: 'GET /a HTTP/1.1\r\nHost: h', outcome })['cs-uri-query']).toBe(
      `X-ARR-LOG-ID=${REQUEST_ID}`,
    );
    expect(loggedRequest({ head: 'GET /a? HTTP/1.1\r\nHost: h', outcome })['cs-uri-query']).toBe(
      `X-ARR-LOG-ID=${REQUEST_ID}`,
    );
  });

  it('has a dash for what is empty', () => {
    expect(loggedRequest({ client: '' })).toMatchObject({ 'c-ip': '-', 'cs(User-Agent)': '-', 'cs(Referer)': '-' });
  });

  it('keeps bytes beyond ASCII and tabs from breaking its fields', () => {
    const line = loggedRequest({ head: 'GET / HTTP/1.1\r\nHost: h\r\nUser-Agent: a\tb \xe9\x85' });
    expect(line['cs(User-Agent)']).toBe('a+b+%E9%85');
  });

  it('takes the fields that were written, and headers by name', () => {
    const ctx = finishedRequest({ head: 'GET /x HTTP/1.1\r\nHost: h:1\r\nX-Tenant: t 1' });
    const config = {
      fields: ['cs-host', 'cs-version', 'sc-bytes', 'cs-bytes'],
      requestHeaders: ['X-Tenant', 'X-None'],
    };
    expect(Object.entries(logged(ctx, config))).toEqual([
      ['cs-host', 'h:1'],
      ['cs-version', 'HTTP/1.1'],
      ['sc-bytes', '2000'],
      ['cs-bytes', '100'],
      ['cs(X-Tenant)', 't+1'],
      ['cs(X-None)', '-'],
    ]);
  });

  it('redacts cookies and credentials', () => {
    const ctx = finishedRequest({ head: 'GET /x HTTP/1.1\r\nHost: h\r\nCookie: topsecret' });
    const line = logged(ctx, { fields: ['cs(Cookie)', 'cs(Authorization)'], requestHeaders: ['cookie'] });
    expect(line).toEqual({ 'cs(Cookie)': '[redacted]', 'cs(Authorization)': '-', 'cs(cookie)': '[redacted]' });
  });

  it('refuses a field that it does not know', () => {
    expect(() => new W3cLineFormat(['date', 'toString'])).toThrow('unknown W3C log field toString');
  });
});

it('a W3C log begins with its directives', () => {
  expect(w3cPreamble(IIS_DEFAULT_FIELDS, '1.2.3', Date.UTC(2026, 0, 2, 3, 4, 5))).toBe(
    '#Software: Narrows 1.2.3\n#Version: 1.0\n#Date: 2026-01-02 03:04:05\n' +
      '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) ' +
      'sc-status sc-substatus sc-win32-status time-taken\n',
  );
});
