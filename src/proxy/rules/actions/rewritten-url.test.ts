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

describe('the query of a rewrite (url-rewrite.md 11)', () => {
  it.each([
    ['/x?a=1', '/in?b=2', true, '/x?a=1&b=2'],
    ['/x?a=1', '/in', true, '/x?a=1'],
    ['/x', '/in?b=2', true, '/x?b=2'],
    ['/x?', '/in?b=2', true, '/x?b=2'],
    ['/x?a=1&', '/in?b=2', true, '/x?a=1&b=2'],
    ['/x?a=1', '/in?b=2', false, '/x?a=1'],
    ['/x', '/in?b=2', false, '/x'],
    ['/{R:0}', '/in?b=2', false, '/in'],
    ['/{R:0}', '/in?b=%zz"<x>', true, '/in?b=%zz"<x>'],
    ['http://shop{REQUEST_URI}', '/in?b=2', false, 'http://shop/in?b=2'],
    ['http://shop{REQUEST_URI}', '/in?b=2', true, 'http://shop/in?b=2&b=2'],
    ['/x?q={R:0}', '/a%20%26b%23%25%C3%A9', true, '/x?q=a%20&b%23%25%C3%A9'],
    ['/x?q={UrlEncode:{R:0}}', '/a%20%26b', true, '/x?q=a%20%26b'],
    ['/x?é=ä b#c', '/in', true, '/x?%C3%A9=%C3%A4%20b%23c'],
  ])('%s for %s, appendQueryString %s, gives %s', (url, target, append, result) => {
    expect(rewritten('^.*$', url, target, append)).toBe(result);
  });

  it('a question mark that was data in the path stays data', () => {
    expect(rewritten('^(a.*)$', 'http://shop/x/{R:1}', '/a%3Fadmin=1?b')).toBe('http://shop/x/a%3Fadmin=1?b');
    expect(rewritten('.*', 'http://shop{REQUEST_URI}', '/a%3Fc?b', false)).toBe('http://shop/a%3Fc?b');
    expect(rewritten('.*', 'http://shop{ToLower:{URL}}', '/A%3Fc?b')).toBe('http://shop/a%3Fc?b');
  });
});

describe('the path of a rewrite (url-rewrite.md 12)', () => {
  it.each([
    ['/shop/a%20b', '/a%20b'],
    ['/shop/caf%C3%A9%F0%9F%98%80', '/caf%C3%A9%F0%9F%98%80'],
    ['/shop/a%2Fb', '/a/b'],
    ['/shop/100%25', '/100%25'],
    ['/shop/a%252Fb', '/a%252Fb'],
    ['/shop/%7Ea%3Fb%23c', '/~a%3Fb%23c'],
    ['/shop/a%0D%0Ab', '/a%0D%0Ab'],
    ['/shop/%C4%8D%C4%8A', '/%C4%8D%C4%8A'],
    ['/shop/caf%E9', '/caf%C3%A9'],
  ])('%s is decoded once and encoded again: %s', (target, path) => {
    expect(rewritten('^shop/([\\s\\S]*)$', 'http://shop/{R:1}', target)).toBe(`http://shop${path}`);
  });

  it('keeps the bytes of the client where rules left the path alone', () => {
    const bytes = '/%7Ea/%c3%a9%3F/caf%E9?x=%41';
    expect(rewritten('^(.*)$', 'http://shop/{R:1}', bytes)).toBe(`http://shop${bytes}`);
    expect(urlOf({ patternSyntax: 'Wildcard', match: '*', action: { url: 'http://shop/{R:0}' } }, '/a?')).toBe(
      'http://shop/a?',
    );
  });

  it('merges repeated slashes once a rule rewrote, as rules saw them', () => {
    expect(rewritten('.*', 'http://shop/{R:0}', '//a%20b//c?u=http://x')).toBe('http://shop/a%20b/c?u=http://x');
    expect(rewritten('.*', 'http://shop/{R:0}', '/a?u=http://x')).toBe('http://shop/a?u=http://x');
  });

  it('resolves dot segments that a rewrite would make', () => {
    expect(rewritten('^files(.*)$', 'http://shop/x{R:1}', '/files../secret')).toBe('http://shop/x../secret');
    expect(rewritten('^files(.*)$', 'http://shop/x/{R:1}', '/files../secret')).toBe('http://shop/secret');
  });

  it('encodes what stands in the url itself, a percent sign included', () => {
    expect(rewritten('.*', 'http://shop/a b/é%20[x]', '/')).toBe('http://shop/a%20b/%C3%A9%2520%5Bx%5D');
  });

  it('does not encode the result of UrlEncode a second time', () => {
    expect(rewritten('^(.*)$', 'http://shop/x/{UrlEncode:{R:1}}', '/a%20b%2Fc')).toBe('http://shop/x/a%20b%2Fc');
  });

  it('encodes {UNENCODED_URL} a second time unless useOriginalURLEncoding is false', () => {
    const rule = { match: '.*', action: { url: 'http://shop{UNENCODED_URL}' } };
    expect(urlOf(rule, '/a%2Fb/../c%20d?q=1')).toBe('http://shop/c%2520d?q=1');
    expect(urlOf(rule, '/a%2Fb/../c%20d?q=1', { useOriginalURLEncoding: false })).toBe(
      'http://shop/a%2Fb/../c%20d?q=1',
    );
  });

  it('with useOriginalURLEncoding false keeps escapes that are written, and encodes what may not stand bare', () => {
    const options = { useOriginalURLEncoding: false };
    const rule = { match: '^(.*)$', action: { url: 'http://shop/a%20b c/{R:1}' } };
    expect(urlOf(rule, '/100%25%3F%20x', options)).toBe('http://shop/a%20b%20c/100%25%3F%20x');
  });

  it.each([
    ['{R:1}2e{R:2}', '/\u{39400}/x', 'http://shop/%EF%BF%BD2e%EF%BF%BD/x'],
    ['{C:1}2e', '/\u{39400}/x', 'http://shop/%EF%BF%BD2e'],
    ['{R:1}', '/\u{39400}/x', 'http://shop/%EF%BF%BD'],
  ])('takes half of a character, cut off by a pattern, for no escape: %s', (url, path, result) => {
    const conditions = [{ input: '{URL}', pattern: '^/(.)' }];
    const rule = { match: '^(.)(.*)$', conditions, action: { url: `http://shop/${url}` } };
    expect(urlOf(rule, encodeURI(path))).toBe(result);
  });

  it('gives later rules the decoded form of what was kept encoded', () => {
    const rules = [
      { match: '.*', action: { url: '/x{UNENCODED_URL}' } },
      { match: '^x/a b$', action: { url: 'http://shop/ok' } },
    ];
    expect(runRules({ rules, useOriginalURLEncoding: false }, '/a%20b').url).toBe('http://shop/ok');
  });
});
