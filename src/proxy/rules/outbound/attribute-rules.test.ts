import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { rewritten, type WrittenOutbound } from '../../../../test/outbound/outbound-response.ts';
import type { TagFilter } from '../../../model/outbound-config.ts';

/** A rule that puts `*` in front of every value of these tags. */
const star = (...filterByTags: TagFilter[]) => ({ match: { filterByTags }, value: '*{R:0}' });

async function pageAfter(
  rules: WrittenOutbound['rules'],
  page: string,
  rest: Partial<WrittenOutbound> = {},
  type = 'text/html',
): Promise<string> {
  const body = [Buffer.from(page, 'latin1')];
  const response = await rewritten({ rules, ...rest }, { fields: [`Content-Type: ${type}`], body });
  expect(response.rewritten).toBe(true);
  return response.body.toString('latin1');
}

describe('a rule with a tag filter', () => {
  it.each<[TagFilter, string, string]>([
    ['A', '<a href="x" name="x">', '<a href="*x" name="x">'],
    ['Area', '<area href="x">', '<area href="*x">'],
    ['Base', '<base href="x">', '<base href="*x">'],
    ['Form', '<form action="x" href="x">', '<form action="*x" href="x">'],
    ['Frame', '<frame src="x" longdesc="y">', '<frame src="*x" longdesc="*y">'],
    ['Head', '<head profile="x">', '<head profile="*x">'],
    ['IFrame', '<iframe src="x" longdesc="y">', '<iframe src="*x" longdesc="*y">'],
    ['Img', '<img src="x" longdesc="y" usemap="z" srcset="x">', '<img src="*x" longdesc="*y" usemap="*z" srcset="x">'],
    ['Input', '<input src="x" usemap="z" value="x">', '<input src="*x" usemap="*z" value="x">'],
    ['Link', '<link href="x">', '<link href="*x">'],
    ['Script', '<script src="x">', '<script src="*x">'],
  ])('%s: changes the addresses of its tags and no others', async (tag, before, after) => {
    const others = '<a2 href="x"><b href="x" src="x" action="x">';
    expect(await pageAfter([star(tag)], before)).toBe(after);
    expect(await pageAfter([star(tag)], others)).toBe(others);
  });

  it('changes custom tags, whatever their letter case', async () => {
    const customTags = [
      {
        name: 'mine',
        tags: [
          { name: 'My-Tag', attribute: 'Data-Url' },
          { name: 'video', attribute: 'src' },
        ],
      },
    ];
    const rules = [
      { match: { filterByTags: ['CustomTags' as const, 'A' as const], customTags: 'MINE' }, value: '*{R:0}' },
    ];
    const page = '<MY-TAG data-url=x><video SRC="y"><a href="z">';
    expect(await pageAfter(rules, page, { customTags })).toBe('<MY-TAG data-url=*x><video SRC="*y"><a href="*z">');
  });

  it.each([
    ['quotes of either kind, and none', `<a href='x'><a href="x"><a href=x>`, `<a href='*x'><a href="*x"><a href=*x>`],
    ['letters of either case', '<A HREF="x">', '<A HREF="*x">'],
    ['blanks and line ends', '<a\n\tclass=q href \r\n= "x" >', '<a\n\tclass=q href \r\n= "*x" >'],
    ['a slash at the end', '<img src="x"/><img src=x />', '<img src="*x"/><img src=*x />'],
    ['attributes without blanks between them', '<a class="b"href="x"id=y>', '<a class="b"href="*x"id=y>'],
    ['a > in the value of another attribute', '<a title="a > b" href="x">', '<a title="a > b" href="*x">'],
    ['a quote inside an unquoted value', `<a title=it's href="x">`, `<a title=it's href="*x">`],
    [
      'attributes without a value',
      '<a download href="x" ><a download= href="y">',
      '<a download href="*x" ><a download= href="y">',
    ],
    ['an empty value', '<a href="" id=""><a href=>', '<a href="*" id=""><a href=>'],
    ['odd names', '<a =href="y" hrefx="y" xhref="y" href="x">', '<a =href="y" hrefx="y" xhref="y" href="*x">'],
    ['a < that begins no tag', 'a < b <1 <a href="x"> << <a href="y">', 'a < b <1 <a href="*x"> << <a href="*y">'],
  ])('reads HTML as browsers do: %s', async (_what, before, after) => {
    expect(await pageAfter([star('A', 'Img')], before)).toBe(after);
  });

  it.each([
    ['comments', '<!-- <a href="x"> -- > <a href="x"> -->'],
    ['short comments', '<!--><!---><!-- a --!><!-- <a href="x">'.replace('<!-- <a href="x">', '<!--<a href="x">-->')],
    ['comments that begin tags', '<!-- [if IE]><a href="x"><![endif]-->'],
    ['CDATA', '<![CDATA[ <a href="x"> ]] > ]]]>'],
    ['declarations', '<!DOCTYPE html "<a href=x"><![if <a href=x]><?php <a href="x" ?>'],
    ['scripts', '<script>s = "<a href=\\"x\\">"; "</scrip" + "t>"; </ script></script >'],
    [
      'styles, text areas and titles',
      '<style><a href="x"></style><TextArea><a href="x"></TEXTAREA\n><title><a href="x"></title>',
    ],
    ['end tags', '</a href="x"></ <a href="x">'],
    ['a page that ends inside a tag', '<a href="x'],
  ])('does not look into %s', async (_what, page) => {
    expect(await pageAfter([star('A')], page)).toBe(page);
    const behind = '<a href="y">';
    if (!page.endsWith('"x')) expect(await pageAfter([star('A')], page + behind)).toBe(`${page}<a href="*y">`);
  });

  it('goes on after the start tag of a script in XML, where scripts are markup', async () => {
    const page = '<script src="x"/><a href="y"/>';
    expect(await pageAfter([star('A', 'Script')], page, {}, 'application/xhtml+xml')).toBe(
      '<script src="*x"/><a href="*y"/>',
    );
    expect(await pageAfter([star('A', 'Script')], page)).toBe('<script src="*x"/><a href="y"/>');
  });

  it('sees the value raw, and replaces it as a whole', async () => {
    const rules = [
      {
        match: { filterByTags: ['A' as const], pattern: '^/p\\?a=(\\d+)(?:&|&amp;)b=(\\d+)' },
        value: '/p/{R:1}/{R:2}',
      },
    ];
    expect(await pageAfter(rules, '<a href="/p?a=1&amp;b=2&amp;c"><a href="/p?a=1&b=2">')).toBe(
      '<a href="/p/1/2"><a href="/p/1/2">',
    );
  });

  it('gives a value to the rules in order; stopProcessing ends the chain for that value', async () => {
    const rule = (pattern: string, value: string, stopProcessing = false) => ({
      ...{ match: { filterByTags: ['A' as const], pattern }, value, stopProcessing },
    });
    expect(await pageAfter([rule('one', 'two'), rule('two', 'three')], '<a href="one">')).toBe('<a href="three">');
    const stops = [rule('one', 'two', true), rule('two', 'three')];
    expect(await pageAfter(stops, '<a href="one"><a href="two">')).toBe('<a href="two"><a href="three">');
    const none = { match: { filterByTags: ['A' as const], pattern: 'keep' }, stopProcessing: true };
    expect(await pageAfter([none, rule('.*', 'x')], '<a href="keep"><a href="y">')).toBe('<a href="keep"><a href="x">');
  });

  it('keeps the new value inside its quotes, and gives one quotes that needs them', async () => {
    const rules = [{ match: { filterByTags: ['A' as const] }, value: `a"b'c d` }];
    expect(await pageAfter(rules, `<a href="x"><a href='x'><a href=x>`)).toBe(
      `<a href="a&quot;b'c d"><a href='a"b&#39;c d'><a href="a&quot;b'c d">`,
    );
    expect(await pageAfter([{ match: { filterByTags: ['A'] }, value: '' }], '<a href=x>')).toBe('<a href="">');
  });

  it('leaves values beyond 16 KiB alone', async () => {
    const long = (length: number) => `<a href="${'x'.repeat(length)}">`;
    expect(await pageAfter([star('A')], long(16_384))).toBe(`<a href="*${'x'.repeat(16_384)}">`);
    expect(await pageAfter([star('A')], `${long(16_385)}<a href="y">`)).toBe(`${long(16_385)}<a href="*y">`);
  });

  it('fails the response with 500.52 when its value cannot be expanded', async () => {
    const condition = { input: '{R:0}', pattern: '^(x)?' };
    const rule = { ...star('A'), value: '{UrlDecode:{R:0}}', conditions: [condition] };
    const failing = rewritten({ rules: [rule] }, { body: '<a href="%2541">' });
    await expect(failing).rejects.toMatchObject({
      code: 'outboundRuleFailed',
      message: expect.stringContaining('rule 1'),
    });
  });
});

describe('character sets', () => {
  const letters = (pattern: string, value: string) => [{ match: { filterByTags: ['A' as const], pattern }, value }];
  const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

  it('of the Content-Type are read and written; what they lack becomes a reference', async () => {
    const rules = letters('^/straße/(.)', '/{R:1}é€я');
    expect(await pageAfter(rules, bytes('<a href="/straße/ü">'), {}, 'text/html; charset=utf-8')).toBe(
      bytes('<a href="/üé€я">'),
    );
    const windows = await pageAfter(rules, '<a href="/stra\xdfe/\xfc">', {}, 'text/html; charset="windows-1252"');
    expect(windows).toBe('<a href="/\xfc\xe9\x80&#1103;">');
    const japanese = letters('^/(表)', '/{R:1}ソé');
    const page = '<p>\x95\x5c</p><a href="/\x95\x5c">';
    expect(await pageAfter(japanese, page, {}, 'text/html; charset=Shift_JIS')).toBe(
      '<p>\x95\x5c</p><a href="/\x95\x5c\x83\x5c&#233;">',
    );
  });

  it('of a byte order mark win, and those of meta count where nothing else is said', async () => {
    const rules = letters('^ü$', 'é');
    expect(await pageAfter(rules, '<meta charset="iso-8859-1"><a href="\xfc">')).toBe(
      '<meta charset="iso-8859-1"><a href="\xe9">',
    );
    const old = '<META http-equiv=Content-Type content="text/html; charset=koi8-r"><a href="\xc0">';
    expect(await pageAfter(letters('^ю$', 'я'), old)).toBe(old.replace('\xc0', '\xd1'));
    expect(await pageAfter(rules, '\xef\xbb\xbf<a href="\xc3\xbc">', {}, 'text/html; charset=koi8-r')).toBe(
      '\xef\xbb\xbf<a href="\xc3\xa9">',
    );
    expect(
      await pageAfter(rules, `<meta charset=koi8-r><a href="${bytes('ü')}">`, {}, 'text/html; charset=utf-8'),
    ).toContain(bytes('é'));
  });

  it('unsaid are UTF-8 where the bytes are that, and else bytes', async () => {
    const rules = letters('^(ü.*)', '{R:1}é');
    expect(await pageAfter(rules, `<a href="${bytes('ü')}"><a href="\xfc\xff">`)).toBe(
      `<a href="${bytes('üé')}"><a href="\xfc\xff\xe9">`,
    );
  });

  it('in which markup cannot be found leave the page alone, and say so', async () => {
    const trace: never[] = [];
    const fields = ['Content-Type: text/html; charset=utf-16le'];
    expect((await rewritten({ rules: [star('A')] }, { fields, body: '<a href="x">', trace })).rewritten).toBe(false);
    expect(trace).toMatchObject([{ stage: 'outbound', rewritten: false, reason: expect.stringContaining('utf-16le') }]);
    const marked = Buffer.from('\ufeff<a href="x">', 'utf16le').toString('latin1');
    expect(await pageAfter([star('A')], marked)).toBe(marked);
  });
});

describe('a body', () => {
  it.each([
    ['of images', ['Content-Type: image/png']],
    ['of a type that no precondition lets through', ['Content-Type: text/css']],
    ['with an unknown encoding', ['Content-Type: text/html', 'Content-Encoding: compress']],
    ['encoded twice', ['Content-Type: text/html', 'Content-Encoding: gzip, br']],
    ['that is known to be empty', ['Content-Type: text/html', 'Content-Length: 0']],
  ])('%s is never looked at', async (_what, fields) => {
    const preConditions = { html: [{ input: '{RESPONSE_CONTENT_TYPE}', pattern: '^(text/html|image)' }] };
    const { draft } = await rewritten({ rules: [{ ...star('A'), preCondition: 'html' }], preConditions }, { fields });
    expect([draft.transform, draft.fieldEdits]).toEqual([null, null]);
  });

  it('in chunks is left alone under rewriteBeforeCache, as in IIS', async () => {
    const fields = ['Content-Type: text/html', 'Transfer-Encoding: chunked'];
    const rules = [star('A')];
    expect((await rewritten({ rules, rewriteBeforeCache: true }, { fields })).rewritten).toBe(false);
    expect((await rewritten({ rules }, { fields })).rewritten).toBe(true);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('that is not whole in its coding fails, which is the fault of the server: %s', async (coding, encode) => {
    const whole = encode(Array.from({ length: 3000 }, (_, n) => `<a href="${(n * 7919) % 3001}">`).join(''));
    const fields = ['Content-Type: text/html', `Content-Encoding: ${coding}`];
    expect((await rewritten({ rules: [star('A')] }, { fields, body: [whole] })).body.length).toBeGreaterThan(1000);
    const corrupt = Buffer.from(whole);
    corrupt.fill(0xff, coding === 'zstd' ? 4 : 60, 90); // zstd has no checksum unless it is asked for one
    for (const body of [
      [whole.subarray(0, -6)],
      [whole.subarray(0, 1)],
      [corrupt],
      [Buffer.from('\xff\xff no such coding')],
    ])
      await expect(rewritten({ rules: [star('A')] }, { fields, body })).rejects.toMatchObject({
        code: 'invalidResponse',
      });
  });
});
