// Outbound rules with serverVariable, as written → compiled.
import type { OutboundRuleConfig } from '../../../model/outbound-config.ts';
import { isFieldName } from '../../../wire/http1/serialise.ts';
import type { RuleProblems } from '../rule-problems.ts';
import { mayBeSet, NOT_FOR_RULES } from '../variables/compile-set-variables.ts';
import { compileVariable } from '../variables/compile-variable.ts';
import { headerName } from '../variables/request-header.ts';
import { SetHeader, SetVariable, type VariableChange } from '../variables/set-variables.ts';
import { compileRuleParts, type SharedScope } from './compile-rule-parts.ts';
import { type HeaderRule, RequestVariableRule, ResponseHeaderRule } from './header-rule.ts';
import { OutboundRule, type OutboundRuleParts } from './outbound-rule.ts';

const RESPONSE = 'RESPONSE_';
/** Of the connection, or of the framing of its messages. */
const OF_THE_ROUTER: ReadonlySet<string> = new Set([...NOT_FOR_RULES, 'proxy-connection']);

/** @param preCondition index of its precondition */
export function compileHeaderRule(
  config: OutboundRuleConfig,
  preCondition: number,
  scope: SharedScope,
  problems: RuleProblems,
): HeaderRule {
  const { serverVariable, filterByTags, occurrences } = config.match!;
  const variable = serverVariable.trim();
  const at = problems.at('match', 'serverVariable');
  if (filterByTags.some((tag) => tag !== 'None'))
    at.warn('the rule is for a header: filterByTags is not used', 'make two rules');
  if (occurrences > 0)
    problems.at('match', 'occurrences').warn('a header is replaced as a whole: occurrences is not used');
  const parts = compileRuleParts(config, preCondition, scope, problems);
  return variable.toUpperCase().startsWith(RESPONSE)
    ? responseRule(variable, parts, at)
    : requestRule(variable.toUpperCase(), parts, config, scope, at);
}

function responseRule(variable: string, parts: OutboundRuleParts, problems: RuleProblems): HeaderRule {
  const spelling = variable.slice(RESPONSE.length).replaceAll('_', '-');
  const sets = parts.value !== null;
  if (sets && spelling.toUpperCase() === 'STATUS') problems.error('the status of a response cannot be set');
  else if (!isFieldName(spelling)) problems.error(`${variable} does not give the name of a header`);
  else if (sets && OF_THE_ROUTER.has(spelling.toLowerCase())) {
    problems.error(
      `${variable} cannot be set: ${spelling.toLowerCase()} belongs to the framing of messages`,
      'leave it to the router',
    );
  }
  return new ResponseHeaderRule(new OutboundRule(parts), asHeaders(spelling));
}

/** A variable of the request: for rules that follow, the server has had its request (url-rewrite.md 9). */
function requestRule(
  name: string,
  parts: OutboundRuleParts,
  config: OutboundRuleConfig,
  scope: SharedScope,
  problems: RuleProblems,
): HeaderRule {
  const existing = compileVariable(name, scope.written, problems);
  const read = existing.expand.bind(existing);
  const unlessSet = config.action.replace ? null : read;
  let change: VariableChange | null = null;
  if (parts.value !== null && mayBeSet(name, problems)) {
    const isHeader = name.startsWith('HTTP_');
    change = isHeader
      ? new SetHeader(headerName(name), parts.value, unlessSet)
      : new SetVariable(name, parts.value, unlessSet);
  }
  return new RequestVariableRule(new OutboundRule({ ...parts, value: null }), name, read, change);
}

/** `X-FRAME-OPTIONS`, which is how variables are usually written, → `X-Frame-Options`; other spellings stay. */
function asHeaders(name: string): string {
  if (name !== name.toUpperCase()) return name;
  return name.toLowerCase().replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}
