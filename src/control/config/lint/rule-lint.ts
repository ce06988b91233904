// Where a lint writes down what it finds in a rule: warnings, each at its place, that name the rule.
import type { ConfigPath } from '../../../model/config.ts';
import type { ProblemList } from '../problem-list.ts';

/** A rule of either direction, as far as all lints need it. */
export interface LintedRule {
  readonly name: string;
  readonly path: ConfigPath;
  /** What it is, where it is no rule. */
  readonly what?: string;
}

export type Warn = (steps: ConfigPath, message: string, suggestion?: string) => void;

/** @param said what was said already: an inherited rule is looked at once for each level that it is in force at */
export function warnerFor({ name, path, what = 'rule' }: LintedRule, problems: ProblemList, said: Set<string>): Warn {
  return (steps, message, suggestion) => {
    const at = [...path, ...steps];
    const key = JSON.stringify([at, message]);
    if (said.has(key)) return;
    said.add(key);
    problems.warning(at, `${what} "${name}": ${message}`, suggestion);
  };
}
