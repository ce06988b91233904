import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FinishedRequest, farmOf, finishedRequest, REQUEST_ID } from '../../../test/kit/finished-request.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { JsonLineFormat } from './json-line.ts';
import { jsonString, jsonStringOfWire } from './json-text.ts';

function logged(ctx: RequestContext, requestHeaders: string[] = []): Record<string, unknown> {
  const line = new JsonLineFormat(requestHeaders).line(ctx, ctx.outcome!);
  expect(line).toMatch(/^[\x20-\x7e]+\n$/);
  return JSON.parse(line) as Record<string, unknown>;
}

function loggedRequest(request: FinishedRequest, requestHeaders: string[] = []): Record<string, unknown> {
  return logged(finishedRequest(request), requestHeaders);
}

describe('a JSON line of the access log', () => {
  it('has the fields of the contract in their order', () => {
    const head =
      'POST http://shop.example.com:8080/a%20b?q=1&x="y" HTTP/1.1\r\nHost: shop.example.com:8080\r\n' +
      'User-Agent: Test "quoted" \\ agent\r\nReferer: http://other.example/\r\nContent-Length: 0';
    const ctx = finishedRequest({
      head: head.replaceAll('"y"', 'y'),
      connection: { secure: true },
      client: '2001:db8::1',
    });
    ctx.farm = farmOf('shop', ['127.0.0.1:9001']);
    ctx.server = ctx.farm.servers[0]!;
    ctx.affinity = 'kept';
    ctx.attempts = [
      { server: ctx.server, reused: true, error: 'connectionAborted', status: 0, isTrial: false },
      { server: ctx.server, reused: false, error: null, status: 0, isTrial: false },
    ];
    const line = logged(ctx);
    expect(Object.entries(line)).toEqual([
      ['time', '2026-01-02T03:04:05.067Z'],
      ['id', REQUEST_ID],
      ['method', 'POST'],
      ['scheme', 'https'],
      ['host', 'shop.example.com:8080'],
      ['url', 'http://shop.example.com:8080/a%20b?q=1&x=y'],
      ['client', '2001:db8::1'],
      ['status', 200],
      ['subStatus', 0],
      ['farm', 'shop'],
      ['server', '127.0.0.1:9001'],
      ['bytesIn', 100],
      ['bytesOut', 2000],
      ['durationMs', 12.346],
      ['attempts', 2],
      ['affinity', 'kept'],
      ['userAgent', 'Test "quoted" \\ agent'],
      ['referer', 'http://other.example/'],
    ]);
  });

  it('has the URL that the rules made where one of them has logRewrittenUrl, and no farm where an origin served it', () => {
    const ctx = finishedRequest();
    ctx.outbound.target = '/made?by=rules';
    expect(logged(ctx).url).toBe('/a/b?q=1');
    ctx.outbound.logged = true;
    ctx.farm = { ...farmOf('b.example:81', ['b.example:81']), isOrigin: true };
    ctx.server = ctx.farm.servers[0]!;
    expect(logged(ctx)).toMatchObject({ url: '/made?by=rules', farm: null, server: 'b.example:81' });
  });

  it('has null where there is nothing: no farm, no server, no user agent, a client on a Unix socket', () => {
    expect(loggedRequest({ client: '' })).toMatchObject({
      farm: null,
      server: null,
      client: null,
      userAgent: null,
      referer: null,
      attempts: 0,
    });
  });

  it('names the rules that matched, and why the request failed', () => {
    const ctx = finishedRequest({
      outcome: { status: 502, subStatus: 4, error: 'noServer', reason: 'farm "shop": 2 unhealthy', upstreamStatus: 0 },
    });
    ctx.matchedRules = ['to "shop"', 'last'];
    expect(logged(ctx)).toMatchObject({
      status: 502,
      subStatus: 4,
      rules: ['to "shop"', 'last'],
      error: 'noServer',
      reason: 'farm "shop": 2 unhealthy',
    });
  });

  it('has the request headers that were asked for, as far as they came', () => {
    const head = 'GET / HTTP/1.1\r\nHost: a\r\nX-Tenant: one\r\nx-tenant: two\r\nX-Other: three';
    const line = loggedRequest({ head }, ['X-Tenant', 'X-Missing', 'X-Other']);
    expect(line.requestHeaders).toEqual({ 'x-tenant': 'one, two', 'x-other': 'three' });
  });

  it('redacts cookies and credentials, however they are asked for', () => {
    const head =
      'GET / HTTP/1.1\r\nHost: a\r\ncookie: session=topsecret\r\nAUTHORIZATION: Basic topsecret\r\n' +
      'Proxy-Authorization: Basic topsecret';
    const line = loggedRequest({ head }, ['COOKIE', 'Authorization', 'proxy-authorization']);
    expect(line.requestHeaders).toEqual({
      cookie: '[redacted]',
      authorization: '[redacted]',
      'proxy-authorization': '[redacted]',
    });
    expect(JSON.stringify(line)).not.toContain('topsecret');
  });

  it('reads header bytes as UTF-8, and keeps to ASCII', () => {
    const agent = Buffer.from('Ünïcode 🦊', 'utf8').toString('latin1');
    const line = loggedRequest({ head: `GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: ${agent}` });
    expect(line.userAgent).toBe('Ünïcode 🦊');
  });
});

describe('a JSON string', () => {
  it('reads back as the text it was made of, in ASCII, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const written = jsonString(text);
        expect(written).toMatch(/^[\x20-\x7e]*$/);
        expect(JSON.parse(written)).toBe(text);
      }),
    );
  });

  it('of wire bytes reads back as their UTF-8 text, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const written = jsonStringOfWire(Buffer.from(bytes).toString('latin1'));
        expect(written).toMatch(/^[\x20-\x7e]*$/);
        expect(JSON.parse(written)).toBe(Buffer.from(bytes).toString('utf8'));
      }),
    );
  });
});
