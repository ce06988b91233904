import { describe, expect, it } from 'vitest';
import { runRules, type SentRequest, type WrittenRule } from '../../../../test/rules/rule-request.ts';

const answerOf = (rule: WrittenRule, request: string | SentRequest) => {
  const { answer } = runRules({ rules: [rule] }, request);
  if (answer?.kind !== 'answer') throw new Error('no answer');
  return answer;
};
const locationOf = (action: WrittenRule['action'], request: string | SentRequest, match = '^(.*)$') =>
  answerOf({ match, action: { type: 'Redirect', ...action } }, request).fields[0][1];

describe('Redirect (url-rewrite.md 10, 11)', () => {
  it.each([
    ['Permanent', 301, 'Moved Permanently'],
    ['Found', 302, 'Found'],
    ['SeeOther', 303, 'See Other'],
    ['Temporary', 307, 'Temporary Redirect'],
  ] as const)('%s is %d', (redirectType, status, reason) => {
    expect(answerOf({ action: { type: 'Redirect', url: '/x', redirectType } }, '/')).toMatchObject({ status, reason });
  });

  it('is permanent unless told otherwise', () => {
    expect(answerOf({ action: { type: 'Redirect', url: '/x' } }, '/').status).toBe(301);
  });

  it.each([
    ['/x', '/in?b=2', 'http://www.example.com/x?b=2'],
    ['default.aspx', '/in', 'http://www.example.com/default.aspx'],
    ['/x?a=1', '/in?b=2', 'http://www.example.com/x?a=1&b=2'],
    ['https://{HTTP_HOST}/{R:1}', '/in?b=2', 'https://www.example.com/in?b=2'],
    ['https://{HTTP_HOST}{REQUEST_URI}', '/in?b=2', 'https://www.example.com/in?b=2&b=2'],
    ['https://x.example', '/in?b=2', 'https://x.example?b=2'],
    ['https://[::1]:8443/x', '/', 'https://[::1]:8443/x'],
    ['/x#frag', '/in?b=2', 'http://www.example.com/x?b=2#frag'],
    ['/x?category=Developer%20tools', '/in', 'http://www.example.com/x?category=Developer%20tools'],
    ['/a%20b/é c', '/in', 'http://www.example.com/a%20b/%C3%A9%20c'],
    ['/x/{R:1}', '/a%20b%3F%23%25%C3%A9', 'http://www.example.com/x/a%20b%3F%23%25%C3%A9'],
    ['{ToLower:{URL}}', '/A%3FB?C', 'http://www.example.com/a%3Fb?C'],
    ['{R:1}', '//evil.example/x', 'http://www.example.com/evil.example/x'],
    ['/{R:1}', '/%5Cevil.example', 'http://www.example.com/evil.example'],
  ])('to %s for %s says %s', (url, target, location) => {
    expect(locationOf({ url }, target)).toBe(location);
  });

  it('without appendQueryString says only its own query', () => {
    const action = { url: 'https://{HTTP_HOST}{REQUEST_URI}', appendQueryString: false };
    expect(locationOf(action, '/in?b=2')).toBe('https://www.example.com/in?b=2');
  });

  it('keeps scheme and Host of the request in a relative one', () => {
    const request = { target: '/', host: 'a.example:8443', connection: { secure: true } };
    expect(locationOf({ url: '/x' }, request)).toBe('https://a.example:8443/x');
  });

  it('cannot split the head, and links safely in its body', () => {
    const request = { target: '/a%0D%0ASet-Cookie:x%22%3Cb%3E?"&<x>' };
    const answer = answerOf({ match: '^([\\s\\S]*)$', action: { type: 'Redirect', url: '/x/{R:1}' } }, request);
    expect(answer.fields[0][1]).toBe('http://www.example.com/x/a%0D%0ASet-Cookie:x%22%3Cb%3E?"&<x>');
    expect(answer.body).not.toContain('<x>');
  });
});

describe('CustomResponse, AbortRequest and None (url-rewrite.md 10)', () => {
  it('CustomResponse answers as it is worded, expressions included', () => {
    const action = {
      type: 'CustomResponse',
      statusCode: 403,
      subStatusCode: 9,
      statusReason: 'No {HTTP_X_NAME}',
      statusDescription: 'Not <{URL}> é',
    } as const;
    expect(answerOf({ action }, { target: '/a', fields: ['X-Name: Jos\xc3\xa9'] })).toEqual({
      kind: 'answer',
      status: 403,
      subStatus: 9,
      reason: 'No Jos\xc3\xa9',
      fields: [],
      contentType: 'text/plain; charset=utf-8',
      body: 'Not </a> é',
    });
  });

  it('CustomResponse has the usual reason phrase when none is given', () => {
    expect(answerOf({ action: { type: 'CustomResponse', statusCode: 404 } }, '/')).toMatchObject({
      reason: 'Not Found',
      body: '',
    });
  });

  it('CustomResponse cannot split the head', () => {
    const action = { type: 'CustomResponse', statusCode: 403, statusReason: '{URL}' } as const;
    expect(() => answerOf({ name: 'r', action }, '/a%0D%0Ab')).toThrow(/rule "r": statusReason holds a character/);
  });

  it('AbortRequest sends nothing', () => {
    expect(runRules({ rules: [{ action: { type: 'AbortRequest' } }] }, '/').answer).toEqual({ kind: 'abort' });
  });

  it('None leaves the request alone and counts as matched', () => {
    const { ctx, url } = runRules({ rules: [{ action: { type: 'None' } }] }, '/a');
    expect([url, ctx.outbound.rewritten, ctx.matchedRules]).toEqual(['/a', false, ['rule 1']]);
  });
});
