// Patterns and expressions of any text: what compiles runs on any request, and whatever does not is a problem with a place.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProxyError } from '../../src/model/proxy-error.ts';
import { faultsOf, runRules, type WrittenRule } from './rule-request.ts';

const patternText = fc.string({ unit: fc.constantFrom(...'ab*?.\\()[]{}|^$+,-1é/:RC\n'), maxLength: 12 });
const template = fc.string({
  unit: fc.constantFrom(
    '{',
    '}',
    ':',
    'R',
    'C',
    '0',
    '1',
    'URL',
    'ToLower',
    'UrlDecode',
    'UrlEncode',
    'map',
    '/',
    '?',
    '%',
    'http://',
    'é',
    ' ',
  ),
  maxLength: 10,
});
const target = fc
  .string({
    unit: fc.constantFrom('a', 'B', '/', '.', '-', '1', '%20', '%c3%a9', '%0a', '?', '&', '%25'),
    maxLength: 12,
  })
  .map((text) => `/${text}`);

/** What a rule does with a request, where nothing is wrong with it: any end but a ProxyError is a fault of ours. */
function runsOrRefuses(rule: WrittenRule, request: string): void {
  const written = { rules: [rule], maps: [{ name: 'map', entries: [['a', '{R:1}']] as [string, string][] }] };
  if (faultsOf(written).some((fault) => fault.startsWith('error'))) return;
  try {
    runRules(written, request);
  } catch (error) {
    if (!(error instanceof ProxyError)) throw error;
    expect(['ruleFailed', 'uriTooLong']).toContain(error.code);
  }
}

describe('any text', () => {
  it.each(['ECMAScript', 'Wildcard', 'ExactMatch'] as const)('is a pattern or a problem: %s', (patternSyntax) => {
    fc.assert(
      fc.property(patternText, patternText, fc.boolean(), target, (url, pattern, ignoreCase, request) => {
        const conditions = [{ input: '{URL}', pattern, ignoreCase }];
        runsOrRefuses({ patternSyntax, match: { url, ignoreCase }, conditions, action: { url: '/{R:0}' } }, request);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['Wildcard', 'ExactMatch'] as const)('is a pattern without problems: %s', (patternSyntax) => {
    fc.assert(
      fc.property(patternText, (url) => {
        fc.pre(url !== '');
        expect(
          faultsOf({ rules: [{ patternSyntax, match: url }] }).filter((fault) => fault.startsWith('error')),
        ).toEqual([]);
      }),
    );
  });

  it('is a template or a problem, wherever it stands', () => {
    const match = '^(.*)$';
    fc.assert(
      fc.property(template, fc.constantFrom(0, 1, 2, 3, 4, 5), target, (text, place, request) => {
        const rules: WrittenRule[] = [
          { match, action: { url: text } },
          { match, action: { type: 'Redirect', url: text } },
          { match, conditions: [{ input: text, pattern: '.' }] },
          { match, serverVariables: [{ name: 'HTTP_X', value: text }] },
          { match, serverVariables: [{ name: 'X', value: text }], action: { url: '{X}' } },
          { match, action: { type: 'CustomResponse', statusCode: 403, statusReason: text, statusDescription: text } },
        ];
        runsOrRefuses(rules[place]!, request);
      }),
      { numRuns: 2000 },
    );
  });
});
