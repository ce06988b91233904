// Rules and rewrite maps as written → their configuration, each rule knowing where it stands.
import type { ConfigPath, RewriteMapConfig, RuleConfig, RuleSetConfig } from '../../model/config.ts';
import type { ProblemList } from './problem-list.ts';
import type { Written } from './root-schema.ts';

type WrittenRules = Pick<Written['rules'], 'useOriginalURLEncoding' | 'list'>;

/**
 * The global rules.
 * @param path of their list: where a rule stands depends on the form of the section
 */
export function buildRuleSet(written: WrittenRules, path: ConfigPath): RuleSetConfig {
  const list = buildRules(written.list, path, '/').map((rule) => {
    return { ...rule, action: { ...rule.action, logRewrittenUrl: false } }; // only rules of sites have it (url-rewrite.md 3)
  });
  return { useOriginalURLEncoding: written.useOriginalURLEncoding, list };
}

/** @param path of the list; @param base as RuleConfig has it */
export function buildRules(list: Written['rules']['list'], path: ConfigPath, base: string): RuleConfig[] {
  return list.map((rule, index): RuleConfig => {
    const own = { patternTimeLimit: rule.patternTimeLimit ?? null, match: rule.match ?? null };
    return { ...rule, ...own, base, path: [...path, index] };
  });
}

/** @param path of the section */
export function buildRewriteMaps(
  written: Written['rewriteMaps'],
  path: ConfigPath,
  problems: ProblemList,
): RewriteMapConfig[] {
  return Object.entries(written).map(([name, map]) => {
    const entries = Object.entries(map.entries);
    if (map.ignoreCase) reportAmbiguous(entries, [...path, name, 'entries'], problems);
    return { name, defaultValue: map.defaultValue, ignoreCase: map.ignoreCase, entries };
  });
}

/** Legal, but one of the two never counts (url-rewrite.md 14). */
function reportAmbiguous(entries: [string, string][], path: ConfigPath, problems: ProblemList): void {
  const seen = new Map<string, string>();
  for (const [key] of entries) {
    const twin = seen.get(key.toLowerCase());
    if (twin !== undefined)
      problems.warning(
        [...path, key],
        `keys "${twin}" and "${key}" differ only in letter case`,
        'set ignoreCase: false, or remove one',
      );
    seen.set(key.toLowerCase(), key);
  }
}
