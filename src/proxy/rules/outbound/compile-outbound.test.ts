import { describe, expect, it } from 'vitest';
import { outboundFaults, type WrittenOutbound } from '../../../../test/outbound/outbound-response.ts';

const faults = (rule: WrittenOutbound['rules'][number], rest: Partial<WrittenOutbound> = {}) =>
  outboundFaults({ rules: [rule], ...rest });

describe('a fault of an outbound rule is found before a response comes', () => {
  it.each<[string, WrittenOutbound['rules'][number], string]>([
    [
      'an unknown precondition',
      { preCondition: 'isHtlm', match: { serverVariable: 'RESPONSE_X_A' }, value: '' },
      'error outboundRules.rules.0.preCondition: rule "rule 1": there is no precondition "isHtlm" (did you mean "isHtml"?)',
    ],
    [
      'an unknown collection of tags',
      { match: { filterByTags: ['CustomTags'], customTags: 'mien' }, value: '' },
      'error outboundRules.rules.0.match.customTags: rule "rule 1": there is no collection "mien" (did you mean "mine"?)',
    ],
    [
      'CustomTags without a collection',
      { match: { filterByTags: ['A', 'CustomTags'] }, value: '' },
      'needs the name of a collection',
    ],
    [
      'a bad pattern',
      { match: { serverVariable: 'RESPONSE_X_A', pattern: '(' }, value: '' },
      'match.pattern: rule "rule 1": Invalid',
    ],
    ['a bad pattern for a body', { match: { pattern: '(' }, value: '' }, 'match.pattern: rule "rule 1": Invalid'],
    ['Wildcard for a body', { patternSyntax: 'Wildcard', match: { pattern: '*' }, value: '' }, 'not for bodies'],
    ['no pattern for a body', { match: { pattern: '' }, value: '' }, 'the pattern is empty'],
    ['a rule without match', { value: '' }, 'there is nothing to rewrite'],
    [
      'a group that is not there',
      { match: { filterByTags: ['A'], pattern: '^(.)' }, value: '{R:2}' },
      'action.value: rule "rule 1": {R:2}',
    ],
    [
      'a condition group that is not there',
      { match: { pattern: 'a' }, value: '{C:1}' },
      '{C:1}: no condition has captured',
    ],
    [
      'a header of the framing',
      { match: { serverVariable: 'RESPONSE_Content_Length' }, value: '1' },
      'content-length belongs to the framing',
    ],
    [
      'a request header of the framing',
      { match: { serverVariable: 'HTTP_CONNECTION' }, value: '1' },
      'connection belongs to the framing',
    ],
    [
      'the status',
      { match: { serverVariable: 'RESPONSE_STATUS' }, value: '200' },
      'the status of a response cannot be set',
    ],
    [
      'a name that is no header',
      { match: { serverVariable: 'RESPONSE_X A' }, value: '1' },
      'does not give the name of a header',
    ],
    [
      'a map that is not there',
      { match: { pattern: 'a' }, value: '{Nap:{R:0}}' },
      '{Nap:…} is neither a function nor a rewrite map',
    ],
    ['unbalanced braces', { match: { pattern: 'a' }, value: '{R:0' }, 'unbalanced {'],
  ])('%s', (_what, rule, message) => {
    const found = faults(rule, { preConditions: { isHtml: [] }, customTags: [{ name: 'mine', tags: [] }] });
    expect(found).toEqual([expect.stringContaining(message)]);
    expect(found[0]).toMatch(/^error /);
  });

  it('and one of a precondition', () => {
    const rule = { preCondition: 'p', match: { pattern: 'a' }, value: '' };
    const found = faults(rule, { preConditions: { p: [{ input: '{R:1}', pattern: '[' }] } });
    expect(found).toEqual([
      expect.stringContaining('error outboundRules.preConditions.p.add.0.pattern: precondition "p": Invalid'),
      expect.stringContaining('precondition "p": {R:1}: no pattern has captured anything here'),
    ]);
  });

  it('what bodies that wait for rules may take of memory is told, from a gigabyte on', () => {
    const whole = { match: { pattern: 'a' }, value: 'b' };
    const tags = { match: { filterByTags: ['A' as const] }, value: 'b' };
    expect(outboundFaults({ rules: [whole, tags], connections: 511 })).toEqual([]);
    expect(outboundFaults({ rules: [tags, whole], connections: 512 })).toEqual([
      expect.stringContaining(
        'warning outboundRules.rules.1: bodies that wait for rules may take 1.0 GB (2MB × 512 connections)',
      ),
    ]);
    expect(outboundFaults({ rules: [whole, whole], connections: 512 })[0]).toContain('2.0 GB (2MB × 2 rules × 512');
  });

  it('what has no effect is a warning', () => {
    const occurrences = { match: { filterByTags: ['A' as const], occurrences: 1 }, value: 'a' };
    expect(faults(occurrences)).toEqual([expect.stringContaining('warning outboundRules.rules.0.match.occurrences')]);
    expect(faults({ match: { pattern: 'a', negate: true }, value: 'a' })).toEqual([
      expect.stringContaining('never applies'),
    ]);
    expect(faults({ match: { pattern: 'a' }, value: 'a', replace: false })).toEqual([
      expect.stringContaining('replace: false'),
    ]);
    expect(faults({ match: { serverVariable: 'RESPONSE_STATUS' } })).toEqual([]);
    expect(faults({ match: { pattern: '(' }, value: '', enabled: false })).toEqual([]);
  });
});
