// Rules that another one keeps from ever applying, or undoes (url-rewrite.md 2; arr.md 15 row 8), and redirects without end.
import type { RuleConfig } from '../../../model/config.ts';
import { alwaysApplies, endsTheList, takes, takesEveryUrl } from './rule-facts.ts';
import type { Warn } from './rule-lint.ts';

/**
 * @param rules that run one after the other
 * @param servesHttps whether requests can come by https
 */
export function lintOrder(
  rules: readonly RuleConfig[],
  servesHttps: boolean,
  warnerOf: (rule: RuleConfig) => Warn,
): void {
  const enabled = rules.filter((rule) => rule.enabled);
  for (const [index, rule] of enabled.entries()) {
    const earlier = enabled.slice(0, index);
    const warn = warnerOf(rule);
    const blocker = earlier.find((each, at) => endsTheList(each) && covers(each, rule, earlier.slice(at + 1)));
    if (blocker !== undefined) {
      const reason = alwaysApplies(blocker) ? 'takes every request' : 'has the same pattern';
      warn([], `it never applies: rule "${blocker.name}" before it ${reason}, and no further rule runs after that`);
      continue;
    }
    lintUndone(rule, enabled.slice(index + 1), warn);
    lintRedirect(rule, earlier, servesHttps, warn);
  }
}

/** Whether `one` applies to all that `other` would. @param between the rules between them */
function covers(one: RuleConfig, other: RuleConfig, between: readonly RuleConfig[]): boolean {
  if (alwaysApplies(one)) return one.base === '/' || one.base === other.base;
  // What a rule between rewrites, `one` has not seen.
  if (one.base !== other.base || between.some(({ action }) => action.type === 'Rewrite')) return false;
  const sameConditions = JSON.stringify(one.conditions) === JSON.stringify(other.conditions) && readsClientOnly(one);
  return samePattern(one, other) && (one.conditions.add.length === 0 || sameConditions);
}

/** Whether the conditions are about the client's headers, address or method: what rules rewrite does not change them. */
function readsClientOnly({ conditions }: RuleConfig): boolean {
  return conditions.add.every(({ input }) => /^\{(?:REMOTE_ADDR|REQUEST_METHOD|HTTPS|SERVER_PORT)\}$/i.test(input));
}

function samePattern(one: RuleConfig, other: RuleConfig): boolean {
  if (one.patternSyntax !== other.patternSyntax || one.match === null || other.match === null) return false;
  const { url, ignoreCase, negate } = one.match;
  return url === other.match.url && ignoreCase === other.match.ignoreCase && negate === other.match.negate;
}

/** The pilot rule of a walkthrough: it sends requests somewhere, and the rule for all others does so again. */
function lintUndone(rule: RuleConfig, later: readonly RuleConfig[], warn: Warn): void {
  const { action, stopProcessing } = rule;
  if (stopProcessing || action.type !== 'Rewrite' || !/^https?:\/\//i.test(action.url.trim())) return;
  const next = later.find((each) => alwaysApplies(each) && each.action.type === 'Rewrite');
  if (next === undefined || next.base !== rule.base) return;
  const what = `its rewrite is undone: rule "${next.name}" after it takes every request, and rewrites again`;
  warn(['action'], what, 'set stopProcessing: true');
}

/** A URL of the host that the client called: its scheme, and its path. */
const OWN_URL = /^(?:(https?):\/\/\{(?:HTTP_HOST|SERVER_NAME)\}|(?!https?:|\{))([^?#]*)/i;

function lintRedirect(rule: RuleConfig, earlier: readonly RuleConfig[], servesHttps: boolean, warn: Warn): void {
  if (rule.action.type !== 'Redirect' || rule.conditions.add.length > 0 || rule.base !== '/') return;
  const own = OWN_URL.exec(rule.action.url.trim());
  if (own === null || (own[1]?.toLowerCase() === 'https' && !servesHttps)) return;
  const path = own[2]!.replace(/^\//, '');
  const isKnown = !path.includes('{');
  // An earlier rule may be there to let the target through.
  const mayStop = earlier.some((each) => each.action.type !== 'None' || each.stopProcessing);
  if (isKnown ? earlier.some((each) => takes(each, path) !== false) : mayStop) return;
  const again = isKnown ? takes(rule, path) === true : takesEveryUrl(rule);
  if (!again) return;
  const target = isKnown ? `/${path}` : 'its own target';
  const advice = 'exclude the target with a condition, or with a rule before it (action None, stopProcessing: true)';
  warn(['action', 'url'], `a redirect without end: the pattern takes ${target} too`, advice);
}
