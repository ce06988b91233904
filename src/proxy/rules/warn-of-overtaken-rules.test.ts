// Which rules `check` says are overtaken by another.
import { describe, expect, it } from 'vitest';
import { faultsOf, type WrittenRule } from '../../../test/rules/rule-request.ts';

const all: WrittenRule = { name: 'all', match: '(.*)', action: { url: '/x' } };
const stops: WrittenRule = { ...all, stopProcessing: true };
const one: WrittenRule = { name: 'one', match: '^one', action: { url: '/one' } };
const out: WrittenRule = { name: 'out', match: '^out', action: { url: 'http://shop/' } };

const warnings = (...rules: WrittenRule[]) => faultsOf({ rules });

describe('behind a rule that takes every request, check', () => {
  it.each([
    ['stops', stops],
    ['answers', { ...all, action: { type: 'Redirect', url: '/x' } } as WrittenRule],
    ['has no match', { ...stops, match: null }],
    ['is a Wildcard', { ...stops, match: '*', patternSyntax: 'Wildcard' } as WrittenRule],
    ['is anchored', { ...stops, match: '^.*$' }],
  ])('warns of the next rule where that one %s', (_, rule) => {
    expect(warnings(rule, one)).toEqual([
      'warning rules.1: rule "one": it never applies: "all" before it takes every request (put it before that rule, or ' +
        'give that rule a condition)',
    ]);
  });

  it('warns once, of all that stand there', () => {
    const found = warnings(stops, one, { ...one, name: 'two' }, { ...one, name: 'off', enabled: false });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('and so does no other of the 2 rules behind that one');
  });

  it.each([
    ['goes on', all],
    ['has a condition', { ...stops, conditions: [{ input: '{HTTPS}', pattern: 'off' }] }],
    ['is negated', { ...stops, match: { url: '.*', negate: true } }],
    ['needs a character', { ...stops, match: '.' }],
    ['is switched off', { ...stops, enabled: false }],
    ['is of a folder', { ...stops, base: '/blog/' }],
  ])('says nothing where that one %s', (_, rule) => {
    expect(warnings(rule, one)).toEqual([]);
  });
});

describe('before a rule that rewrites every request, check', () => {
  it('warns of one that sends elsewhere and does not stop', () => {
    expect(warnings(out, all)).toEqual([
      'warning rules.0.stopProcessing: rule "out": "all" behind it rewrites every request, so this one has no effect (set ' +
        'stopProcessing to true where the request shall go)',
    ]);
  });

  it.each([
    ['stops', [{ ...out, stopProcessing: true }, all]],
    ['stays here', [one, all]],
    ['stands behind', [all, out]],
  ])('says nothing of one that %s', (_, rules) => {
    expect(warnings(...rules)).toEqual([]);
  });
});
