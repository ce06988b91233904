// Preconditions and outbound rules that look at the request where the response was meant (url-rewrite.md 8 and 16).
import type { OutboundRulesConfig } from '../../../model/outbound-config.ts';
import { lintConditions } from './lint-conditions.ts';
import { lintPattern } from './lint-pattern.ts';
import type { LintedRule, Warn } from './rule-lint.ts';

/** Fields that describe a body: of the request when they are read as HTTP_. */
const OF_BODY =
  /^\{HTTP_(CONTENT_TYPE|CONTENT_ENCODING|CONTENT_LENGTH|STATUS|LOCATION|SET_COOKIE)\}$|^\{(CONTENT_TYPE)\}$/i;

export function lintOutbound(config: OutboundRulesConfig, warnerOf: (rule: LintedRule) => Warn): void {
  for (const preCondition of config.preConditions) {
    const { name, path } = preCondition;
    const warn = warnerOf({ name, path, what: 'precondition' });
    for (const [index, { input, pattern }] of preCondition.add.entries()) {
      lintPattern(pattern, preCondition.patternSyntax, ['add', index, 'pattern'], warn);
      const field = OF_BODY.exec(input.trim());
      if (field === null) continue;
      const ofResponse = (field[1] ?? field[2])!.toUpperCase();
      warn(
        ['add', index, 'input'],
        `${input} is of the request, not of the response`,
        `write {RESPONSE_${ofResponse}}`,
      );
    }
  }
  for (const rule of config.rules.filter(({ enabled }) => enabled)) {
    const warn = warnerOf(rule);
    if (rule.match !== null) lintPattern(rule.match.pattern, rule.patternSyntax, ['match', 'pattern'], warn);
    lintConditions(rule, warn);
  }
}
