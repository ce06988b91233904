import { describe, expect, it } from 'vitest';
import { runRules, type SentRequest, type WrittenRule } from '../../../../test/rules/rule-request.ts';

const REQUEST: SentRequest = {
  method: 'POST',
  target: '/caf%C3%A9/%7Ex?tab=%20id',
  host: 'www.example.com:8443',
  fields: [
    'Content-Type: text/x',
    'Content-Length: 2',
    'X-Name: Jos\xc3\xa9',
    'X-Old: Jos\xe9',
    'X-Two: 1',
    'x-two: 2',
    'Cookie: a=1',
    'Cookie: b=2',
  ],
  connection: { localPort: 8443, secure: true, peerAddress: '203.0.113.9', peerPort: 4711 },
  client: '198.51.100.1',
};

/** The value of `expression` for `request`, after `before` ran. */
const expanded = (expression: string, request = REQUEST, before: WrittenRule[] = []) => {
  const rule = { serverVariables: [{ name: 'RESULT', value: expression }] };
  return runRules({ rules: [...before, rule] }, request).ctx.outbound.serverVariables!.get('RESULT');
};

describe('a server variable (url-rewrite.md 8, arr.md 14)', () => {
  it.each([
    ['QUERY_STRING', 'tab=%20id'],
    ['HTTP_HOST', 'www.example.com:8443'],
    ['SERVER_NAME', 'www.example.com'],
    ['SERVER_PORT', '8443'],
    ['SERVER_PORT_SECURE', '1'],
    ['HTTPS', 'on'],
    ['REQUEST_URI', '/café/~x?tab=%20id'],
    ['URL', '/café/~x'],
    ['PATH_INFO', '/café/~x'],
    ['SCRIPT_NAME', '/café/~x'],
    ['URL_PATH_INFO', '/café/~x'],
    ['HTTP_URL', '/caf%C3%A9/%7Ex?tab=%20id'],
    ['UNENCODED_URL', '/caf%C3%A9/%7Ex?tab=%20id'],
    ['CACHE_URL', 'https://www.example.com:8443/café/~x?tab=%20id'],
    ['REQUEST_METHOD', 'POST'],
    ['HTTP_METHOD', 'POST'],
    ['HTTP_VERSION', 'HTTP/1.1'],
    ['SERVER_PROTOCOL', 'HTTP/1.1'],
    ['REMOTE_ADDR', '198.51.100.1'],
    ['REMOTE_HOST', '198.51.100.1'],
    ['REMOTE_PORT', '4711'],
    ['LOCAL_ADDR', '192.0.2.1'],
    ['SERVER_ADDR', '192.0.2.1'],
    ['CONTENT_TYPE', 'text/x'],
    ['CONTENT_LENGTH', '2'],
    ['GATEWAY_INTERFACE', 'CGI/1.1'],
    ['SERVER_SOFTWARE', 'Narrows'],
    ['HTTP_X_TWO', '1, 2'],
    ['HTTP_COOKIE', 'a=1; b=2'],
    ['HTTP_X_NAME', 'José'],
    ['HTTP_X_OLD', 'José'],
    ['HTTP_X_ABSENT', ''],
    ['HTTP_X_ORIGINAL_URL', ''],
    ['HTTP_CONTENT_LENGTH', '2'],
    ['REQUEST_FILENAME', ''],
    ['DOCUMENT_ROOT', ''],
    ['LOGON_USER', ''],
    ['CERT_SUBJECT', ''],
    ['RESPONSE_STATUS', ''],
    ['NO_SUCH_VARIABLE', ''],
    ['http_host', 'www.example.com:8443'],
  ])('%s is %j', (name, value) => {
    expect(expanded(`{${name}}`)).toBe(value);
  });

  it('ALL_HTTP and ALL_RAW list the headers', () => {
    expect(expanded('{ALL_HTTP}')).toMatch(/^HTTP_HOST:www\.example\.com:8443\nHTTP_CONTENT_TYPE:text\/x\n/);
    expect(expanded('{ALL_RAW}')).toMatch(/\nX-Two: 1\nx-two: 2\n/);
  });

  it('has its other value on plain HTTP without query, host port or body', () => {
    const value = expanded('{HTTPS} {SERVER_PORT_SECURE} {QUERY_STRING}|{REQUEST_URI}|{CONTENT_LENGTH}', {
      target: '/a',
    });
    expect(value).toBe('off 0 |/a|0');
  });

  it('SERVER_NAME keeps the brackets of an IPv6 address', () => {
    expect(expanded('{SERVER_NAME}', { target: '/', host: '[::1]:8080' })).toBe('[::1]');
  });

  it('that names the URL is the current one behind a rewrite, and what names the received one stays', () => {
    const before = [{ match: '.*', action: { url: '/new path?x=1' } }];
    const value = expanded(
      '{URL} {REQUEST_URI} {QUERY_STRING} {UNENCODED_URL} {HTTP_X_ORIGINAL_URL}',
      { target: '/a%20b?q' },
      before,
    );
    expect(value).toBe('/new path /new path?x=1&q x=1&q /a%20b?q /a%20b?q');
  });

  it('of HTTPS matches On in any letter case', () => {
    const rule = { conditions: [{ input: '{HTTPS}', pattern: '^On$' }], action: { url: '/tls' } };
    expect(runRules({ rules: [rule] }, REQUEST).ctx.outbound.rewritten).toBe(true);
  });
});

describe('setting a variable (url-rewrite.md 9)', () => {
  const set = (name: string, value: string, replace = true): WrittenRule => ({
    serverVariables: [{ name, value, replace }],
  });
  const fieldsAfter = (rules: WrittenRule[], request: SentRequest = { target: '/a?q' }) =>
    Object.fromEntries(runRules({ rules }, request).ctx.outbound.fieldEdits ?? []);

  it('HTTP_NAME sets a request header: prefix off, - for _, lower case', () => {
    expect(fieldsAfter([set('HTTP_X_ORIGINAL_HOST', '{HTTP_HOST}'), set('http_host', 'a.b')])).toEqual({
      'x-original-host': 'www.example.com',
      host: 'a.b',
    });
  });

  it('any other name is a variable that later rules and the action read', () => {
    const rules: WrittenRule[] = [
      set('Original_Host', '{HTTP_HOST}'),
      { ...set('ORIGINAL_PATH', '{URL}'), action: { url: '/{ORIGINAL_HOST}{ORIGINAL_PATH}' } },
    ];
    const { ctx } = runRules({ rules }, '/a');
    expect(ctx.outbound.target).toBe('/www.example.com/a');
    expect(ctx.outbound.fieldEdits).toBeNull();
    expect([...ctx.outbound.serverVariables!]).toEqual([
      ['ORIGINAL_HOST', 'www.example.com'],
      ['ORIGINAL_PATH', '/a'],
    ]);
  });

  it('is evaluated with the URL before the action of its rule', () => {
    const rule = { ...set('HTTP_X_FROM', '{REQUEST_URI}'), match: '.*', action: { url: '/new' } };
    expect(fieldsAfter([rule])).toEqual({ 'x-from': '/a?q' });
  });

  it('happens only where pattern and conditions hold, and also with action None', () => {
    expect(fieldsAfter([{ ...set('HTTP_X', '1'), match: '^b' }])).toEqual({});
    expect(fieldsAfter([{ ...set('HTTP_X', '1'), conditions: [{ input: 'a', pattern: 'b' }] }])).toEqual({});
    expect(fieldsAfter([set('HTTP_X', '1')])).toEqual({ x: '1' });
  });

  it('may use {R:n}, {C:n} and maps', () => {
    const rule = {
      match: '^(a)$',
      conditions: [{ input: '{HTTP_HOST}', pattern: '^(\\w+)' }],
      ...set('HTTP_X', '{R:1}-{C:1}'),
    };
    expect(fieldsAfter([rule])).toEqual({ x: 'a-www' });
  });

  it('with replace: false keeps a value that is there, from the client or from a rule', () => {
    const request = { target: '/', fields: ['X-There: client'] };
    expect(fieldsAfter([set('HTTP_X_THERE', 'rule', false), set('HTTP_X_NEW', 'rule', false)], request)).toEqual({
      'x-new': 'rule',
    });
    expect(fieldsAfter([set('HTTP_X', '1'), set('HTTP_X', '2', false)])).toEqual({ x: '1' });
  });

  it('the empty string removes a header, and counts as no value', () => {
    const request = { target: '/', fields: ['Accept-Encoding: gzip'] };
    expect(fieldsAfter([set('HTTP_ACCEPT_ENCODING', '')], request)).toEqual({ 'accept-encoding': null });
    expect(fieldsAfter([set('HTTP_ACCEPT_ENCODING', ''), set('HTTP_ACCEPT_ENCODING', 'br', false)], request)).toEqual({
      'accept-encoding': 'br',
    });
    expect(expanded('[{HTTP_X_NAME}]', REQUEST, [set('HTTP_X_NAME', '')])).toBe('[]');
  });

  it('is read back as the text that was set', () => {
    expect(expanded('{HTTP_X_NEW}', REQUEST, [set('HTTP_X_NEW', '{HTTP_X_NAME} ü')])).toBe('José ü');
  });

  it('writes text beyond ASCII as UTF-8 bytes, so that no letter becomes a line end', () => {
    const rule = { match: '^(.*)$', ...set('HTTP_X', '{R:1}') };
    expect(fieldsAfter([rule], { target: '/%C4%8D%C4%8A' })).toEqual({ x: '\xc4\x8d\xc4\x8a' });
  });

  it.each(['/a%0D%0AX-Evil:1', '/a%0Ab', '/a%01b', '/a%7Fb'])(
    'fails the request rather than split a head: %s',
    (target) => {
      const rule = { name: 'tenant', match: '^([\\s\\S]*)$', ...set('HTTP_X', '{R:1}') };
      expect(() => runRules({ rules: [rule] }, target)).toThrow(/rule "tenant": header x would hold a line end/);
    },
  );
});
