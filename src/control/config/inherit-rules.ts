// How the rules of a level come about, those of either direction: inherited ones first, each name once (url-rewrite.md 1).
import type { ConfigPath } from '../../model/config.ts';
import type { ProblemList } from './problem-list.ts';

interface NamedRule {
  name: string;
  /** Where it stands in the configuration. */
  path: ConfigPath;
}

/** @param edits what the level says of inherited rules */
export function inheritRules<R extends NamedRule>(
  inherited: readonly R[],
  edits: { clear: boolean; remove: readonly string[] },
  own: readonly R[],
): R[] {
  const removed = new Set(edits.remove.map((name) => name.toLowerCase()));
  const kept = edits.clear ? [] : inherited.filter(({ name }) => !removed.has(name.toLowerCase()));
  return [...kept, ...own];
}

/** Reports those of `own` whose name an inherited rule has. @param rules in force at the level. @param fault what it is then */
export function reportInherited<R extends NamedRule>(
  own: readonly R[],
  rules: readonly R[],
  fault: (twin: R) => string,
  problems: ProblemList,
): void {
  const inherited = new Map(rules.filter((rule) => !own.includes(rule)).map((rule) => [rule.name.toLowerCase(), rule]));
  for (const { name, path } of own) {
    const twin = inherited.get(name.toLowerCase());
    if (twin === undefined) continue;
    const advice = 'rename one of them, or take the inherited one out with remove or clear';
    problems.error([...path, 'name'], fault(twin), advice);
  }
}
