// Faults of the fields that a W3C access log is to have: a name that is none would make `#Fields` lie.
import { closestWord } from '../../base/closest-word.ts';
import type { Config, ConfigProblem } from '../../model/config.ts';
import { W3C_FIELDS, w3cFieldReader } from './w3c-fields.ts';

/** @returns an error for each of `accessLog.fields` that is no field of the W3C format */
export function checkFields({ accessLog }: Pick<Config, 'accessLog'>): ConfigProblem[] {
  return (accessLog?.fields ?? []).flatMap((field, index): ConfigProblem[] => {
    if (w3cFieldReader(field) !== null) return [];
    const near = closestWord(field, W3C_FIELDS);
    return [
      {
        path: ['accessLog', 'fields', index],
        severity: 'error',
        message: `"${field}" is not a field of the access log`,
        suggestion: near ? `did you mean "${near}"?` : `there are ${W3C_FIELDS.join(', ')}, and cs(HEADER)`,
      },
    ];
  });
}
