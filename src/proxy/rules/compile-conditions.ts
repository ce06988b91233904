// The conditions of a rule as written → compiled, and how far {C:n} may count behind each of them.
import type { ConditionConfig, RuleConfig } from '../../model/config.ts';
import { type Condition, Conditions } from './conditions.ts';
import { compileExpression, type ExpressionScope } from './expressions/compile-expression.ts';
import type { FileKind } from './file-kind.ts';
import { AnyText } from './patterns/any-text.ts';
import type { RulePatterns } from './patterns/rule-patterns.ts';
import type { RuleProblems } from './rule-problems.ts';

export interface CompiledConditions {
  /** Null when there are none. */
  readonly conditions: Conditions | null;
  /** Highest n of {C:n} in what runs after the conditions; -1 when none can have captured anything. */
  readonly groups: number;
}

/** What a rule of either direction has, and a precondition. */
export type Conditioned = Pick<RuleConfig, 'patternSyntax' | 'patternTimeLimit' | 'conditions'>;

/**
 * @param scope of the rule; its conditionGroups is not looked at
 * @param capturing whether anything reads {C:n}
 * @param inSite whether conditions may ask for files: global rules run before there is a file (url-rewrite.md 6)
 * @param problems of the list of conditions
 */
export function compileConditions(
  rule: Conditioned,
  scope: ExpressionScope & { readonly patterns: RulePatterns },
  capturing: boolean,
  inSite: boolean,
  problems: RuleProblems,
): CompiledConditions {
  const { add, logicalGrouping, trackAllCaptures } = rule.conditions;
  if (add.length === 0) return { conditions: null, groups: -1 };
  const any = logicalGrouping === 'MatchAny';
  const count = new GroupCount(any, trackAllCaptures);
  const list: Condition[] = [];
  for (const [index, config] of add.entries()) {
    const at = problems.at(index);
    const wanted = wantedFile(config, inSite, at);
    const pattern =
      config.matchType === 'Pattern'
        ? scope.patterns.compile(config.pattern, rule, config.ignoreCase, at.at('pattern'))
        : new AnyText();
    const inputText = config.input === '' ? '{REQUEST_FILENAME}' : config.input;
    // Under MatchAny the conditions before this one failed, or it would not be reached: nothing is captured.
    const inputScope = { ...scope, conditionGroups: any ? -1 : count.highest };
    const input = compileExpression(inputText, inputScope, at.at('input'));
    const patternText = wanted === null ? config.pattern : config.matchType;
    list.push({ input, pattern, wanted, negate: config.negate, inputText, patternText });
    if (!config.negate && wanted === null) count.add(pattern.groups);
  }
  return { conditions: new Conditions(list, any, trackAllCaptures, capturing), groups: count.highest };
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
