import { describe, expect, it } from 'vitest';
import { rewritten, type WrittenOutbound } from '../../../../test/outbound/outbound-response.ts';

/** A rule for a response header. */
const header = (serverVariable: string, pattern: string, value: string, more = {}) => ({
  match: { serverVariable, pattern },
  value,
  ...more,
});

async function valueAfter(written: WrittenOutbound['rules'], fields: string[], name: string): Promise<string[]> {
  return (await rewritten({ rules: written }, { fields })).values(name);
}

describe('a rule for a response header', () => {
  it('replaces the value as a whole', async () => {
    const rule = header('RESPONSE_LOCATION', '^http://[^/]+/(.*)', '/{R:1}');
    expect(await valueAfter([rule], ['Location: http://inner:81/a?b'], 'Location')).toEqual(['/a?b']);
    expect(await valueAfter([header('RESPONSE_X_A', 'b', 'new')], ['X-A: abc'], 'x-a')).toEqual(['new']);
  });

  it('finds the header in any letter case, with _ or - in its name', async () => {
    for (const name of ['RESPONSE_X_POWERED_BY', 'response_X-Powered-By'])
      expect(await valueAfter([header(name, '.+', '')], ['x-powered-BY: ASP.NET'], 'x-powered-by')).toEqual([]);
  });

  it('leaves its spelling to the server, and writes a new one as headers are written', async () => {
    const rules = [header('RESPONSE_LOCATION', '.+', '/a'), header('RESPONSE_X_FRAME_OPTIONS', '^$', 'DENY')];
    const { draft } = await rewritten({ rules }, { fields: ['location: /b'] });
    expect(draft.addedLines).toBe('location: /a\r\nX-Frame-Options: DENY\r\n');
  });

  it('sees an absent header as the empty text, and so can add it', async () => {
    expect(await valueAfter([header('RESPONSE_X_Frame_Options', '^$', 'DENY')], [], 'x-frame-options')).toEqual([
      'DENY',
    ]);
    expect(await valueAfter([header('RESPONSE_X_Frame_Options', '.+', 'DENY')], [], 'x-frame-options')).toEqual([]);
    const kept = await valueAfter([header('RESPONSE_X_A', '.*', 'b', { replace: false })], ['X-A: a'], 'x-a');
    expect(kept).toEqual(['a']);
    expect(await valueAfter([header('RESPONSE_X_A', '.*', 'b', { replace: false })], [], 'x-a')).toEqual(['b']);
  });

  it('works on each of several headers of one name alone', async () => {
    const fields = ['Set-Cookie: a=1; path=/inner', 'Set-Cookie: b=2', 'Set-Cookie: c=3; Path=/inner/x'];
    const rule = header('RESPONSE_SET_COOKIE', '(.*)path=/inner(.*)', '{R:1}path=/{R:2}');
    expect(await valueAfter([rule], fields, 'set-cookie')).toEqual(['a=1; path=/', 'b=2', 'c=3; path=//x']);
    expect(await valueAfter([header('RESPONSE_SET_COOKIE', '^b=', '')], fields, 'set-cookie')).toHaveLength(2);
  });

  it('gets what the one before it made; stopProcessing ends the chain for that value alone', async () => {
    const rules = [
      header('RESPONSE_X_A', '^one$', 'two', { stopProcessing: true }),
      header('RESPONSE_X_A', '^two$', 'three'),
      header('RESPONSE_X_B', '^two$', 'four'),
    ];
    expect(await valueAfter(rules, ['X-A: one', 'X-A: two', 'X-B: two'], 'x-a')).toEqual(['two', 'three']);
    expect(await valueAfter(rules, ['X-A: one', 'X-B: two'], 'x-b')).toEqual(['four']);
    const chain = [header('RESPONSE_X_A', 'one', 'two'), header('RESPONSE_X_A', 'two', 'three')];
    expect(await valueAfter(chain, ['X-A: one'], 'x-a')).toEqual(['three']);
  });

  it('applies where a negated pattern does not match, with the value as {R:0}', async () => {
    const rule = { match: { serverVariable: 'RESPONSE_X_A', pattern: '^b', negate: true }, value: '<{R:0}>' };
    expect(await valueAfter([rule], ['X-A: a'], 'x-a')).toEqual(['<a>']);
    expect(await valueAfter([rule], ['X-A: b'], 'x-a')).toEqual(['b']);
  });

  it('reads other headers, the status, and what earlier rules made of them', async () => {
    const rules = [
      header('RESPONSE_X_A', '.*', '{RESPONSE_STATUS} {RESPONSE_CONTENT_TYPE}'),
      header('RESPONSE_X_B', '.*', '[{RESPONSE_X_A}] {HTTP_HOST}{URL}'),
    ];
    const { values } = await rewritten({ rules }, { status: '404 Not Found', target: '/a?b', host: 'www.example' });
    expect(values('x-b')).toEqual(['[404 text/html] www.example/a']);
  });

  it('keeps bytes of a value that it does not change, and writes letters as UTF-8', async () => {
    const rules = [header('RESPONSE_X_A', '^ü$', 'ö')];
    expect(await valueAfter(rules, ['X-A: \xfc'], 'x-a')).toEqual(['\xc3\xb6']);
    expect(await valueAfter(rules, ['X-A: \xc3\xbc'], 'x-a')).toEqual(['\xc3\xb6']);
    expect(await valueAfter(rules, ['X-A: \xfc\xfc'], 'x-a')).toEqual(['\xfc\xfc']);
  });

  it('fails with 500.52, naming the rule, when it would split the head', async () => {
    const rules = [{ name: 'splits', ...header('RESPONSE_X_A', '^$', '{UrlDecode:{QUERY_STRING}}') }];
    for (const target of ['/?a%0d%0aSet-Cookie:x', '/?%C4%8D%C4%8A']) {
      const run = rewritten({ rules }, { fields: [], target });
      if (target.includes('%0d')) await expect(run).rejects.toMatchObject({ code: 'outboundRuleFailed' });
      else expect((await run).values('x-a')[0]).toMatch(/^[\x80-\xff]+$/);
    }
    const failed = rewritten({ rules, rewriteBeforeCache: true }, { fields: [], target: '/?%0a' });
    await expect(failed).rejects.toMatchObject({
      code: 'cachedRuleFailed',
      message: expect.stringContaining('splits'),
    });
  });
});

describe('preconditions', () => {
  const rules = [
    { preCondition: 'isHtml', ...header('RESPONSE_CONTENT_TYPE', '.*', 'text/plain') },
    { preCondition: 'ISHTML', ...header('RESPONSE_X_A', '^$', 'html') },
  ];
  const preConditions = { isHtml: [{ input: '{RESPONSE_CONTENT_TYPE}', pattern: '^text/html' }] };

  it('are made once, before any rule has changed what they look at', async () => {
    expect((await rewritten({ rules, preConditions })).values('x-a')).toEqual(['html']);
    const other = await rewritten({ rules, preConditions }, { fields: ['Content-Type: image/png'] });
    expect([other.values('x-a'), other.values('content-type')]).toEqual([[], ['image/png']]);
  });

  it('without a condition hold', async () => {
    const { values } = await rewritten({ rules, preConditions: { isHtml: [] } }, { fields: [] });
    expect(values('x-a')).toEqual(['html']);
  });
});

describe('conditions', () => {
  it('keep the captures of all of them, unless told otherwise', async () => {
    const rule = {
      ...header('RESPONSE_X_A', '^(.)', '{R:1}{C:1}{C:2}{C:3}'),
      conditions: [
        { input: '{HTTP_HOST}', pattern: '^(www)\\.(.*)$' },
        { input: '{URL}', pattern: '^/(.*)$' },
        { input: '{HTTPS}', pattern: 'on', negate: true },
      ],
    };
    const { values } = await rewritten({ rules: [rule] }, { fields: ['X-A: a'], host: 'www.example', target: '/page' });
    expect(values('x-a')).toEqual(['awwwexamplepage']);
  });
});

describe('what expressions see', () => {
  const rules = [header('RESPONSE_X_A', '.*', '{URL}?{QUERY_STRING} {UNENCODED_URL}')];

  it("is the client's URL where the request was sent on, the rewritten one where it was not", async () => {
    const onwards = { rules: [{ match: 'app/(.*)', action: { url: 'http://shop/{R:1}?x=1' } }] };
    const sent = await rewritten({ rules, inbound: onwards }, { target: '/app/p%20q?y=2' });
    expect(sent.values('x-a')).toEqual(['/app/p q?y=2 /app/p%20q?y=2']);
    const here = { rules: [{ match: 'app/(.*)', action: { url: '/new/{R:1}?x=1' } }] };
    const local = await rewritten({ rules, inbound: here }, { target: '/app/p?y=2' });
    expect(local.values('x-a')).toEqual(['/new/p?x=1&y=2 /app/p?y=2']);
  });

  it('is a variable that a rule of the request set, and one that an outbound rule restores', async () => {
    const inbound = {
      rules: [
        {
          serverVariables: [
            { name: 'HTTP_X_ORIGINAL_ACCEPT_ENCODING', value: '{HTTP_ACCEPT_ENCODING}' },
            { name: 'HTTP_ACCEPT_ENCODING', value: '' },
            { name: 'TENANT', value: 'alpha' },
          ],
        },
      ],
    };
    const restored = [
      header('RESPONSE_X_A', '.*', '[{HTTP_ACCEPT_ENCODING}]'),
      header('HTTP_ACCEPT_ENCODING', '^(.*)', '{HTTP_X_ORIGINAL_ACCEPT_ENCODING}', {
        preCondition: 'NeedsRestoringAcceptEncoding',
      }),
      header('RESPONSE_X_B', '.*', '[{HTTP_ACCEPT_ENCODING}] {TENANT}{LEVEL}'),
      header('LEVEL', '^$', '7'),
      header('RESPONSE_X_C', '.*', '{LEVEL}'),
    ];
    const preConditions = {
      NeedsRestoringAcceptEncoding: [{ input: '{HTTP_X_ORIGINAL_ACCEPT_ENCODING}', pattern: '.+' }],
    };
    const { values } = await rewritten(
      { rules: restored, preConditions, inbound },
      { requestFields: ['Accept-Encoding: gzip'] },
    );
    expect([values('x-a'), values('x-b'), values('x-c')]).toEqual([['[]'], ['[gzip] alpha'], ['7']]);
  });

  it('is what maps and functions make of it', async () => {
    const inbound = { rules: [], maps: [{ name: 'Names', entries: [['a', 'Alpha']] as [string, string][] }] };
    const rule = header('RESPONSE_X_A', '^(.*)$', '{ToLower:{Names:{R:1}}} {HtmlEncode:<}');
    expect((await rewritten({ rules: [rule], inbound }, { fields: ['X-A: a'] })).values('x-a')).toEqual([
      'alpha &#60;',
    ]);
  });
});

describe('explain', () => {
  it('is told of each value that a rule looked at', async () => {
    const trace: never[] = [];
    const rules = [header('RESPONSE_X_A', '^(a)', '{R:1}b'), header('RESPONSE_X_A', '^c', 'd')];
    await rewritten({ rules }, { fields: ['X-A: a'], trace });
    expect(trace).toMatchObject([
      {
        stage: 'rule',
        name: 'rule 1',
        scope: 'outbound',
        input: 'a',
        matched: true,
        captures: ['a', 'a'],
        reason: 'becomes "ab"',
      },
      { stage: 'rule', name: 'rule 2', input: 'ab', matched: false, reason: 'the pattern does not match' },
    ]);
  });
});
