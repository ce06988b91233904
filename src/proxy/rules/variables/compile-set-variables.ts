// `serverVariables` as written → compiled; what belongs to the serialiser may not be set (CONTRACT 3).
import type { RuleConfig } from '../../../model/config.ts';
import { FRAMING_FIELDS } from '../../../wire/http1/framing-fields.ts';
import { isFieldName } from '../../../wire/http1/serialise.ts';
import { compileExpression, type ExpressionScope } from '../expressions/compile-expression.ts';
import type { RuleProblems } from '../rule-problems.ts';
import { compileVariable } from './compile-variable.ts';
import { headerName } from './request-header.ts';
import { RefuseVariable, SetHeader, SetVariable, type VariableChange } from './set-variables.ts';

/** Fields that no rule sets, in either direction (CONTRACT 3). */
export const NOT_FOR_RULES: ReadonlySet<string> = new Set([...FRAMING_FIELDS, 'expect']);
/** They look like headers and are none (url-rewrite.md 8). */
const NO_HEADERS: ReadonlySet<string> = new Set(['HTTP_METHOD', 'HTTP_URL', 'HTTP_VERSION']);

/**
 * Null when the rule sets nothing.
 * @param allowed upper-case names that the rule may set; null: any (url-rewrite.md 9)
 */
export function compileSetVariables(
  rule: RuleConfig,
  scope: ExpressionScope,
  allowed: ReadonlySet<string> | null,
  problems: RuleProblems,
): readonly VariableChange[] | null {
  const changes: VariableChange[] = [];
  for (const [index, { name, value, replace }] of rule.serverVariables.entries()) {
    const at = problems.at('serverVariables', index);
    const upper = name.trim().toUpperCase();
    const part = compileExpression(value, scope, at.at('value'));
    const existing = compileVariable(upper, scope.written, at.at('name'));
    const unlessSet = replace ? null : existing.expand.bind(existing);
    if (!mayBeSet(upper, at.at('name'))) continue;
    if (allowed?.has(upper) === false) {
      at.at('name').warn(
        `${upper} may not be set by rules of a site: every request that the rule applies to is answered with 500.50`,
        `add ${upper} to allowedServerVariables`,
      );
      changes.push(new RefuseVariable(upper));
      continue;
    }
    const isHeader = upper.startsWith('HTTP_');
    changes.push(
      isHeader ? new SetHeader(headerName(upper), part, unlessSet) : new SetVariable(upper, part, unlessSet),
    );
  }
  return changes.length === 0 ? null : changes;
}

/** Whether rules may set the variable; if not, `problems` is told why. @param upper its name, upper-case */
export function mayBeSet(upper: string, problems: RuleProblems): boolean {
  if (upper === '') problems.error('a server variable needs a name');
  else if (NO_HEADERS.has(upper)) problems.error(`${upper} is not a header and cannot be set`);
  else if (!upper.startsWith('HTTP_')) return true;
  else if (!isFieldName(headerName(upper))) problems.error(`${upper} does not give the name of a header`);
  else if (NOT_FOR_RULES.has(headerName(upper))) {
    problems.error(
      `${upper} cannot be set: ${headerName(upper)} belongs to the framing of messages`,
      'leave it to the router',
    );
  } else return true;
  return false;
}
