import { describe, expect, it } from 'vitest';
import { ResponseHeadScanner } from '../wire/http1/response-head-scanner.ts';
import { ResponseDraft } from './response-draft.ts';

function draftOf(fields: string[], method = 'GET', status = '200 OK'): ResponseDraft {
  const bytes = Buffer.from([`HTTP/1.1 ${status}`, ...fields, '', ''].join('\r\n'), 'latin1');
  const scanner = new ResponseHeadScanner({ headerBytes: 65_536, headerCount: 128 });
  scanner.scan(bytes, 0, bytes.length);
  return new ResponseDraft(scanner.head(method));
}

const transform = {
  ...{ begin() {}, write() {}, end() {}, pause() {}, resume() {}, destroy() {} },
  full: false,
};

describe('the values of a field in a draft', () => {
  it('are those received, edited and added', () => {
    const draft = draftOf(['Set-Cookie: a=1', 'X-A: 1', 'set-cookie: b=2']);
    draft.addedLines = 'Set-Cookie: c=3\r\nSet-Cookies: d\r\nX-A: 2\r\n';
    expect([draft.values('set-cookie'), draft.values('x-a'), draft.values('x-b')]).toEqual([
      ['a=1', 'b=2', 'c=3'],
      ['1', '2'],
      [],
    ]);
    draft.edit('x-a', 'new');
    expect(draft.values('x-a')).toEqual(['new', '2']);
    draft.edit('x-a', null);
    expect(draft.values('x-a')).toEqual(['2']);
  });

  it('can be set as a whole, and no other field changes', () => {
    const draft = draftOf(['Set-Cookie: a=1', 'X-A: 1']);
    draft.addedLines = 'set-cookie: c=3\r\nX-B: 2\r\nSet-Cookie: c=3\r\n';
    draft.setValues('Set-Cookie', ['x=$&', 'y']);
    expect(draft.addedLines).toBe('X-B: 2\r\nSet-Cookie: x=$&\r\nSet-Cookie: y\r\n');
    expect([draft.values('set-cookie'), draft.values('x-a')]).toEqual([['x=$&', 'y'], ['1']]);
    draft.setValues('Set-Cookie', []);
    expect(draft.values('set-cookie')).toEqual([]);
  });
});

describe('a draft whose body is changed', () => {
  it('says nothing any more of the bytes that were', () => {
    const draft = draftOf(['Content-Length: 5', 'Accept-Ranges: bytes', 'Digest: x', 'ETag: "a"', 'Last-Modified: x']);
    draft.rewriteBody(transform);
    expect(draft.transform).toBe(transform);
    const names = ['content-length', 'accept-ranges', 'digest', 'etag', 'last-modified'];
    expect(names.map((name) => draft.values(name))).toEqual([[], [], [], ['W/"a"'], ['x']]);
    const ruled = draftOf(['ETag: "a"']);
    ruled.setValues('ETag', ['"b"']);
    ruled.setValues('Digest', ['x']);
    ruled.rewriteBody(transform);
    expect([ruled.values('etag'), ruled.values('digest')]).toEqual([['W/"b"'], []]);
    const weak = draftOf(['ETag: W/"a"']);
    weak.rewriteBody(transform);
    expect(weak.values('etag')).toEqual(['W/"a"']);
    const malformed = draftOf(['ETag: a']);
    malformed.rewriteBody(transform);
    expect(malformed.values('etag')).toEqual([]);
  });

  it('is changed by one stage', () => {
    const draft = draftOf([]);
    draft.rewriteBody(transform);
    expect(() => draft.rewriteBody(transform)).toThrow('another stage');
  });

  it('has no transform where there is no body, and whole bodies only are offered', () => {
    const draft = draftOf(['Content-Length: 5'], 'HEAD');
    draft.rewriteBody(transform);
    expect([draft.transform, draft.values('content-length')]).toEqual([null, []]);
    expect([draft.hasWholeBody, draftOf(['Content-Length: 0']).hasWholeBody]).toEqual([true, false]);
    expect(draftOf(['Content-Length: 5'], 'GET', '206 Partial Content').hasWholeBody).toBe(false);
  });
});
