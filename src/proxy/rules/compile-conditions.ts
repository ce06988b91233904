// The conditions of a rule as written → compiled, and how far {C:n} may count behind each of them.
import type { ConditionConfig, RuleConfig } from '../../model/config.ts';
import { type Condition, Conditions } from './conditions.ts';
import { readsConditions } from './expressions/captures-read.ts';
import { compileExpression, type ExpressionScope } from './expressions/compile-expression.ts';
import type { FileKind } from './file-kind.ts';
import { AnyText } from './patterns/any-text.ts';
import { compilePattern } from './patterns/compile-pattern.ts';
import { type Pattern, PatternError } from './patterns/pattern.ts';
import type { PatternSafety } from './patterns/pattern-safety.ts';
import type { RuleProblems } from './rule-problems.ts';

export interface CompiledConditions {
  /** Null when there are none. */
  readonly conditions: Conditions | null;
  /** Highest n of {C:n} in what runs after the conditions; -1 when none can have captured anything. */
  readonly groups: number;
}

/**
 * @param scope of the rule; its conditionGroups is not looked at
 * @param inSite whether conditions may ask for files: global rules run before there is a file (url-rewrite.md 6)
 */
export function compileConditions(
  rule: RuleConfig,
  scope: ExpressionScope & { readonly safety: PatternSafety },
  inSite: boolean,
  problems: RuleProblems,
): CompiledConditions {
  const { add, logicalGrouping, trackAllCaptures } = rule.conditions;
  if (add.length === 0) return { conditions: null, groups: -1 };
  const any = logicalGrouping === 'MatchAny';
  const count = new GroupCount(any, trackAllCaptures);
  const list: Condition[] = [];
  for (const [index, config] of add.entries()) {
    const at = problems.at('conditions', 'add', index);
    const wanted = wantedFile(config, inSite, at);
    const pattern =
      config.matchType === 'Pattern'
        ? patternOrProblem(config.pattern, rule, config.ignoreCase, scope.safety, at.at('pattern'))
        : new AnyText();
    const inputText = config.input === '' ? '{REQUEST_FILENAME}' : config.input;
    // Under MatchAny the conditions before this one failed, or it would not be reached: nothing is captured.
    const inputScope = { ...scope, conditionGroups: any ? -1 : count.highest };
    const input = compileExpression(inputText, inputScope, at.at('input'));
    const patternText = wanted === null ? config.pattern : config.matchType;
    list.push({ input, pattern, wanted, negate: config.negate, inputText, patternText });
    if (!config.negate && wanted === null) count.add(pattern.groups);
  }
  return { conditions: new Conditions(list, any, trackAllCaptures, readsConditions(rule)), groups: count.highest };
}

/** Keeps the highest number that {C:n} may have, by the rules of url-rewrite.md 7. */
class GroupCount {
  highest = -1;
  readonly #any: boolean;
  readonly #trackAll: boolean;

  constructor(any: boolean, trackAll: boolean) {
    this.#any = any;
    this.#trackAll = trackAll;
  }

  add(groups: number): void {
    if (this.#any) this.highest = Math.max(this.highest, groups);
    else if (this.#trackAll) this.highest = Math.max(this.highest, 0) + groups;
    else this.highest = groups;
  }
}

/** What must be on the disk at the input; null for a pattern. */
function wantedFile({ input, matchType }: ConditionConfig, inSite: boolean, problems: RuleProblems): FileKind | null {
  if (matchType === 'Pattern') {
    if (input === '') problems.at('input').error('a condition needs an input', 'such as {HTTP_HOST}');
    return null;
  }
  if (!inSite) {
    problems
      .at('matchType')
      .error(
        `${matchType} needs a site, and global rules run before there is a file`,
        'move the rule to the rules of a site, or match {URL} with a pattern',
      );
  }
  return matchType === 'IsFile' ? 'file' : 'directory';
}

/** Compiles a pattern of `rule`; where that fails, a stand-in with all groups keeps one fault from making others. */
export function patternOrProblem(
  text: string,
  rule: Pick<RuleConfig, 'patternSyntax' | 'patternTimeLimit'>,
  ignoreCase: boolean,
  safety: PatternSafety,
  problems: RuleProblems,
): Pattern {
  try {
    const pattern = compilePattern(text, rule.patternSyntax, ignoreCase);
    if (rule.patternSyntax !== 'ECMAScript') return pattern;
    return safety.guard(pattern, text, ignoreCase, rule.patternTimeLimit, problems);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    problems.error(error.message, error.suggestion);
    return { groups: 31, test: () => false, exec: () => null };
  }
}
