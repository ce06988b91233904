// Comma-separated lists of tokens in field values (RFC 9110 5.6.1), as Connection, TE and Transfer-Encoding have them.
import { HTAB, SP } from './byte-classes.ts';

/**
 * The members of a list in lower case, without the white space around them; empty members too.
 * Only SP and HTAB count as white space: String.trim() would also take 0xA0, and make a coding of what is none.
 */
export function listMembers(value: string): string[] {
  const members = value.toLowerCase().split(',');
  for (let i = 0; i < members.length; i++) members[i] = trimBlanks(members[i]);
  return members;
}

/** A loop, because a pattern such as `[ \t]+$` takes quadratic time on long runs of blanks. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === SP || code === HTAB;
}
