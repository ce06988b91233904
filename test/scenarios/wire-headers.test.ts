// Header fields between client and server: what is kept, dropped, added and replaced (arr.md 4, CONTRACT 3).
import { describe, expect, it } from 'vitest';
import { type Backend, backend, ok, type ReceivedRequest } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { fieldOf, type Response } from '../kit/message.ts';
import { shop } from '../kit/router.ts';

interface Asked {
  fields?: string;
  farm?: Record<string, unknown>;
  rest?: Record<string, unknown>;
  answer?: string;
}

/** Sends one GET and gives what the server got and what the client got. */
async function ask(asked: Asked = {}): Promise<{ request: ReceivedRequest; response: Response; server: Backend }> {
  const server = await backend(() => asked.answer ?? ok());
  const { connect } = await shop([server], asked.farm, asked.rest);
  const client = await connect();
  client.send(get('/path?q=1', asked.fields));
  const response = await client.response();
  return { request: server.requests[0]!, response, server };
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('request fields', () => {
  it('keep their spelling, order and repetitions, the target its bytes', async () => {
    const { request } = await ask({ fields: 'x-ONE: 1\r\nAccept:   a\r\nX-Two: caf\xe9\r\nx-one: 2\r\n' });
    expect(request.startLine).toBe('GET /path?q=1 HTTP/1.1');
    expect(request.fields.slice(0, 5)).toEqual([
      ['Host', 'shop.example'],
      ['x-ONE', '1'],
      ['Accept', 'a'],
      ['X-Two', 'caf\xe9'],
      ['x-one', '2'],
    ]);
  });

  it('of this connection alone stay here', async () => {
    const { request } = await ask({
      fields:
        'Connection: keep-alive, X-Hop, Upgrade\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nProxy-Connection: keep-alive\r\nTE: gzip\r\nUpgrade: h2c\r\nTrailer: X\r\nProxy-Authorization: Basic x\r\n',
    });
    const names = request.fields.map(([name]) => name.toLowerCase());
    for (const gone of [
      'connection',
      'x-hop',
      'keep-alive',
      'proxy-connection',
      'te',
      'upgrade',
      'trailer',
      'proxy-authorization',
    ])
      expect(names).not.toContain(gone);
  });

  it('tell the server who asked: X-Forwarded-*, X-ARR-LOG-ID, Max-Forwards', async () => {
    const { request } = await ask();
    expect(fieldOf(request, 'x-forwarded-for')).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(fieldOf(request, 'x-forwarded-proto')).toBe('http');
    expect(fieldOf(request, 'x-forwarded-host')).toBe('shop.example');
    expect(fieldOf(request, 'x-arr-log-id')).toMatch(GUID);
    expect(fieldOf(request, 'max-forwards')).toBe('10');
    expect(fieldOf(request, 'x-original-url')).toBeUndefined();
    expect(fieldOf(request, 'x-arr-ssl')).toBeUndefined();
  });

  const CLAIMS =
    'X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: other\r\nX-ARR-SSL: 1\r\nX-ARR-ClientCert: c\r\nX-ARR-LOG-ID: 1\r\nX-Original-URL: /admin\r\n';

  it('that claim to come from a proxy are replaced when the peer is not trusted', async () => {
    const { request } = await ask({ fields: CLAIMS });
    expect(fieldOf(request, 'x-forwarded-for')).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(fieldOf(request, 'x-forwarded-proto')).toBe('http');
    expect(fieldOf(request, 'x-forwarded-host')).toBe('shop.example');
    expect(fieldOf(request, 'x-arr-log-id')).toMatch(GUID);
    for (const name of ['x-arr-ssl', 'x-arr-clientcert', 'x-original-url'])
      expect(fieldOf(request, name)).toBeUndefined();
  });

  it('of a trusted peer are believed, and the peer is added to them', async () => {
    const { request } = await ask({ fields: CLAIMS, rest: { trustedProxies: ['127.0.0.0/8'] } });
    expect(fieldOf(request, 'x-forwarded-for')).toMatch(/^203\.0\.113\.9, 127\.0\.0\.1:\d+$/);
    expect(fieldOf(request, 'x-forwarded-proto')).toBe('https');
    expect(fieldOf(request, 'x-forwarded-host')).toBe('other');
    expect(fieldOf(request, 'x-arr-ssl')).toBeUndefined();
  });

  it('follow the names and wishes of protocol', async () => {
    const { request } = await ask({
      fields: 'X-Client: evil\r\nX-Request: evil\r\n',
      farm: {
        protocol: {
          xForwardedForHeaderName: 'X-Client',
          includePortInXForwardedFor: false,
          logGuidName: 'X-Request',
          xForwardedByHeader: 'narrows-1',
          maxForwards: 3,
        },
      },
    });
    expect(fieldOf(request, 'x-client')).toBe('127.0.0.1');
    expect(fieldOf(request, 'x-forwarded-for')).toBeUndefined();
    expect(fieldOf(request, 'x-request')).toMatch(GUID);
    expect(fieldOf(request, 'x-forwarded-by')).toBe('narrows-1');
    expect(fieldOf(request, 'max-forwards')).toBe('3');
  });

  it('show no router in stealth mode', async () => {
    const { request } = await ask({ farm: { protocol: { stealthMode: true, xForwardedByHeader: 'narrows-1' } } });
    const names = request.fields.map(([name]) => name.toLowerCase());
    for (const gone of ['x-arr-log-id', 'max-forwards', 'x-forwarded-by', 'x-original-url'])
      expect(names).not.toContain(gone);
  });

  it('count Max-Forwards down, and at 0 the request went round too often', async () => {
    const { request } = await ask({ fields: 'Max-Forwards: 4\r\n' });
    expect(fieldOf(request, 'max-forwards')).toBe('3');
    const server = await backend();
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(get('/', 'Max-Forwards: 0\r\n'));
    const response = await client.response();
    expect(response.status).toBe(502);
    expect(fieldOf(response, 'proxy-status')).toMatch(/proxy_loop_detected; details="502\.6 /);
    expect(server.connections).toHaveLength(0);
  });

  it('with an underscore are dropped, passed or refused, as limits.underscoreHeaders says', async () => {
    const fields = 'X_Tenant: evil\r\n';
    expect(fieldOf((await ask({ fields })).request, 'x_tenant')).toBeUndefined();
    const passed = await ask({ fields, rest: { limits: { underscoreHeaders: 'pass' } } });
    expect(fieldOf(passed.request, 'x_tenant')).toBe('evil');
    const refused = await ask({ fields, rest: { limits: { underscoreHeaders: 'refuse' } } });
    expect([refused.response.status, refused.server.requests.length]).toEqual([400, 0]);
  });

  it('name the host as the rules of arr.md 5.2 say', async () => {
    const host = async (protocol: Record<string, unknown>) => {
      const { request, server } = await ask({ farm: { protocol } });
      return fieldOf(request, 'host') === server.address ? 'the address' : fieldOf(request, 'host');
    };
    expect(await host({})).toBe('shop.example');
    expect(await host({ preserveHostHeader: false })).toBe('the address');
    expect(await host({ alternateHostName: 'inner.example' })).toBe('inner.example');
    const server = await backend();
    const farm = {
      servers: [{ address: server.address, hostName: 'member.example' }],
      protocol: { preserveHostHeader: false },
    };
    const { connect } = await shop([], farm);
    const client = await connect();
    client.send(get());
    await client.response();
    expect(fieldOf(server.requests[0]!, 'host')).toBe('member.example');
  });

  it('of an absolute target become those of a plain one', async () => {
    const server = await backend();
    const { connect } = await shop([server]);
    const client = await connect();
    client.send('GET http://Shop.example:80/a?b HTTP/1.1\r\nHost: shop.example\r\n\r\n');
    await client.response();
    expect(server.requests[0]!.startLine).toBe('GET /a?b HTTP/1.1');
    expect(fieldOf(server.requests[0]!, 'host')).toMatch(/^shop\.example(:80)?$/i);
  });

  it('say Connection: close where protocol.keepAlive is false, and then each request has its own connection', async () => {
    const server = await backend();
    const { connect } = await shop([server], { protocol: { keepAlive: false } });
    const client = await connect();
    for (let i = 0; i < 2; i++) {
      client.send(get());
      await client.response();
    }
    expect(server.connections).toHaveLength(2);
    expect(fieldOf(server.requests[0]!, 'connection')).toBe('close');
  });
});

describe('response fields', () => {
  const head = (fields: string) => `HTTP/1.1 200 Fine\r\n${fields}Content-Length: 0\r\n\r\n`;

  it('keep their spelling, order and repetitions, the status line its reason', async () => {
    const { response } = await ask({
      answer: head('x-ONE: 1\r\nSet-Cookie: a=1\r\nX-Two: 2\r\nSet-Cookie: b=2\r\nDate: yesterday\r\n'),
    });
    expect(response.startLine).toBe('HTTP/1.1 200 Fine');
    expect(response.fields.filter(([name]) => name !== 'Server')).toEqual([
      ['x-ONE', '1'],
      ['Set-Cookie', 'a=1'],
      ['X-Two', '2'],
      ['Set-Cookie', 'b=2'],
      ['Date', 'yesterday'],
      ['Content-Length', '0'],
    ]);
  });

  it('of the server connection alone stay here', async () => {
    const { response } = await ask({
      answer: head(
        'Connection: X-Hop, Upgrade\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nUpgrade: h2c\r\nProxy-Connection: close\r\nArr-Disable-Session-Affinity: true\r\n',
      ),
    });
    expect(response.fields.map(([name]) => name)).toEqual(['Content-Length', 'Server', 'Date']);
  });

  it('have a Date made where the server sent none', async () => {
    const { response } = await ask({ answer: head('') });
    expect(Date.parse(fieldOf(response, 'date')!)).toBeGreaterThan(Date.UTC(2020, 0));
  });

  it.each([
    ['Replace', 'Narrows'],
    ['Remove', undefined],
    ['PassThrough', 'inner/1.0'],
  ])('name the server as passServerHeader %s says', async (passServerHeader, shown) => {
    const { response } = await ask({ answer: head('Server: inner/1.0\r\n'), farm: { passServerHeader } });
    expect(fieldOf(response, 'server')).toBe(shown);
  });

  it('say X-Powered-By: ARR/3.0 only where asked to', async () => {
    expect(fieldOf((await ask()).response, 'x-powered-by')).toBeUndefined();
    const asked = await ask({ farm: { protocol: { arrResponseHeader: true } } });
    expect(fieldOf(asked.response, 'x-powered-by')).toBe('ARR/3.0');
  });
});

describe('reverse rewrite', () => {
  /** What becomes of these fields of a server, whose address stands for SELF. */
  async function rewritten(fields: string, farm: Record<string, unknown>, rest: Record<string, unknown> = {}) {
    const server: Backend = await backend(
      () => `HTTP/1.1 302 Found\r\n${fields.replaceAll('SELF', server.address)}Content-Length: 0\r\n\r\n`,
    );
    const { connect } = await shop([server], farm, rest);
    const client = await connect();
    client.send(get());
    const response = await client.response();
    return response.fields
      .filter(([name]) => !['Server', 'Date', 'Content-Length'].includes(name))
      .map(([, value]) => value.replaceAll(server.address, 'SELF'));
  }
  const on = { protocol: { reverseRewriteHostInResponseHeaders: true } };
  const location = (url: string) => `Location: ${url}\r\n`;

  it('is off for farms unless written', async () => {
    expect(await rewritten(location('http://SELF/a'), {})).toEqual(['http://SELF/a']);
  });

  it("turns the server's and the farm's own host into the one that was asked for", async () => {
    expect(await rewritten(location('http://SELF/a?b#c'), on)).toEqual(['http://shop.example/a?b#c']);
    expect(await rewritten(location('https://shop/a'), on)).toEqual(['http://shop.example/a']);
    expect(await rewritten('Content-Location: http://SELF/a\r\n', on)).toEqual(['http://shop.example/a']);
  });

  it('leaves third parties and relative addresses alone, third parties unless compatibility asks for it', async () => {
    expect(await rewritten(location('https://login.example/a'), on)).toEqual(['https://login.example/a']);
    expect(await rewritten(location('/a'), on)).toEqual(['/a']);
    const compatible = await rewritten(location('https://login.example/a'), on, { compatibility: ['reverseRewrite'] });
    expect(compatible).toEqual(['http://shop.example/a']);
  });

  it('turns the domain of cookies likewise, and keeps their other attributes and number', async () => {
    const cookies =
      'Set-Cookie: a=1; Domain=127.0.0.1; Path=/\r\nSet-Cookie: b=2; domain=.shop; Secure\r\nSet-Cookie: c=3; Domain=other.example\r\n';
    expect(await rewritten(cookies, on)).toEqual([
      'a=1; Domain=shop.example; Path=/',
      'b=2; domain=.shop.example; Secure',
      'c=3; Domain=other.example',
    ]);
  });
});
