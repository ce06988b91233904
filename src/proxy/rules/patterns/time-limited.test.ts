import { describe, expect, it } from 'vitest';
import { faultsOf, runRules } from '../../../../test/rules/rule-request.ts';
import type { SlowPattern } from '../../../model/config.ts';
import { compilePattern } from './compile-pattern.ts';
import { PatternTimeout, TimeLimited } from './time-limited.ts';

const RUNS_AWAY = '^(?=a)(a+)+$';
const HOSTILE = `${'a'.repeat(60)}!`;
const limited = (directUpTo: number) => new TimeLimited(compilePattern(RUNS_AWAY, 'ECMAScript', true), directUpTo, 5);

const slow = (verdict: SlowPattern['verdict']): SlowPattern => {
  return { text: RUNS_AWAY, ignoreCase: true, directUpTo: 12, verdict, attack: 'on x it takes long' };
};

describe('a pattern with a time limit', () => {
  it('finds what the pattern finds, on short text and on long', () => {
    const pattern = limited(4);
    expect(pattern.groups).toBe(1);
    for (const text of ['aaaa', 'a'.repeat(20)]) {
      expect([...pattern.exec(text)!]).toEqual([text, text]);
      expect(pattern.test(text)).toBe(true);
    }
    expect(pattern.exec('bbbbbbbb')).toBeNull();
    expect(pattern.test('bbbbbbbb')).toBe(false);
  });

  it('is stopped, and works again afterwards', () => {
    const pattern = limited(4);
    expect(() => pattern.test(HOSTILE)).toThrow(PatternTimeout);
    expect(() => pattern.exec(HOSTILE)).toThrow('a pattern took more than 5 ms');
    expect(pattern.test('aaaaaaaa')).toBe(true);
  });
});

describe('a pattern that can run away', () => {
  const rules = [{ match: RUNS_AWAY }, { match: 'x', conditions: [{ input: '{QUERY_STRING}', pattern: RUNS_AWAY }] }];

  it('is refused in rules and conditions, with a text that shows it and what would be right', () => {
    const faults = faultsOf({ rules, slowPatterns: [slow('vulnerable')] });
    expect(faults).toHaveLength(2);
    expect(faults[0]).toMatch(
      /^error rules\.0\.match\.url: rule "rule 1": the pattern can run away: on x .*patternTimeLimit: 20ms/,
    );
    expect(faults[1]).toMatch(/^error rules\.1\.conditions\.add\.0\.pattern: rule "rule 2": /);
  });

  it('is taken without a word where its rule has a time limit', () => {
    const [rule] = rules;
    expect(faultsOf({ rules: [{ ...rule, patternTimeLimit: 5 }], slowPatterns: [slow('vulnerable')] })).toEqual([]);
  });

  it('is taken with a warning where all such patterns are limited', () => {
    const faults = faultsOf({ rules, slowPatterns: [slow('vulnerable')], vulnerablePatterns: 'limit' });
    expect(faults).toHaveLength(2);
    expect(faults[0]).toMatch(/^warning .* a match that takes more than 20 ms fails its request/);
  });

  it('fails its request alone, naming the rule', () => {
    const written = {
      rules: rules.map((rule) => ({ ...rule, patternTimeLimit: 5 })),
      slowPatterns: [slow('vulnerable')],
    };
    expect(() => runRules(written, `/${HOSTILE}`)).toThrow('rule "rule 1": a pattern took more than 5 ms');
    expect(() => runRules(written, `/x?${HOSTILE}`)).toThrow('rule "rule 2": a pattern took more than 5 ms');
    expect(runRules(written, '/x?aaa').ctx.matchedRules).toEqual(['rule 2']);
  });

  it('is warned of where nobody can tell, and silent where only long text is slow', () => {
    expect(faultsOf({ rules, slowPatterns: [slow('unknown')] })[0]).toMatch(/^warning .*nobody can tell/);
    expect(faultsOf({ rules, slowPatterns: [slow('bounded')] })).toEqual([]);
  });
});
