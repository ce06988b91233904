import { describe, expect, it } from 'vitest';
import {
  runRules,
  type SentRequest,
  type WrittenRule,
  type WrittenRules,
} from '../../../../test/rules/rule-request.ts';

const urlOf = (rule: WrittenRule, request: string | SentRequest, more: Partial<WrittenRules> = {}) =>
  runRules({ rules: [rule], ...more }, request).url;
const rewritten = (match: string, url: string, request: string | SentRequest, append = true) =>
  urlOf({ match, action: { url, appendQueryString: append } }, request);

describe('Rewrite (url-rewrite.md 10, 13)', () => {
  it.each([
    ['default.aspx?x=1', '/default.aspx?x=1'],
    ['/a/b', '/a/b'],
    ['article.aspx?id={R:1}', '/article.aspx?id=in/put'],
    ['http://shop', 'http://shop/'],
    ['http://shop?x', 'http://shop/?x'],
    ['HTTP://Shop/X', 'http://shop/X'],
    ['http://other.example.com:9000/{R:1}', 'http://other.example.com:9000/in/put'],
    ['{R:1}', '/in/put'],
    ['h{R:1}', '/hin/put'],
    ['http://[::1]:9000/x', 'http://[::1]:9000/x'],
  ])('to %s gives %s', (url, result) => {
    expect(rewritten('^(.*)$', url, '/in/put')).toBe(result);
  });

  it('says that the URL was rewritten, also where it is the same', () => {
    const { ctx } = runRules({ rules: [{ match: '.*', action: { url: 'http://shop/{R:0}' } }] }, '/a');
    expect(ctx.outbound).toMatchObject({ rewritten: true, scheme: 'http', destination: 'shop', target: '/a' });
  });

  it('takes scheme and host from expressions too', () => {
    const scheme: WrittenRule = {
      match: '^(.*)$',
      conditions: [{ input: '{CACHE_URL}', pattern: '^(https?)://' }],
      action: { url: '{C:1}://backend.example/{R:1}' },
    };
    expect(urlOf(scheme, { target: '/a' })).toBe('http://backend.example/a');
    expect(urlOf(scheme, { target: '/a', connection: { secure: true } })).toBe('https://backend.example/a');
    const maps = [{ name: 'Farm', entries: [['www.example.com', 'Shop']] as [string, string][] }];
    expect(urlOf({ match: '^(.*)$', action: { url: 'http://{Farm:{HTTP_HOST}}/{R:1}' } }, '/a', { maps })).toBe(
      'http://shop/a',
    );
  });

  it.each(['http://user@evil/', 'http:///x', 'http://a b/', 'http://a\\b/', 'http://a%41/'])(
    'fails where an expression gives %s',
    (url) => {
      const maps = [{ name: 'M', entries: [['x', url]] as [string, string][] }];
      expect(() => urlOf({ name: 'r', action: { url: '{M:x}' } }, '/', { maps })).toThrow(/rule "r": .* names no host/);
    },
  );

  it('does not let the path of a request reach into the host', () => {
    expect(() => rewritten('^(.*)$', 'http://shop{R:1}', '/@evil/')).toThrow(/names no host/);
    expect(rewritten('^(.*)$', 'http://shop{R:1}', '/?@evil')).toBe('http://shop/?@evil');
    expect(rewritten('^(.*)$', '{R:1}', '/http%3A%2F%2Fevil/x')).toBe('/http:/evil/x');
  });

  it('is the forward proxy of url-rewrite.md 13 for a request in absolute form', () => {
    const rule: WrittenRule = {
      patternSyntax: 'Wildcard',
      match: '*',
      conditions: [{ input: '{HTTP_HOST}', pattern: '*' }],
      action: { url: 'http://{C:1}/{R:0}' },
    };
    const request = { target: 'http://www.example.org:8080/a?b', host: 'www.example.org:8080' };
    expect(urlOf(rule, request)).toBe('http://www.example.org:8080/a?b');
  });
});

describe('a rewrite to the own name and port (CONTRACT 3)', () => {
  const own = (url: string, request: Partial<SentRequest> = {}) =>
    rewritten('.*', url, { target: '/a', host: 'www.example.com:8080', ...request });

  it.each([
    ['http://{HTTP_HOST}/x', '/x'],
    ['http://WWW.example.com:8080/x', '/x'],
    ['http://192.0.2.1:8080/x', '/x'],
    ['http://www.example.com/x', 'http://www.example.com/x'],
    ['http://www.example.com:9090/x', 'http://www.example.com:9090/x'],
    ['http://localhost:8080/x', 'http://localhost:8080/x'],
  ])('%s is sent to %s', (url, result) => {
    expect(own(url)).toBe(result);
  });

  it('knows the default ports, and localhost by its address', () => {
    expect(own('http://www.example.com/x', { host: 'www.example.com', connection: { localPort: 80 } })).toBe('/x');
    expect(own('http://localhost:8080/x', { connection: { localAddress: '127.0.0.1' } })).toBe('/x');
    expect(own('http://[::1]:8080/x', { connection: { localAddress: '::1' } })).toBe('/x');
  });

  it('never takes a farm for it, whatever the client calls us', () => {
    const request = { target: '/a', host: 'shop', connection: { localPort: 80 } };
    expect(rewritten('.*', 'http://shop/{R:0}', request)).toBe('http://shop/a');
    expect(rewritten('.*', 'http://{HTTP_HOST}/{R:0}', request)).toBe('http://shop/a');
  });
});
