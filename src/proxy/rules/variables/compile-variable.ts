// The name of a server variable → how it is read, settled once when the rules are compiled.
import { closestWord } from '../../../base/closest-word.ts';
import type { RuleProblems } from '../rule-problems.ts';
import { headerName, readHeader, readOriginalUrl } from './request-header.ts';
import { readResponseField } from './response-field.ts';
import { EMPTY_VARIABLES, SERVER_VARIABLES, SERVER_VARIABLES_IN_URL } from './server-variables.ts';
import { type ReadVariable, VariablePart } from './variable-part.ts';

/**
 * @param name in any letter case
 * @param written variables that rules of this configuration set, upper-case
 */
export function compileVariable(name: string, written: ReadonlySet<string>, problems: RuleProblems): VariablePart {
  const upper = name.toUpperCase();
  const known = knownVariable(upper, written);
  if (known === null && !written.has(upper)) warnOfUnknown(name, problems);
  const read = known ?? readNothing;
  // Rules set a header through HTTP_NAME, which readHeader() sees to; any other name is a variable.
  const isVariable = written.has(upper) && !upper.startsWith('HTTP_');
  return isVariable
    ? new VariablePart(readWritten(upper, read))
    : new VariablePart(read, SERVER_VARIABLES_IN_URL[upper]);
}

function knownVariable(upper: string, written: ReadonlySet<string>): ReadVariable | null {
  if (upper in SERVER_VARIABLES) return SERVER_VARIABLES[upper];
  if (upper === 'HTTP_X_ORIGINAL_URL' && !written.has(upper)) return readOriginalUrl;
  if (upper.startsWith('HTTP_')) return readHeader(headerName(upper), written.has(upper));
  if (upper.startsWith('RESPONSE_')) return readResponseField(upper);
  return EMPTY_VARIABLES.has(upper) ? readNothing : null;
}

const readNothing: ReadVariable = () => '';

function readWritten(upper: string, otherwise: ReadVariable): ReadVariable {
  return (run) => run.ctx.outbound.serverVariables?.get(upper) ?? otherwise(run);
}

/** An unknown name expands to nothing (url-rewrite.md 8), which is rarely what was meant. */
function warnOfUnknown(name: string, problems: RuleProblems): void {
  const near = closestWord(name, [
    ...Object.keys(SERVER_VARIABLES),
    'HTTP_HOST',
    'HTTP_USER_AGENT',
    'HTTP_REFERER',
    'HTTP_COOKIE',
  ]);
  problems.warn(
    `{${name}} is no server variable, and no rule sets it: it is always empty`,
    near === null ? 'write {HTTP_NAME} for a request header' : `did you mean {${near}}?`,
  );
}
