// Rules and rewrite maps as written → their configuration, each rule knowing where it stands.
import type { RewriteMapConfig, RuleConfig, RuleSetConfig } from '../../model/config.ts';
import type { ProblemList } from './problem-list.ts';
import type { Written } from './root-schema.ts';
import { rulesPath } from './written-lists.ts';

/** @param raw the configuration as written: where a rule stands depends on the form of the section */
export function buildRules(written: Written['rules'], raw: Record<string, unknown>): RuleSetConfig {
  const base = rulesPath(raw);
  const list = written.list.map((rule, index): RuleConfig => {
    const { logRewrittenUrl, ...action } = rule.action;
    return { ...rule, match: rule.match ?? null, action, path: [...base, index] };
  });
  return { useOriginalURLEncoding: written.useOriginalURLEncoding, list };
}

export function buildRewriteMaps(written: Written['rewriteMaps'], problems: ProblemList): RewriteMapConfig[] {
  return Object.entries(written).map(([name, map]) => {
    const entries = Object.entries(map.entries);
    if (map.ignoreCase) reportAmbiguous(name, entries, problems);
    return { name, defaultValue: map.defaultValue, ignoreCase: map.ignoreCase, entries };
  });
}

/** Legal, but one of the two never counts (url-rewrite.md 14). */
function reportAmbiguous(map: string, entries: [string, string][], problems: ProblemList): void {
  const seen = new Map<string, string>();
  for (const [key] of entries) {
    const twin = seen.get(key.toLowerCase());
    if (twin !== undefined)
      problems.warning(
        ['rewriteMaps', map, 'entries', key],
        `keys "${twin}" and "${key}" differ only in letter case`,
        'set ignoreCase: false, or remove one',
      );
    seen.set(key.toLowerCase(), key);
  }
}
