// What the levels of a site say beside their rules, on real sockets: filters, redirects, headers, pages for errors.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backend } from '../kit/backend.ts';
import { fieldOf } from '../kit/message.ts';
import { folder, site } from '../kit/site.ts';

const JSON_PLEASE = 'Accept: application/json\r\n';

/** `404.8` and the like of an answer. */
async function codeOf(asked: ReturnType<Awaited<ReturnType<typeof site>>['ask']>): Promise<string> {
  const response = await asked;
  return /details="(\d+(?:\.\d+)?)/.exec(fieldOf(response, 'proxy-status') ?? '')?.[1] ?? `${response.status}`;
}

describe('request filtering', () => {
  const files = {
    ...{
      'web.config': '<configuration/>',
      'bin/x.txt': 'x',
      'App_Data/users.xml': '<x/>',
      'code.cs': 'x',
      'a.txt': 'a',
    },
    ...{ 'cabinet/x.txt': 'x', 'ä.txt': 'x', 'sub/b.txt': 'b', 'sub/secret/c.txt': 'c' },
  };

  it('hides what IIS hides, and denies the extensions that IIS denies', async () => {
    const { ask } = await site(files);
    const codes = [
      '/web.config',
      '/WEB.CONFIG',
      '/bin/x.txt',
      '/App_Data/users.xml',
      '/code.cs',
      '/app_data/',
      '/none.config',
      '/cabinet/x.txt',
    ];
    expect(await Promise.all(codes.map((path) => codeOf(ask(path))))).toEqual([
      ...['404.8', '404.8', '404.8', '404.8', '404.7', '404.8', '404.7', '200'],
    ]);
  });

  it.each([
    [{ hiddenSegments: ['a.txt'] }, '/A.TXT', '404.8'],
    [{ hiddenSegments: { remove: ['bin'] } }, '/bin/x.txt', '200'],
    [{ hiddenSegments: { clear: true } }, '/App_Data/users.xml', '200'],
    [{ fileExtensions: { denied: ['.txt'] } }, '/a.txt?x=1', '404.7'],
    [{ fileExtensions: { denied: ['.txt'] } }, '/a.txt.', '404.7'],
    [{ fileExtensions: { allowUnlisted: false, allowed: ['.xml'] } }, '/a.txt', '404.7'],
    [{ fileExtensions: { allowUnlisted: false, allowed: ['.txt'] } }, '/a.txt', '200'],
    [{ verbs: { denied: ['get'] } }, '/a.txt', '404.6'],
    [{ verbs: { allowUnlisted: false, allowed: ['POST'] } }, '/a.txt', '404.6'],
    [{ verbs: { allowUnlisted: false, allowed: ['GET'] } }, '/a.txt', '200'],
    [{ denyUrlSequences: ['sub/'] }, '/SUB/b.txt', '404.5'],
    [{ denyUrlSequences: ['%62'] }, '/sub/%62.txt', '404.5'],
    [{ denyUrlSequences: ['sub/'], alwaysAllowedUrls: ['/sub/b.txt'] }, '/sub/b.txt', '200'],
    [{ denyQueryStringSequences: ['<script'] }, '/a.txt?q=%3CScript%3E', '404.18'],
    [{ denyQueryStringSequences: ['<script'] }, '/a.txt?q=script', '200'],
    [{ allowHighBitCharacters: false }, '/%C3%A4.txt', '404.12'],
    [{ requestLimits: { maxUrl: 5 } }, '/a.txt', '404.14'],
    [{ requestLimits: { maxQueryString: 3 } }, '/a.txt?1234', '404.15'],
    [{ requestLimits: { maxQueryString: 4 } }, '/a.txt?1234', '200'],
    [{ requestLimits: { headerLimits: { 'X-Long': 3 } } }, '/a.txt', '404.10'],
    [{ requestLimits: { maxAllowedContentLength: 3 } }, '/a.txt', '404.13'],
    [{}, '/a%252e.txt', '404.11'],
  ])('with %j answers %s with %s', async (requestFiltering, path, code) => {
    const { ask } = await site(files, { requestFiltering });
    const fields = 'X-Long: 1234\r\n';
    const length = code === '404.13' ? 'Content-Length: 4\r\n' : '';
    expect(await codeOf(ask(path, fields + length))).toBe(code);
  });

  it('stops a body without a length at the limit, on its way to a server too', async () => {
    const server = await backend(() => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    const rules = [{ name: 'app', match: { url: '^app' }, action: { type: 'Rewrite', url: 'http://shop/' } }];
    const requestFiltering = { requestLimits: { maxAllowedContentLength: 5 } };
    const rest = { farms: { shop: { servers: [server.address] } } };
    const { ask } = await site(files, { rules, requestFiltering }, rest);
    const upload = (body: string) => ask('/app', `Transfer-Encoding: chunked\r\n\r\n${body}`, 'POST');
    expect(await codeOf(upload('5\r\n12345\r\n0\r\n'))).toBe('200');
    expect(await codeOf(upload('6\r\n123456\r\n0\r\n'))).toBe('404.13');
  });

  it('allows double escaping where a level says so, and nowhere else', async () => {
    const locations = [{ path: '/sub', requestFiltering: { allowDoubleEscaping: true } }];
    const { ask } = await site({ ...files, 'sub/a%2e.txt': 'x' }, { locations });
    expect(await codeOf(ask('/sub/a%252e.txt'))).toBe('200');
    expect(await codeOf(ask('/a%252e.txt'))).toBe('404.11');
  });

  it('of a folder adds to that of the site', async () => {
    const locations = [{ path: '/sub', requestFiltering: { hiddenSegments: ['secret'] } }];
    const { ask } = await site(files, { requestFiltering: { fileExtensions: { denied: ['.xyz'] } }, locations });
    expect(await codeOf(ask('/sub/secret/c.txt'))).toBe('404.8');
    expect(await codeOf(ask('/sub/b.xyz'))).toBe('404.7');
    expect(await codeOf(ask('/sub/bin/'))).toBe('404.8');
  });

  it('looks at the URL as it came, and keeps a rule from leading to what is hidden', async () => {
    const rules = [
      { name: 'in', match: { url: '^open/(.*)' }, action: { type: 'Rewrite', url: 'App_Data/{R:1}' } },
      { name: 'away', match: { url: '^bin/(.*)' }, action: { type: 'Rewrite', url: 'cabinet/{R:1}' } },
    ];
    const { ask } = await site(files, { rules });
    expect(await codeOf(ask('/open/users.xml'))).toBe('404.8');
    expect(await codeOf(ask('/bin/x.txt'))).toBe('404.8');
  });

  it('holds for what the global rules sent to a farm too, as in IIS, and not for what belongs to no site', async () => {
    const server = await backend(() => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    const rules = [
      { name: 'farm', match: { url: '^(bin|x)/.*' }, action: { type: 'Rewrite', url: 'http://shop/{R:0}' } },
    ];
    const farms = { shop: { servers: [server.address] } };
    const within = await site(files, {}, { rules, farms });
    expect(await codeOf(within.ask('/bin/x.cs'))).toBe('404.8');
    expect(await codeOf(within.ask('/x/ok'))).toBe('200');
    const closed = await site(files, { ipSecurity: { allowUnlisted: false } }, { rules, farms });
    expect(await codeOf(closed.ask('/x/ok'))).toBe('403.6');
    expect(server.requests).toHaveLength(1);
    const outside = await site(files, { bindings: ['https/*:44399:other.example'] }, { rules, farms });
    expect(await codeOf(outside.ask('/bin/x.cs'))).toBe('200');
    const written = { rules, farms, requestFiltering: { verbs: { denied: ['GET'] } } };
    const both = await site(files, { bindings: ['https/*:44399:other.example'] }, written);
    expect(await codeOf(both.ask('/bin/x.cs'))).toBe('404.6');
  });
});

describe('ipSecurity', () => {
  it.each([
    [{ list: [{ ipAddress: '127.0.0.1' }] }, '403.6'],
    [{ list: [{ ipAddress: '127.0.0.0', subnetMask: '255.0.0.0' }], denyAction: 'Unauthorized' }, '401'],
    [{ list: [{ ipAddress: '127.0.0.0/8' }], denyAction: 'NotFound' }, '404'],
    [{ list: [{ ipAddress: '10.0.0.0', subnetMask: '255.0.0.0' }] }, '200'],
    [{ allowUnlisted: false }, '403.6'],
    [{ allowUnlisted: false, list: [{ ipAddress: '127.0.0.1', allowed: true }] }, '200'],
    [
      { allowUnlisted: false, list: [{ ipAddress: '127.0.0.0/8' }, { ipAddress: '127.0.0.1', allowed: true }] },
      '403.6',
    ],
  ])('%j answers with %s', async (ipSecurity, code) => {
    const { ask } = await site({ 'a.txt': 'a' }, { ipSecurity });
    expect(await codeOf(ask('/a.txt'))).toBe(code);
  });

  it('drops the connection where denyAction says so', async () => {
    const { connect } = await site(
      { 'a.txt': 'a' },
      { ipSecurity: { allowUnlisted: false, denyAction: 'AbortRequest' } },
    );
    const client = (await connect()).send('GET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.closed();
    expect(client.text).toBe('');
  });

  it('looks at the client that a trusted proxy names', async () => {
    const ipSecurity = { list: [{ ipAddress: '203.0.113.0', subnetMask: '255.255.255.0' }] };
    const { ask } = await site({ 'a.txt': 'a' }, { ipSecurity }, { trustedProxies: ['127.0.0.1'] });
    expect(await codeOf(ask('/a.txt', 'X-Forwarded-For: 203.0.113.7\r\n'))).toBe('403.6');
    expect(await codeOf(ask('/a.txt', 'X-Forwarded-For: 198.51.100.7\r\n'))).toBe('200');
  });

  it('of a folder counts before that of the site', async () => {
    const locations = [{ path: '/open', ipSecurity: { list: [{ ipAddress: '127.0.0.1', allowed: true }] } }];
    const { ask } = await site(
      { 'a.txt': 'a', 'open/a.txt': 'a' },
      { ipSecurity: { allowUnlisted: false }, locations },
    );
    expect([await codeOf(ask('/a.txt')), await codeOf(ask('/open/a.txt'))]).toEqual(['403.6', '200']);
  });
});

describe('httpRedirect', () => {
  const to = (destination: string, more: object = {}) => ({ enabled: true, destination, ...more });
  it.each([
    [to('https://new.example'), '/a/b?x=1', 302, 'https://new.example/a/b?x=1'],
    [to('https://new.example/', { httpResponseStatus: 'Permanent' }), '/a', 301, 'https://new.example/a'],
    [
      to('https://new.example/home', { exactDestination: true, httpResponseStatus: 'PermRedirect' }),
      '/a?x',
      308,
      'https://new.example/home',
    ],
    [
      to('https://new.example$V$Q', { httpResponseStatus: 'Temporary' }),
      '/a%20b?x=1',
      307,
      'https://new.example/a%20b?x=1',
    ],
    [to('https://new.example/?u=$S&$P', { exactDestination: true }), '/a?x=1', 302, 'https://new.example/?u=/a&x=1'],
    [to('/new', { childOnly: true }), '/a/b', 404, undefined],
    [to('https://new.example', { childOnly: true }), '/a', 302, 'https://new.example/a'],
    [{ enabled: false, destination: 'https://new.example' }, '/a', 404, undefined],
    [
      { enabled: true, wildcards: [{ wildcard: '*.asp', destination: '/new/$1.html' }] },
      '/x/Page.ASP',
      302,
      '/new/x/Page.html',
    ],
    [
      { enabled: true, wildcards: [{ wildcard: '/old/*', destination: 'https://n.example/$1' }] },
      '/old/%C3%A4',
      302,
      'https://n.example/%C3%A4',
    ],
    [{ enabled: true, wildcards: [{ wildcard: '*.asp', destination: '/new/$1' }] }, '/x.aspx', 404, undefined],
  ])('%j sends %s with %d to %s', async (httpRedirect, path, status, location) => {
    const { ask } = await site({}, { httpRedirect });
    const response = await ask(path);
    expect([response.status, fieldOf(response, 'location')]).toEqual([status, location]);
  });

  it('counts what follows the path of its level', async () => {
    const locations = [{ path: '/old', httpRedirect: to('/new') }];
    const { ask } = await site({ 'new/a.txt': 'a' }, { locations });
    expect(fieldOf(await ask('/old/a.txt?x'), 'location')).toBe('/new/a.txt?x');
    expect((await ask('/new/a.txt')).status).toBe(200);
  });

  it('comes after the rules, and not for what they sent away', async () => {
    const rules = [{ name: 'stay', match: { url: '^a$' }, action: { type: 'CustomResponse', statusCode: 410 } }];
    const { ask } = await site({}, { rules, httpRedirect: to('https://new.example') });
    expect([(await ask('/a')).status, (await ask('/b')).status]).toEqual([410, 302]);
  });
});

describe('customHeaders', () => {
  const httpProtocol = { customHeaders: [{ name: 'X-Frame-Options', value: 'DENY' }] };

  it('are added to files, redirects, errors, custom responses, and responses of servers', async () => {
    const server = await backend(() => 'HTTP/1.1 200 OK\r\nX-Frame-Options: SAMEORIGIN\r\nContent-Length: 2\r\n\r\nok');
    const rules = [
      { name: 'app', match: { url: '^app/.*' }, action: { type: 'Rewrite', url: 'http://shop/{R:0}' } },
      {
        name: 'gone',
        match: { url: '^gone' },
        action: { type: 'CustomResponse', statusCode: 410, statusDescription: 'away' },
      },
    ];
    const farms = { shop: { servers: [server.address] } };
    const { ask } = await site({ 'a.txt': 'file', 'dir/index.html': 'x' }, { rules, httpProtocol }, { farms });
    const seen = async (path: string, fields = '', method = 'GET') => {
      const response = await ask(path, fields, method);
      return [response.status, fieldOf(response, 'x-frame-options'), response.complete];
    };
    expect(await seen('/a.txt')).toEqual([200, 'DENY', true]);
    expect(await seen('/a.txt', 'Range: bytes=0-0\r\n')).toEqual([206, 'DENY', true]);
    expect(await seen('/a.txt', 'If-None-Match: *\r\n')).toEqual([304, 'DENY', true]);
    expect(await seen('/a.txt', '', 'HEAD')).toEqual([200, 'DENY', true]);
    expect(await seen('/dir')).toEqual([301, 'DENY', true]);
    expect(await seen('/none')).toEqual([404, 'DENY', true]);
    expect(await seen('/gone')).toEqual([410, 'DENY', true]);
    expect(await seen('/bin/x')).toEqual([404, 'DENY', true]);
    expect(await seen('/app/x')).toEqual([200, 'SAMEORIGIN, DENY', true]);
    expect((await ask('/a.txt')).body.toString()).toBe('file');
    expect((await ask('/gone')).body.toString()).toBe('away');
  });

  it('of a folder are those of the site, without what it removes, and its own', async () => {
    const own = { customHeaders: { remove: ['x-frame-options'], list: [{ name: 'X-Own', value: 'a' }] } };
    const { ask } = await site(
      { 'sub/a.txt': 'a' },
      { httpProtocol, locations: [{ path: '/sub', httpProtocol: own }] },
    );
    const response = await ask('/sub/a.txt');
    expect([fieldOf(response, 'x-frame-options'), fieldOf(response, 'x-own')]).toEqual([undefined, 'a']);
  });

  it('leave the connection as it was', async () => {
    const { connect } = await site({ 'a.txt': 'file' }, { httpProtocol });
    const client = (await connect()).send(
      'GET /none HTTP/1.1\r\nHost: a\r\n\r\nGET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    expect([(await client.response()).status, (await client.response()).status]).toEqual([404, 200]);
  });
});

describe('httpErrors', () => {
  const files = {
    'errors/404.html': '<p>lost',
    'errors/de/404.html': '<p>verloren',
    'errors/en-US/404.html': '<p>lost in US',
  };
  const remote = { trustedProxies: ['127.0.0.1'] };
  const FAR = 'X-Forwarded-For: 203.0.113.7\r\n';
  const page = (path: string, more: object = {}) => ({ statusCode: 404, path, responseMode: 'ExecuteURL', ...more });

  it('sends the page to others, and what failed to clients on this machine', async () => {
    const { ask } = await site(files, { httpErrors: { errors: [page('/errors/404.html')] } }, remote);
    const far = await ask('/none', FAR);
    expect([far.status, far.body.toString(), fieldOf(far, 'content-type')]).toEqual([404, '<p>lost', 'text/html']);
    expect(fieldOf(far, 'etag')).toBeUndefined();
    expect((await ask('/none')).body.toString()).toContain('no file for /none');
    expect((await ask('/none', FAR, 'HEAD')).status).toBe(404);
  });

  it.each([
    ['Custom', '', '<p>lost'],
    ['Detailed', FAR, 'no file for /none'],
  ])('in mode %s does as it says', async (errorMode, fields, text) => {
    const { ask } = await site(files, { httpErrors: { errorMode, errors: [page('/errors/404.html')] } }, remote);
    expect((await ask('/none', fields)).body.toString()).toContain(text);
  });

  it('without a page says the status alone to others, where a mode is written', async () => {
    const { ask } = await site(files, { httpErrors: { errorMode: 'DetailedLocalOnly' } }, remote);
    const far = await ask('/none', FAR);
    expect(far.body.toString()).toContain('404 Not Found');
    expect(far.head + far.body.toString()).not.toContain('no file for');
    expect((await ask('/none')).body.toString()).toContain('no file for /none');
  });

  it('chooses by sub-status first, and has a page for all others', async () => {
    const errors = [page('/errors/404.html'), page('/errors/de/404.html', { subStatusCode: 8 })];
    const httpErrors = {
      errorMode: 'Custom',
      errors,
      defaultPath: '/errors/en-US/404.html',
      defaultResponseMode: 'ExecuteURL',
    };
    const { ask } = await site({ ...files, 'a.txt': 'a' }, { httpErrors });
    expect((await ask('/none')).body.toString()).toBe('<p>lost');
    expect((await ask('/bin/x')).body.toString()).toBe('<p>verloren');
    const notAllowed = await ask('/a.txt', '', 'DELETE');
    expect([notAllowed.status, notAllowed.body.toString()]).toEqual([405, '<p>lost in US']);
    expect(fieldOf(notAllowed, 'allow')).toBe('GET, HEAD, OPTIONS');
  });

  it('takes a file, in the language of the client where there are several', async () => {
    const root = folder(files);
    const errors = [{ statusCode: 404, prefixLanguageFilePath: join(root, 'errors'), path: '404.html' }];
    const { ask } = await site({}, { httpErrors: { errorMode: 'Custom', errors } });
    const inLanguage = async (language: string) =>
      (await ask('/none', `Accept-Language: ${language}\r\n`)).body.toString();
    expect(await inLanguage('de-AT, en;q=0.5')).toBe('<p>verloren');
    expect(await inLanguage('fr, ../de')).toBe('<p>lost in US');
    writeFileSync(join(root, 'errors/en-US/404.html'), 'new');
    expect(await inLanguage('en')).toBe('new');
  });

  it('redirects where a page is an address', async () => {
    const errors = [page('https://help.example/404', { responseMode: 'Redirect' })];
    const { ask } = await site({}, { httpErrors: { errorMode: 'Custom', errors } });
    const response = await ask('/none');
    expect([response.status, fieldOf(response, 'location')]).toEqual([302, 'https://help.example/404']);
  });

  it('redirects to an address with letters beyond ASCII, encoded once', async () => {
    const errors = [page('https://help.example/größe%20a', { responseMode: 'Redirect' })];
    const { ask } = await site({}, { httpErrors: { errorMode: 'Custom', errors } });
    expect(fieldOf(await ask('/none'), 'location')).toBe('https://help.example/gr%C3%B6%C3%9Fe%20a');
  });

  it('falls back to what failed when the page is not there', async () => {
    const { ask } = await site({}, { httpErrors: { errors: [page('/none.html')] } }, remote);
    expect((await ask('/none', FAR)).body.toString()).toContain('no file for /none');
  });

  it('passes on the errors of servers, unless they are to be replaced', async () => {
    const server = await backend(({ startLine }) =>
      startLine.includes('/ok')
        ? 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
        : 'HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\ntheir',
    );
    const rules = [{ name: 'app', match: { url: '^app/.*' }, action: { type: 'Rewrite', url: 'http://shop/{R:0}' } }];
    const rest = { farms: { shop: { servers: [server.address] } } };
    const errors = [page('/errors/404.html')];
    const passing = await site(files, { rules, httpErrors: { errorMode: 'Custom', errors } }, rest);
    expect((await passing.ask('/app/x')).body.toString()).toBe('their');
    const httpErrors = { errorMode: 'Custom', existingResponse: 'Replace', errors };
    const replacing = await site(files, { rules, httpErrors }, rest);
    const replaced = await replacing.ask('/app/x');
    expect([replaced.status, replaced.body.toString()]).toEqual([404, '<p>lost']);
    expect((await replacing.ask('/app/ok')).body.toString()).toBe('ok');
    expect(replacing.router.status().farms[0]!.servers[0]!.counters.failedRequests).toBe(0);
  });

  it('is not asked for failures outside the site', async () => {
    const { ask } = await site(files, {
      bindings: ['https/*:44399:x.example'],
      httpErrors: { errorMode: 'Custom', errors: [page('/errors/404.html')] },
    });
    expect((await ask('/none', JSON_PLEASE)).body.toString()).toContain('noRoute');
  });
});

describe('webSocket', () => {
  it('switched off refuses an upgrade: 502.5', async () => {
    const { ask } = await site({ 'a.txt': 'a' }, { locations: [{ path: '/live', webSocket: { enabled: false } }] });
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
    expect(await codeOf(ask('/live/x', upgrade))).toBe('502.5');
    expect(await codeOf(ask('/a.txt', upgrade))).toBe('200');
  });
});
