// What is wrong with the body of a request, in one line.
import type * as z from 'zod';

/** As `state: expected one of Start, Drain; why: …`. */
export function bodyFaults({ issues }: z.ZodError): string {
  return issues
    .map((issue) => (issue.path.length === 0 ? words(issue) : `${issue.path.join('.')}: ${words(issue)}`))
    .join('; ');
}

function words(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'unrecognized_keys') return `unknown key ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
  if (issue.code === 'invalid_type') return `expected ${issue.expected}`;
  return issue.message;
}
