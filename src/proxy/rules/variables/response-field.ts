// {RESPONSE_<NAME>}: a header of the response, and {RESPONSE_STATUS}; empty while there is no response (url-rewrite.md 8).
import type { RuleRun } from '../rule-run.ts';
import { textOf } from './request-header.ts';
import type { ReadVariable } from './variable-part.ts';

/** `RESPONSE_CONTENT_TYPE` → `content-type`. */
function responseFieldName(variable: string): string {
  return variable.slice('RESPONSE_'.length).replaceAll('_', '-').toLowerCase();
}

/** @param upper the variable, upper-case */
export function readResponseField(upper: string): ReadVariable {
  if (upper === 'RESPONSE_STATUS') return (run) => (run.response === null ? '' : String(run.response.head.status));
  const name = responseFieldName(upper);
  return (run) => read(run, name);
}

function read({ response }: RuleRun, name: string): string {
  return response === null ? '' : textOf(response.values(name).join(', '));
}
