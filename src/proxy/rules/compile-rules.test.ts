import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultsOf, rulesConfig, runRules, type WrittenRule } from '../../../test/rules/rule-request.ts';
import { compileRules } from './compile-rules.ts';

const faults = (...rules: WrittenRule[]) => faultsOf({ rules, maps: [{ name: 'Tenants' }] });
const rewriteTo = (url: string, more: Partial<WrittenRule> = {}): WrittenRule => ({
  match: '^(a)$',
  action: { url },
  ...more,
});
const condition = { input: '{HTTP_HOST}', pattern: '^(w)(w)' };

describe('compileRules', () => {
  it('gives nothing to run when no rule is enabled', () => {
    expect(compileRules(rulesConfig({ rules: [{ enabled: false, match: '(' }] }), [], []).global).toBeNull();
    expect(compileRules(rulesConfig({ rules: [] }), [], []).global).toBeNull();
  });

  it('reports every fault of every rule, each where it stands', () => {
    const first = { match: '(', conditions: [{ input: '{', pattern: '[' }], action: { url: '{Tenant:x}' } };
    expect(faults(first, { serverVariables: [{ name: 'HTTP_TE', value: '{C:1}' }] })).toEqual([
      'error rules.0.match.url: rule "rule 1": Invalid regular expression: /(/: Unterminated group',
      'error rules.0.conditions.add.0.pattern: rule "rule 1": Invalid regular expression: /[/: Unterminated character class',
      expect.stringMatching(/^error rules\.0\.conditions\.add\.0\.input: rule "rule 1": "\{" has no name/),
      'error rules.0.action.url: rule "rule 1": {Tenant:…} is neither a function nor a rewrite map or provider (did you mean {Tenants:…}?)',
      expect.stringMatching(
        /^error rules\.1\.serverVariables\.0\.value: rule "rule 2": \{C:1\}: no condition has captured/,
      ),
      expect.stringMatching(
        /^error rules\.1\.serverVariables\.0\.name: rule "rule 2": HTTP_TE cannot be set: te belongs to the framing/,
      ),
    ]);
  });

  it.each([
    ['an unbalanced {', rewriteTo('/{R:1'), /unbalanced \{/],
    ['an unbalanced }', rewriteTo('/R:1}'), /unbalanced \}/],
    ['braces without a name', rewriteTo('/{}'), /has no name/],
    ['a name that holds an expression', rewriteTo('/{HTTP_{R:1}}'), /holds an expression/],
    ['a group that is no number', rewriteTo('/{R:x}'), /needs the number of a group/],
    [
      'an unknown function',
      rewriteTo('/{ToLowr:x}'),
      /neither a function nor a rewrite map or provider \(did you mean \{ToLower:…\}\?\)/,
    ],
    [
      'a group that the pattern does not have',
      rewriteTo('/{R:2}'),
      /\{R:2\}: the pattern has no such group \(the highest is \{R:1\}\)/,
    ],
    ['a group beyond 31', rewriteTo('/{R:32}'), /numbered up to 31/],
    ['a group of an ExactMatch', rewriteTo('/{R:1}', { patternSyntax: 'ExactMatch' }), /only \{R:0\}/],
    ['a group of a negated pattern', rewriteTo('/{R:1}', { match: { url: '(a)', negate: true } }), /only \{R:0\}/],
    ['a group of no pattern', rewriteTo('/{R:1}', { match: null }), /only \{R:0\}/],
    ['{C:n} without conditions', rewriteTo('/{C:0}'), /no condition has captured/],
    [
      '{C:n} of a negated condition',
      rewriteTo('/{C:0}', { conditions: [{ ...condition, negate: true }] }),
      /no condition has captured/,
    ],
    [
      '{C:n} beyond the last condition',
      rewriteTo('/{C:3}', { conditions: [condition] }),
      /conditions have no such group/,
    ],
    [
      '{C:n} of an earlier condition',
      rewriteTo('/{C:2}', { conditions: [condition, { input: 'a', pattern: '(a)' }] }),
      /the highest is \{C:1\}/,
    ],
    [
      '{C:n} in the first input',
      rewriteTo('/', { conditions: [{ input: '{C:1}', pattern: 'x' }] }),
      /input: .*no condition has captured/,
    ],
    [
      '{C:n} in an input under MatchAny',
      rewriteTo('/', { logicalGrouping: 'MatchAny', conditions: [condition, { input: '{C:1}', pattern: 'x' }] }),
      /add\.1\.input: .*no condition has captured/,
    ],
    ['Rewrite without url', { action: { type: 'Rewrite' } }, /action Rewrite needs a url/],
    ['Redirect without url', { action: { type: 'Redirect', url: ' ' } }, /action Redirect needs a url/],
    [
      'a redirect as custom response',
      { action: { type: 'CustomResponse', statusCode: 302 } },
      /statusCode: .*302 is no custom response/,
    ],
    ['a custom response without status', { action: { type: 'CustomResponse' } }, /statusCode 0 cannot end a request/],
    ['an interim custom response', { action: { type: 'CustomResponse', statusCode: 101 } }, /101 cannot end a request/],
    ['IsFile', { conditions: [{ input: '{URL}', matchType: 'IsFile' }] }, /matchType: .*IsFile needs a site/],
    ['IsDirectory', { conditions: [{ input: '{URL}', matchType: 'IsDirectory' }] }, /IsDirectory needs a site/],
    ['a url without host', rewriteTo('http:///{R:1}'), /names no host/],
    ['a user in the url', rewriteTo('http://user@shop/'), /names no host/],
    ['an empty pattern', { match: '' }, /may not be empty/],
    ['setting HTTP_METHOD', { serverVariables: [{ name: 'HTTP_METHOD', value: 'x' }] }, /is not a header/],
    [
      'a header name with a blank',
      { serverVariables: [{ name: 'HTTP_A B', value: 'x' }] },
      /does not give the name of a header/,
    ],
  ] as [string, WrittenRule, RegExp][])('refuses %s', (_, rule, message) => {
    const found = faults(rule);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^error /);
    expect(found[0]).toMatch(message);
  });

  it.each(['CONTENT_LENGTH', 'TRANSFER_ENCODING', 'CONNECTION', 'KEEP_ALIVE', 'TE', 'TRAILER', 'UPGRADE', 'EXPECT'])(
    'refuses to set HTTP_%s, which belongs to the framing',
    (name) => {
      expect(faults({ serverVariables: [{ name: `http_${name}`, value: '1' }] })[0]).toMatch(
        /^error .*belongs to the framing/,
      );
    },
  );

  it.each([
    ['ECMAScript', '^/foo', 'write ^foo'],
    ['ECMAScript', '^\\/foo', 'write ^foo'],
    ['Wildcard', '/foo/*', 'write foo/*'],
    ['ExactMatch', '/foo', 'write foo'],
  ] as const)('warns of a leading slash in the %s pattern %s', (patternSyntax, match, advice) => {
    expect(faults({ patternSyntax, match })).toEqual([
      `warning rules.0.match.url: rule "rule 1": the pattern can never match: what it sees has no leading slash (${advice})`,
    ]);
  });

  it('warns of a url that no action uses', () => {
    expect(faults({ action: { type: 'None', url: 'http://shop/' } })).toEqual([
      expect.stringMatching(/^warning .*the url of an action None is not used/),
    ]);
  });

  it('warns of a variable that nothing sets, and of nothing else', () => {
    expect(faults(rewriteTo('/{HTP_HOST}'))).toEqual([
      expect.stringMatching(/^warning .*\{HTP_HOST\} .*always empty \(did you mean \{HTTP_HOST\}\?\)/),
    ]);
    const fine = { serverVariables: [{ name: 'MINE', value: '{REQUEST_FILENAME}{CERT_SUBJECT}{HTTP_X}{RESPONSE_X}' }] };
    expect(faults(fine, rewriteTo('/{mine}{tenants:{R:1}}'))).toEqual([]);
  });

  it('accepts a group that some condition may have captured', () => {
    const conditions = [condition, { input: 'a', pattern: '(a)' }];
    expect(faults(rewriteTo('/{C:3}', { conditions, trackAllCaptures: true }))).toEqual([]);
    expect(faults(rewriteTo('/{C:2}', { conditions, logicalGrouping: 'MatchAny' }))).toEqual([]);
  });

  it('never throws, and what it accepts only ever fails as a fault of the rule', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '{R:0}',
      '{R:1}',
      '{C:1}',
      '{URL}',
      '{Tenants:',
      '{UrlEncode:',
      '{UrlDecode:',
      'http://',
      'shop',
      '/',
      '?',
      '#',
      '%',
      '%41',
      'é',
      '..',
      '{UNENCODED_URL}',
      '{REQUEST_URI}',
      '\ud800',
    );
    const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    const target = fc
      .array(
        fc.constantFrom('a', '/', '..', '%3F', '%25', '%23', '%0A', '%C4%8D', '%C4%8A', '%E9', '?', '&', '%2F', '//'),
        { maxLength: 6 },
      )
      .map((pieces) => `/${pieces.join('')}`);
    const type = fc.constantFrom('Rewrite', 'Redirect', 'CustomResponse');
    const written = fc.record({ url: text, value: text, input: text, pattern: text, type, target, keep: fc.boolean() });
    fc.assert(
      fc.property(written, ({ url, value, input, pattern, type, target, keep }) => {
        const action = {
          type,
          url,
          statusCode: 403,
          statusReason: value,
          statusDescription: value,
        } as WrittenRule['action'];
        const rules = [
          { match: '([^/]*)', conditions: [{ input, pattern }], serverVariables: [{ name: 'HTTP_X', value }], action },
        ];
        const all = {
          rules,
          maps: [{ name: 'Tenants', defaultValue: 'http://č/ċ\r\n' }],
          useOriginalURLEncoding: keep,
        };
        if (faultsOf(all).some((fault) => fault.startsWith('error'))) return;
        try {
          const { ctx, answer } = runRules(all, target);
          expect(ctx.outbound.target).toMatch(/^\/[\x21-\x7e]*$/);
          for (const value of ctx.outbound.fieldEdits?.values() ?? [])
            expect(value ?? '').toMatch(/^[\t\x20-\x7e\x80-\xff]*$/);
          if (answer?.kind !== 'answer') return;
          expect(answer.reason).toMatch(/^[\t\x20-\x7e\x80-\xff]*$/);
          for (const [, value] of answer.fields) expect(value).toMatch(/^[\x21-\x7e]*$/);
        } catch (error) {
          expect((error as { code?: string }).code).toBe('ruleFailed');
        }
      }),
      { numRuns: 500 },
    );
  });
});
