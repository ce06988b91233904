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
  const undoers = enabled.filter((rule) => alwaysApplies(rule) && rule.action.type === 'Rewrite');
  const before = new Blockers();
  let mayStop = false;
  for (const [index, rule] of enabled.entries()) {
    const warn = warnerOf(rule);
    if (rule === undoers[0]) undoers.shift();
    const blocker = before.of(rule);
    if (blocker !== undefined) {
      const reason = alwaysApplies(blocker) ? 'takes every request' : 'has the same pattern';
      warn([], `it never applies: rule "${blocker.name}" before it ${reason}, and no further rule runs after that`);
      continue;
    }
    lintUndone(rule, undoers[0], warn);
    lintRedirect(rule, { servesHttps, mayStop, earlier: () => enabled.slice(0, index) }, warn);
    before.add(rule);
    mayStop ||= rule.action.type !== 'None' || rule.stopProcessing;
  }
}

/** The rules that were passed and let nothing through of what they are for. */
class Blockers {
  /** By base. */
  readonly #ofEverything = new Map<string, RuleConfig>();
  readonly #ofPattern = new Map<string, RuleConfig>();

  of(rule: RuleConfig): RuleConfig | undefined {
    return (
      this.#ofEverything.get('/') ??
      this.#ofEverything.get(rule.base) ??
      this.#ofPattern.get(keyOf(rule, false)) ??
      this.#ofPattern.get(keyOf(rule, true))
    );
  }

  add(rule: RuleConfig): void {
    const hasConditions = rule.conditions.add.length > 0;
    if (!endsTheList(rule)) {
      // What it rewrites, the rules before it have not seen.
      if (rule.action.type === 'Rewrite') this.#ofPattern.clear();
    } else if (alwaysApplies(rule)) this.#ofEverything.set(rule.base, rule);
    else if (!hasConditions || readsClientOnly(rule)) this.#ofPattern.set(keyOf(rule, hasConditions), rule);
  }
}

function keyOf({ base, patternSyntax, match, conditions }: RuleConfig, withConditions: boolean): string {
  return JSON.stringify([base, patternSyntax, match, withConditions ? conditions : null]);
}

/** Whether the conditions are about the client's address and such: what rules rewrite does not change them. */
function readsClientOnly({ conditions }: RuleConfig): boolean {
  return conditions.add.every(({ input }) => /^\{(?:REMOTE_ADDR|REQUEST_METHOD|HTTPS|SERVER_PORT)\}$/i.test(input));
}

/** The pilot rule of a walkthrough: it sends requests somewhere, and the rule for all others, `next`, does so again. */
function lintUndone(rule: RuleConfig, next: RuleConfig | undefined, warn: Warn): void {
  const { action, stopProcessing } = rule;
  if (stopProcessing || action.type !== 'Rewrite' || !/^https?:\/\//i.test(action.url.trim())) return;
  if (next === undefined || next.base !== rule.base) return;
  const what = `its rewrite is undone: rule "${next.name}" after it takes every request, and rewrites again`;
  warn(['action'], what, 'set stopProcessing: true');
}

/** A URL of the host that the client called: its scheme, and its path. */
const OWN_URL = /^(?:(https?):\/\/\{(?:HTTP_HOST|SERVER_NAME)\}|(?!https?:|\{))([^?#]*)/i;

interface Around {
  readonly servesHttps: boolean;
  /** Whether a rule before this one may end the list, or rewrite. */
  readonly mayStop: boolean;
  earlier(): readonly RuleConfig[];
}

function lintRedirect(rule: RuleConfig, { servesHttps, mayStop, earlier }: Around, warn: Warn): void {
  if (rule.action.type !== 'Redirect' || rule.conditions.add.length > 0 || rule.base !== '/') return;
  const own = OWN_URL.exec(rule.action.url.trim());
  if (own === null || (own[1]?.toLowerCase() === 'https' && !servesHttps)) return;
  const path = own[2]!.replace(/^\//, '');
  const isKnown = !path.includes('{');
  const again = isKnown ? takes(rule, path) === true : takesEveryUrl(rule);
  if (!again) return;
  // An earlier rule may be there to let the target through.
  if (isKnown ? earlier().some((each) => takes(each, path) !== false) : mayStop) return;
  const target = isKnown ? `/${path}` : 'its own target';
  const advice = 'exclude the target with a condition, or with a rule before it (action None, stopProcessing: true)';
  warn(['action', 'url'], `a redirect without end: the pattern takes ${target} too`, advice);
}
