// Outbound rules and headers of a site on answers that no server made: files, redirects, errors.
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fieldOf } from '../kit/message.ts';
import { site } from '../kit/site.ts';

const PAGE = `<html><body>${'<a href="/old/x">x</a>\n'.repeat(5000)}</body></html>`;

const outboundRules = {
  preConditions: { IsHtml: { add: [{ input: '{RESPONSE_CONTENT_TYPE}', pattern: '^text/html' }] } },
  rules: [
    {
      name: 'links',
      preCondition: 'IsHtml',
      match: { filterByTags: ['A'], pattern: '^/old/(.*)' },
      action: { type: 'Rewrite', value: '/new/{R:1}' },
    },
    {
      name: 'header',
      match: { serverVariable: 'RESPONSE_X_Served_By', pattern: '.*' },
      action: { type: 'Rewrite', value: 'narrows' },
    },
  ],
};

describe('outbound rules', () => {
  it('change a file on its way, in whatever piece it is read', async () => {
    const { ask } = await site({ 'page.html': PAGE, 'page.txt': PAGE }, { outboundRules });
    const page = await ask('/page.html');
    expect(page.body.toString()).toBe(PAGE.replaceAll('/old/', '/new/'));
    expect([page.framing, page.complete, fieldOf(page, 'content-length')]).toEqual(['chunked', true, undefined]);
    expect(fieldOf(page, 'x-served-by')).toBe('narrows');
    const text = await ask('/page.txt');
    expect([text.framing, text.body.toString()]).toEqual(['length', PAGE]);
    expect(fieldOf(text, 'x-served-by')).toBe('narrows');
  });

  it('change one that is compressed beforehand, and leave parts and 304 alone', async () => {
    const { ask } = await site({ 'page.html': PAGE, 'page.html.gz': gzipSync(PAGE) }, { outboundRules });
    const packed = await ask('/page.html', 'Accept-Encoding: gzip\r\n');
    const body = fieldOf(packed, 'content-encoding') === 'gzip' ? gunzipSync(packed.body) : packed.body;
    expect(body.toString()).toBe(PAGE.replaceAll('/old/', '/new/'));
    const part = await ask('/page.html', 'Range: bytes=0-5\r\n');
    expect([part.status, part.body.toString()]).toEqual([206, '<html>']);
    const tag = fieldOf(await ask('/page.html'), 'etag')!;
    expect((await ask('/page.html', `If-None-Match: ${tag}\r\n`)).status).toBe(304);
    const head = await ask('/page.html', '', 'HEAD');
    expect([head.status, fieldOf(head, 'content-length'), head.complete]).toEqual([200, undefined, true]);
  });

  it('change the pages of errors and the heads of redirects, and the connection is kept', async () => {
    const { connect } = await site({ 'dir/index.html': PAGE }, { outboundRules });
    const client = await connect();
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
    client.send(get('/none') + get('/dir') + get('/dir/') + get('/none'));
    const seen = [];
    for (let i = 0; i < 4; i++) {
      const response = await client.response();
      seen.push([response.status, fieldOf(response, 'x-served-by'), response.complete]);
    }
    expect(seen).toEqual([
      [404, 'narrows', true],
      [301, 'narrows', true],
      [200, 'narrows', true],
      [404, 'narrows', true],
    ]);
  });

  it('that fail are told with a status, also where a file or an error was to be sent', async () => {
    const failing = {
      rules: [
        {
          name: 'bad',
          match: { serverVariable: 'RESPONSE_X_Bad', pattern: '.*' },
          action: { type: 'Rewrite', value: '{UrlDecode:%0d%0aSet-Cookie:x}' },
        },
      ],
    };
    const { ask } = await site({ 'a.txt': 'a' }, { outboundRules: failing });
    for (const path of ['/a.txt', '/none']) {
      const response = await ask(path);
      expect(response.head).not.toContain('Set-Cookie');
      expect([500, 404]).toContain(response.status);
    }
  });

  it('send a long page to a client that leaves, and close the file', async () => {
    const { connect, ask } = await site({ 'page.html': PAGE.repeat(50) }, { outboundRules });
    const client = await connect();
    client.send('GET /page.html HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.receives('\r\n\r\n');
    client.reset();
    expect((await ask('/page.html')).complete).toBe(true);
  });
});
