// What rules make of what a client sends: bounded in size, and never a second line in a head (DESIGN 5).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProxyError } from '../../src/model/proxy-error.ts';
import { isFieldValue, isRequestTarget } from '../../src/wire/http1/serialise.ts';
import { rewritten } from '../outbound/outbound-response.ts';
import { type RuleResult, runRules, type SentRequest, type WrittenRule } from './rule-request.ts';

/** A request that carries `text` where clients can put any: each byte as an escape in path and query, and in a header. */
function carrying(text: string): SentRequest {
  const escaped = [...Buffer.from(text, 'utf8')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const path = escaped.replaceAll('%00', '').replace(/%(?:5c|2f)/gi, '');
  const field = Buffer.from(text.replace(/[\x00-\x1f\x7f]/g, ''), 'utf8').toString('latin1');
  return { target: `/${path}?${escaped}`, fields: [`X-Text: ${field.trim()}`] };
}

/** Every way from a client's text into a value that a rule writes. */
const SOURCES = [
  '{R:1}',
  '{C:1}',
  '{UrlDecode:{QUERY_STRING}}',
  '{HTTP_X_TEXT}',
  '{UNENCODED_URL}',
  '{V}',
  '{ToLower:{R:1}}',
];

/** Every place where rules write. */
const PLACES: Record<string, (value: string) => Omit<WrittenRule, 'match' | 'conditions'>> = {
  header: (value) => ({ serverVariables: [{ name: 'HTTP_X_MADE', value }] }),
  'header from a variable': (value) => ({
    serverVariables: [
      { name: 'W', value },
      { name: 'HTTP_X_MADE', value: '{W}' },
    ],
  }),
  'path of a rewrite': (value) => ({ action: { url: `http://shop/a${value}` } }),
  'query of a rewrite': (value) => ({ action: { url: `http://shop/a?b=${value}` } }),
  'host of a rewrite': (value) => ({ action: { url: `http://${value}.example/` } }),
  'whole URL of a rewrite': (value) => ({ action: { url: value } }),
  'path of a redirect': (value) => ({ action: { type: 'Redirect', url: `/a${value}` } }),
  'query of a redirect': (value) => ({ action: { type: 'Redirect', url: `/a?b=${value}` } }),
  'host of a redirect': (value) => ({ action: { type: 'Redirect', url: `http://${value}/` } }),
  'fragment of a redirect': (value) => ({ action: { type: 'Redirect', url: `/a#${value}` } }),
  'whole URL of a redirect': (value) => ({ action: { type: 'Redirect', url: value } }),
  statusReason: (value) => ({ action: { type: 'CustomResponse', statusCode: 403, statusReason: value } }),
};

const before: WrittenRule = { serverVariables: [{ name: 'V', value: '{UrlDecode:{QUERY_STRING}}' }] };

function result(rule: WrittenRule, request: SentRequest): RuleResult | ProxyError {
  try {
    return runRules({ rules: [before, rule] }, request);
  } catch (error) {
    if (error instanceof ProxyError) return error;
    throw error;
  }
}

/** Every text that goes into a head. */
function writtenTexts({ ctx, answer }: RuleResult): string[] {
  const made = [...(ctx.outbound.fieldEdits?.values() ?? [])].filter((value) => value !== null);
  if (ctx.outbound.destination !== null) made.push(ctx.outbound.destination);
  if (answer?.kind === 'answer') made.push(answer.reason, ...answer.fields.map(([, value]) => value));
  return made;
}

describe('text of a client in a value that a rule writes', () => {
  const units = fc.constantFrom(
    '\r',
    '\n',
    '\0',
    '\u010d',
    '\u010a',
    '\u{1f600}',
    'é',
    ' ',
    'a',
    '/',
    '?',
    '#',
    '%',
    ':',
    '@',
    '\t',
  );

  it.each(Object.keys(PLACES))('never splits a head: %s', (place) => {
    const text = fc.string({ unit: units, maxLength: 12 });
    fc.assert(
      fc.property(text, fc.constantFrom(...SOURCES), (client, source) => {
        const rule = {
          match: '^([^]*)$',
          conditions: [{ input: '{V}', pattern: '^([^]*)$' }],
          ...PLACES[place]!(source),
        };
        const found = result(rule, carrying(client));
        if (found instanceof ProxyError) return;
        for (const value of writtenTexts(found)) expect(isFieldValue(value), JSON.stringify(value)).toBe(true);
        expect(isRequestTarget(found.ctx.outbound.target)).toBe(true);
      }),
      {
        numRuns: 150,
        examples: [
          ['a\r\nX: 1', '{UrlDecode:{QUERY_STRING}}'],
          ['\u010d\u010aX', '{R:1}'],
        ],
      },
    );
  });

  it('never splits a head of a response', async () => {
    const text = fc.string({ unit: units, maxLength: 12 });
    const source = fc.constantFrom(
      '{R:1}',
      '{C:1}',
      '{UrlDecode:{QUERY_STRING}}',
      '{HTTP_X_TEXT}',
      '{RESPONSE_X_TEXT}',
    );
    await fc.assert(
      fc.asyncProperty(text, source, async (client, value) => {
        const { target, fields } = carrying(client);
        const conditions = [{ input: '{UrlDecode:{QUERY_STRING}}', pattern: '^([^]*)$' }];
        const rule = { match: { serverVariable: 'RESPONSE_X_TEXT', pattern: '^([^]*)$' }, conditions, value };
        try {
          const response = await rewritten({ rules: [rule] }, { target, requestFields: fields, fields });
          for (const written of response.values('X-Text'))
            expect(isFieldValue(written), JSON.stringify(written)).toBe(true);
        } catch (error) {
          if (!(error instanceof ProxyError)) throw error;
        }
      }),
      { numRuns: 150, examples: [['a\r\nX: 1', '{C:1}']] },
    );
  });

  it('fails the request where no header could hold it', () => {
    const rule = PLACES.header!('{UrlDecode:{QUERY_STRING}}');
    expect(() => runRules({ rules: [rule] }, '/?a%0d%0aX-Admin:%201')).toThrow(
      /"rule 1": header x-made would hold a line end/,
    );
  });
});

describe('what rules make', () => {
  const double = (value: string) => ({ serverVariables: [{ name: 'V', value }] });
  const many = (rule: WrittenRule) => Array.from({ length: 40 }, () => rule);

  it.each([
    [
      'a variable that doubles',
      [double('a'.repeat(1000)), ...many(double('{V}{V}'))],
      /an expression would have 128000/,
    ],
    [
      'a query that doubles',
      many({ action: { url: '/a?b={QUERY_STRING}' } }),
      /the query would have \d+ characters, and the most is 65536/,
    ],
    ['a path that grows', [double('é'.repeat(30_000)), { action: { url: '/{V}' } }], /would have \d+ characters/],
    [
      'a header of other letters',
      [double('é'.repeat(40_000)), { serverVariables: [{ name: 'HTTP_X', value: '{V}' }] }],
      /header x would have 80000/,
    ],
    [
      'a redirect of other letters',
      [double('é'.repeat(30_000)), { action: { type: 'Redirect', url: '/{V}' } as const }],
      /Location would have/,
    ],
  ])('is bounded: %s', (_, rules, message) => {
    expect(() => runRules({ rules }, '/start?x=1')).toThrow(message);
  });

  it('is not bounded below what clients may send', () => {
    const long = 'x'.repeat(15_000);
    const rules = [{ match: '(.*)', action: { url: 'http://shop/a/{R:1}' } }];
    expect(runRules({ rules }, `/${long}?${long}`).url).toBe(`http://shop/a/${long}?${long}`);
  });
});
