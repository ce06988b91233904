import {
  brotliCompressSync,
  brotliDecompressSync,
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateRawSync,
  inflateSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAt, rewritten, type WrittenOutbound } from '../../../../test/outbound/outbound-response.ts';

const star: WrittenOutbound['rules'] = [
  { match: { filterByTags: ['A', 'Img'], pattern: '^(.*?)x' }, value: '{R:1}*' },
  { match: { filterByTags: ['A', 'Form', 'Script'] }, value: 'é{R:0}' },
];
const search: WrittenOutbound['rules'] = [
  { match: { pattern: 'a+[^<]b?' }, value: '[{R:0}]' },
  { match: { pattern: 'x', occurrences: 2 }, value: '' },
];

/** Pieces of markup that meet in every way. */
const markup = fc.constantFrom(
  ...[
    '<a href="',
    '<a href=',
    "<img src='",
    '<script>',
    '</script>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<!',
    '<?',
    '</',
    '<a',
    '>',
    '"',
  ],
  ...[
    "'",
    '=',
    ' ',
    '/',
    '\n',
    'x',
    'aab',
    'href',
    '<form action = "x"',
    'é',
    '漢',
    '\xff',
    '<meta charset=utf-8>',
    '<TITLE>',
    '</title >',
  ],
);
const page = fc.array(markup, { maxLength: 30 }).map((parts) => parts.join(''));
const bytes = page.map((text) =>
  Buffer.concat([...text].map((each) => Buffer.from(each, each === '\xff' ? 'latin1' : 'utf8'))),
);
const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 20 });

async function through(rules: WrittenOutbound['rules'], body: readonly Buffer[], encoding = ''): Promise<Buffer> {
  const fields = ['Content-Type: text/html', ...(encoding === '' ? [] : [`Content-Encoding: ${encoding}`])];
  return (await rewritten({ rules }, { fields, body })).body;
}

const CODINGS = [
  ['gzip', gzipSync, gunzipSync],
  ['deflate', deflateSync, inflateSync],
  ['deflate', deflateRawSync, inflateRawSync],
  ['br', brotliCompressSync, brotliDecompressSync],
  ['zstd', zstdCompressSync, zstdDecompressSync],
] as const;

describe('what comes out of a body', () => {
  it.each([
    ['values of attributes', star],
    ['matches anywhere', search],
    ['both', [...star, ...search, star[0]!]],
  ])('is the same however it is cut: %s', async (_what, rules) => {
    await fc.assert(
      fc.asyncProperty(bytes, cuts, async (body, at) => {
        const whole = await through(rules, [body]);
        expect(await through(rules, cutAt(body, at))).toEqual(whole);
        expect(await through(rules, cutAt(body, [...body.keys()]))).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it('is the same however it is cut and encoded', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, cuts, fc.constantFrom(...CODINGS), async (body, at, [name, encode, decode]) => {
        const whole = await through(star, [body]);
        const encoded = await through(star, cutAt(encode(body), at), name);
        expect(decode(encoded)).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });

  it('is what went in, byte for byte, where no value changes', async () => {
    const rules: WrittenOutbound['rules'] = [
      { match: { filterByTags: ['A', 'Img', 'Form', 'Script'], pattern: '[^]*' }, value: '{R:0}' },
      { match: { pattern: '.' }, value: '{R:0}' },
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          bytes,
          fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each)),
        ),
        cuts,
        async (body, at) => {
          expect(await through(rules, cutAt(body, at))).toEqual(body);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('differs only where values of wanted attributes stood', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('x', 'y&amp;z', '', '/a?b'), { maxLength: 8 }),
        cuts,
        async (values, at) => {
          const body = (mark: string) =>
            values
              .map((value, index) => `<p>${index}</p>\n<A  HREF="${mark}${value}" title="${value}">`)
              .join('<!-- <a href="q"> -->');
          const rules: WrittenOutbound['rules'] = [{ match: { filterByTags: ['A'] }, value: '*{R:0}' }];
          expect((await through(rules, cutAt(Buffer.from(body('')), at))).toString()).toBe(body('*'));
        },
      ),
    );
  });
});
