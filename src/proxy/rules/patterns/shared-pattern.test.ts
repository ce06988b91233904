import { describe, expect, it } from 'vitest';
import { runRules } from '../../../../test/rules/rule-request.ts';
import { SharedPattern } from './shared-pattern.ts';

describe('a pattern that stands in several rules', () => {
  it('is asked once for a text, and again for another', () => {
    const asked: string[] = [];
    const pattern = new SharedPattern({
      groups: 0,
      test: (input) => asked.push(input) > 0 && input === 'yes',
      exec: (input) => [input],
    });
    pattern.isUsedAgain();
    expect(['yes', 'yes', 'no', 'no', 'yes'].map((text) => pattern.test(text))).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
    expect(asked).toEqual(['yes', 'no', 'yes']);
    expect(pattern.exec('x')).toEqual(['x']);
  });

  it('captures for each of them what its rule sees', () => {
    const rule = {
      match: '^(.*)$',
      conditions: [{ input: '{HTTP_X}', pattern: '^(.*)$' }],
      serverVariables: [{ name: 'HTTP_SEEN', value: '{R:1} {C:1}' }],
    };
    const rules = [{ ...rule, action: { url: '/{R:1}/2' } }, rule];
    const { ctx, url } = runRules({ rules }, { target: '/1', fields: ['X: y'] });
    expect(url).toBe('/1/2');
    expect(ctx.outbound.fieldEdits).toEqual(new Map([['seen', '1/2 y']]));
  });

  it('gives {R:n} to conditions, which are asked before the rule is known to apply', () => {
    const rules = [{ match: '^(a)(.*)', conditions: [{ input: '{R:2}', pattern: '^b' }], action: { url: '/{R:1}' } }];
    expect(runRules({ rules }, '/abc').url).toBe('/a');
    expect(runRules({ rules }, '/acc').url).toBe('/acc');
  });
});
