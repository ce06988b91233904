// Finds rules that another one overtakes: what stands behind a rule for every URL never applies when that one ends the list,
// and what stands before it is rewritten again when it does not (arr.md 15, 8).
import type { RuleConfig } from '../../model/config.ts';
import type { RuleProblems } from './rule-problems.ts';

const ENDS: ReadonlySet<string> = new Set(['Redirect', 'CustomResponse', 'AbortRequest']);
/** As far as a text can be seen to match whatever it is given. */
const MATCHES_ALL: Readonly<Record<RuleConfig['patternSyntax'], RegExp>> = {
  ECMAScript: /^\^?(?:\.\*|\(\.\*\))\$?$/,
  Wildcard: /^\*+$/,
  ExactMatch: /^$/,
};

/**
 * @param rules enabled ones, in their order
 * @param problemsOf where the faults of a rule go
 */
export function warnOfOvertakenRules(
  rules: readonly RuleConfig[],
  problemsOf: (rule: RuleConfig) => RuleProblems,
): void {
  const last = rules.findIndex((rule) => takesAll(rule) && (rule.stopProcessing || ENDS.has(rule.action.type)));
  if (last !== -1) warnOfWhatFollows(rules[last]!, rules.slice(last + 1), problemsOf);
  for (const [index, rule] of rules.entries()) {
    if (rule.action.type !== 'Rewrite' || rule.stopProcessing || !/^https?:\/\//i.test(rule.action.url.trim()))
      continue;
    const next = rules.slice(index + 1).find((other) => takesAll(other) && other.action.type === 'Rewrite');
    if (next === undefined || !sees(next, rule)) continue;
    problemsOf(rule)
      .at('stopProcessing')
      .warn(
        `"${next.name}" behind it rewrites every request, so this one has no effect`,
        'set stopProcessing to true where the request shall go',
      );
  }
}

function warnOfWhatFollows(
  rule: RuleConfig,
  behind: readonly RuleConfig[],
  problemsOf: (rule: RuleConfig) => RuleProblems,
): void {
  const overtaken = behind.filter((other) => sees(rule, other));
  const [first] = overtaken;
  if (first === undefined) return;
  const more = overtaken.length === 1 ? '' : `, and so does no other of the ${overtaken.length} rules behind that one`;
  problemsOf(first).warn(
    `it never applies: "${rule.name}" before it takes every request${more}`,
    'put it before that rule, or give that rule a condition',
  );
}

function takesAll({ match, patternSyntax, conditions }: RuleConfig): boolean {
  if (conditions.add.length > 0) return false;
  return match === null || (!match.negate && MATCHES_ALL[patternSyntax].test(match.url));
}

/** Whether every URL that `other` can see is one for `rule`: a rule of a folder sees what lies below it. */
function sees(rule: RuleConfig, other: RuleConfig): boolean {
  return rule.base === '/' || rule.base === other.base;
}
