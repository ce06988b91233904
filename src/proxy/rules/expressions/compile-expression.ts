// The text of an expression → a part that expands it. All names are settled here, so that no request looks one up.
import { closestWord } from '../../../base/closest-word.ts';
import { type Lookup, LookupPart } from '../lookup.ts';
import type { RuleProblems } from '../rule-problems.ts';
import { compileVariable } from '../variables/compile-variable.ts';
import { FUNCTIONS } from './functions.ts';
import { ConditionGroup, RuleGroup } from './groups.ts';
import { Literal } from './literal.ts';
import { ExpressionError, type Node, parseExpression } from './parse-expression.ts';
import type { Part } from './part.ts';
import { sequence } from './sequence.ts';

/** What expressions of one rule may name. */
export interface ExpressionScope {
  /** Rewrite maps, and providers, by lower-case name. */
  readonly lookups: ReadonlyMap<string, Lookup>;
  /** Variables that rules of this configuration set, upper-case. */
  readonly written: ReadonlySet<string>;
  /** Highest n of {R:n}. */
  readonly ruleGroups: number;
  /** Highest n of {C:n} here; -1 where no condition has captured anything yet. */
  readonly conditionGroups: number;
}

/** Numbers above this are refused: MaxBackReferences of the module (url-rewrite.md 7). */
const MOST_GROUPS = 31;

/** Compiles `text`; faults go to `problems`, and what is left out of the part then does not matter. */
export function compileExpression(text: string, scope: ExpressionScope, problems: RuleProblems): Part {
  try {
    return compileNodes(parseExpression(text), scope, problems);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    problems.error(error.message, error.suggestion);
    return new Literal('');
  }
}

function compileNodes(nodes: readonly Node[], scope: ExpressionScope, problems: RuleProblems): Part {
  return sequence(nodes.map((node) => compileNode(node, scope, problems)));
}

function compileNode(node: Node, scope: ExpressionScope, problems: RuleProblems): Part {
  switch (node.kind) {
    case 'text':
      return new Literal(node.text);
    case 'ruleGroup':
      checkGroup('R', node.group, scope.ruleGroups, problems);
      return new RuleGroup(node.group);
    case 'conditionGroup':
      checkGroup('C', node.group, scope.conditionGroups, problems);
      return new ConditionGroup(node.group);
    case 'variable':
      return compileVariable(node.name, scope.written, problems);
    case 'call':
      return compileCall(node.name, compileNodes(node.argument, scope, problems), scope, problems);
  }
}

function checkGroup(letter: 'R' | 'C', group: number, highest: number, problems: RuleProblems): void {
  const what = `{${letter}:${group}}`;
  if (group > MOST_GROUPS) problems.error(`${what}: groups are numbered up to ${MOST_GROUPS}`);
  else if (group <= highest) return;
  else if (highest < 0 && letter === 'R') problems.error(`${what}: no pattern has captured anything here`);
  else if (highest < 0)
    problems.error(`${what}: no condition has captured anything here`, 'a negated condition captures nothing');
  else
    problems.error(
      `${what}: the ${letter === 'R' ? 'pattern has' : 'conditions have'} no such group`,
      advice(letter, highest),
    );
}

function advice(letter: string, highest: number): string {
  return highest === 0
    ? `only {${letter}:0} is there; put what you need into (…)`
    : `the highest is {${letter}:${highest}}`;
}

function compileCall(name: string, argument: Part, scope: ExpressionScope, problems: RuleProblems): Part {
  const lower = name.toLowerCase();
  const StringFunction = FUNCTIONS.get(lower);
  if (StringFunction !== undefined) return new StringFunction(argument);
  const lookup = scope.lookups.get(lower);
  if (lookup !== undefined) return new LookupPart(lookup, argument);
  const names = [...scope.lookups.values()].map((known) => known.name);
  const near = closestWord(name, ['ToLower', 'UrlEncode', 'UrlDecode', 'HtmlEncode', ...names]);
  problems.error(
    `{${name}:…} is neither a function nor a rewrite map or provider`,
    near === null ? 'define it in rewriteMaps or providers' : `did you mean {${near}:…}?`,
  );
  return argument;
}
