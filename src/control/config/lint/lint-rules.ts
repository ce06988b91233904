// Warnings about rules that surely do not do what was meant, each with what would be right. They are for `check` and for the
// start; no worker knows of them.
import type { Config, RuleConfig, RuleSetConfig } from '../../../model/config.ts';
import { hasCertificates } from '../../../model/tls-config.ts';
import type { ProblemList } from '../problem-list.ts';
import { lintAction } from './lint-action.ts';
import { lintConditions } from './lint-conditions.ts';
import { lintHost } from './lint-host.ts';
import { lintHttpsRedirect } from './lint-https.ts';
import { lintMatch } from './lint-match.ts';
import { lintOrder } from './lint-order.ts';
import { lintOutbound } from './lint-outbound.ts';
import { lintPattern } from './lint-pattern.ts';
import { type LintedRule, warnerFor } from './rule-lint.ts';

/** Looks at all rules of `config`, those of sites included. */
export function lintRules(config: Config, problems: ProblemList): void {
  const said = new Set<string>();
  const warnerOf = (rule: LintedRule) => warnerFor(rule, problems, said);
  const endsTls = config.listeners.some(({ tls }) => tls !== null && hasCertificates(tls));
  const hasBinding = config.sites.some(({ bindings }) => bindings.some(({ protocol }) => protocol === 'https'));
  const servesHttps = endsTls || hasBinding;
  // Who has https, and no listener that ends TLS, has a proxy before us that does.
  const isBehindTls = !endsTls && (hasBinding || config.trustedProxies.length > 0);
  const levels = config.sites.flatMap((site) => site.levels);
  for (const { list } of [config.rules, ...levels.map(({ rules }): RuleSetConfig => rules)]) {
    for (const rule of list.filter(({ enabled }) => enabled)) {
      lintRule(rule, warnerOf);
      lintHttpsRedirect(rule, isBehindTls, warnerOf(rule));
    }
    lintOrder(list, servesHttps, warnerOf);
  }
  for (const outbound of [config.outboundRules, ...levels.map(({ outboundRules }) => outboundRules)]) {
    lintOutbound(outbound, warnerOf);
  }
}

function lintRule(rule: RuleConfig, warnerOf: (rule: LintedRule) => ReturnType<typeof warnerFor>): void {
  const warn = warnerOf(rule);
  if (rule.match !== null) lintPattern(rule.match.url, rule.patternSyntax, ['match', 'url'], warn);
  lintMatch(rule, warn);
  lintConditions(rule, warn);
  lintAction(rule, warn);
  lintHost(rule, warn);
}
