// The parser of .case files: what it reads, and that it refuses whatever it does not understand.
import { describe, expect, it } from 'vitest';
import { parseCase } from './case-file.ts';

const HEAD = 'Title: A case\nWhy: Because (url-rewrite.md 1).\n';

function errorOf(text: string): string {
  try {
    parseCase(text);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

describe('a case file', () => {
  it('gives title, reason, files, requests and what is expected', () => {
    const parsed = parseCase(`Title: A condition takes the host apart
Why: The first group of the last matched condition
     is {C:1} (url-rewrite.md 7).

=== web.config
<configuration>
  <a />
</configuration>

=== images/
=== app.css
body {}
=== requests
# a comment
GET https://www.example.com/a?b=1
    Accept-Encoding: gzip
    X-Empty:
    client 192.0.2.7
 -> redirect 301 https://www.example.com/b
    header x-tenant: alpha
    header accept-encoding removed
    rule "a b" matched
    rule "c" saw "a"

POST http://www.example.com/
 -> none
`);
    expect(parsed).toMatchObject({
      title: 'A condition takes the host apart',
      why: 'The first group of the last matched condition is {C:1} (url-rewrite.md 7).',
      config: 'web.config',
      problems: [],
      entries: [
        { path: 'web.config', text: '<configuration>\n  <a />\n</configuration>\n' },
        { path: 'images/', text: '' },
        { path: 'app.css', text: 'body {}\n' },
      ],
    });
    const [first, second] = parsed.requests;
    expect([first.method, first.url, first.client]).toEqual(['GET', 'https://www.example.com/a?b=1', '192.0.2.7']);
    expect(first.headers).toEqual([
      ['Accept-Encoding', 'gzip'],
      ['X-Empty', ''],
    ]);
    expect(first.expected).toEqual([
      { about: 'outcome', name: '', text: 'redirect 301 https://www.example.com/b' },
      { about: 'header', name: 'x-tenant', text: ': alpha' },
      { about: 'header', name: 'accept-encoding', text: 'removed' },
      { about: 'rule', name: 'a b', text: 'matched' },
      { about: 'input', name: 'c', text: '"a"' },
    ]);
    expect([second.method, second.expected.length]).toEqual(['POST', 1]);
  });

  it('gives the response of the server and what shall become of it', () => {
    const { requests } = parseCase(`${HEAD}
=== <rewrite>
=== requests
GET http://www.example.com/
    response 302
    response Location: http://10.0.0.1/x
    response body:
    | <p>
    |   a
 -> proxy http://shop/
    response location: http://www.example.com/x
    response etag absent
    response 302
    response body:
    | <p>
    |   b
`);
    expect(requests[0].response).toEqual({
      status: 302,
      headers: [['Location', 'http://10.0.0.1/x']],
      body: '<p>\n  a\n',
    });
    expect(requests[0].expected.slice(1)).toEqual([
      { about: 'response', name: 'location', text: ': http://www.example.com/x' },
      { about: 'response', name: 'etag', text: 'absent' },
      { about: 'response', name: 'status', text: '302' },
      { about: 'response', name: 'body', text: '<p>\n  b\n' },
    ]);
  });

  it('writes what stands around a short block', () => {
    const { entries, config } = parseCase(`${HEAD}
=== server <rewrite>
<globalRules />
=== <rewrite>
<rules />
=== requests
GET http://a/
-> none
`);
    expect(config).toBe('applicationHost.config');
    expect(entries.map(({ path }) => path)).toEqual(['applicationHost.config', 'wwwroot/', 'wwwroot/web.config']);
    expect(entries[2].text).toContain('<rewrite>\n<rules />\n    </rewrite>');
  });

  it('gives the problems of a configuration that is refused', () => {
    const { problems } = parseCase(`${HEAD}=== web.config\n<x>\n=== check\nerror web.config:1:1 no end\n`);
    expect(problems).toEqual([{ severity: 'error', place: 'web.config:1:1', says: 'no end' }]);
  });

  it.each([
    ['', 'line 1: there is no block: begin one with "=== web.config"'],
    ['=== web.config\n', 'line 1: the first line is "Title: …"'],
    ['Title: A\n\n=== web.config\n', 'line 2: the second line is "Why: …"'],
    ['Title: A\nWhy: B.\n=== web.config\n', 'line 2: the reason cites no section, such as (url-rewrite.md 7)'],
    [`${HEAD}\nmore\n=== web.config\n`, 'line 3: nothing may stand between the reasons and the first block'],
    [`${HEAD}===web.config\n`, 'line 3: a headline is "=== " and a name'],
    [`${HEAD}=== ../web.config\n`, 'line 3: ../web.config is no path below the folder of the case, written with /'],
    [`${HEAD}=== <rules>\n`, 'line 3: <rules> is no path below the folder of the case, written with /'],
    [`${HEAD}=== web.config\n=== web.config\n`, 'line 4: a second block for web.config'],
    [`${HEAD}=== a/\nx\n`, 'line 4: a/ takes no text of its own'],
    [`${HEAD}=== a.css\n`, 'line 1: there is neither an applicationHost.config nor a web.config'],
    [`${HEAD}=== web.config\n`, 'line 3: there is no request, and no error is expected'],
    [`${HEAD}=== web.config\n=== requests\n`, 'line 4: there is no request, and no error is expected'],
    [
      `${HEAD}=== web.config\n=== check\nfatal\n`,
      'line 5: expected "error FILE:LINE:COLUMN MESSAGE" or "warning FILE:LINE:COLUMN …"',
    ],
    [
      `${HEAD}=== web.config\n=== check\nerror a:1:1 b\n=== requests\nGET http://a/\n-> none\n`,
      'line 8: a configuration that is refused answers no request',
    ],
  ])('is refused when it reads %j', (text, message) => {
    expect(errorOf(text)).toBe(message);
  });

  it.each([
    ['GET /a', 'line 5: expected a method and an absolute URL'],
    ['  X-A: b', 'line 5: begin with a request, such as "GET https://www.example.com/"'],
    ['-> none', 'line 5: an outcome without a request'],
    ['GET http://a/', 'line 5: nothing is expected of GET http://a/'],
    ['GET http://a/\nGET http://b/', 'line 6: nothing is expected of GET http://a/'],
    ['GET http://a/\n-> none\n-> none', 'line 7: a second outcome'],
    [
      'GET http://a/\n-> forward',
      'line 6: an outcome is one of proxy, rewrite, static, redirect, answer, abort, none, error',
    ],
    ['GET http://a/\n  what', 'line 6: expected a header, "client ADDRESS", "response …" or "-> OUTCOME"'],
    ['GET http://a/\n  response what', 'line 6: expected "response 200", "response NAME: VALUE" or "response body: …"'],
    ['GET http://a/\n  | x', 'line 6: a line of a body stands after "response body:"'],
    ['GET http://a/\n-> none\n  header x', 'line 7: not understood after the outcome: header x'],
    ['GET http://a/\n-> none\n  header x absent', 'line 7: not understood after the outcome: header x absent'],
    ['GET http://a/\n-> none\n  response x removed', 'line 7: not understood after the outcome: response x removed'],
    ['GET http://a/\n-> none\n  rule x matched', 'line 7: not understood after the outcome: rule x matched'],
    ['GET http://a/\n-> none\n  X-A: b', 'line 7: not understood after the outcome: X-A: b'],
  ])('is refused when its requests read %j', (requests, message) => {
    expect(errorOf(`${HEAD}=== web.config\n=== requests\n${requests}\n`)).toBe(message);
  });
});
