// Values of URL Rewrite that YAML reads as something else when they stand without quotes: `{R:1}` is a map, `*` an
// alias (DESIGN 5). Here they are recognised, so that the message can say what to do.
import type { MapNode } from '../../model/config-node.ts';

/** Characters that begin something else than text in YAML. */
const SPECIAL_START = /^[{[*&!%@`|>]/;

/** What to write instead, when the line around `offset` has an unquoted value that begins with a special character. */
export function quotingAdvice(text: string, offset: number): string | undefined {
  const start = text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
  const end = text.indexOf('\n', start);
  const line = text.slice(start, end === -1 ? undefined : end).slice(0, 500);
  const value = /^\s*(?:- +)*[\w"'-]+: +(\S.*?)\s*$/.exec(line)?.[1];
  if (value && SPECIAL_START.test(value) && !value.startsWith('{ '))
    return `a value that begins with ${value[0]} needs quotes: ${quoted(value)}`;
  const inBraces = /(?:url|pattern|input|value): +([*&!%@`|>{[].*?)(?=,\s|\s+[}\]]|$)/.exec(line)?.[1];
  if (inBraces) return `a value that begins with ${inBraces[0]} needs quotes: ${quoted(inBraces)}`;
  const holdsBraces = /\{.*?(?:url|pattern|input|value): +([^\s"',{}]+(?:\{[^{}\s]*\}[^\s,{}]*)+)/.exec(line)?.[1];
  return holdsBraces ? `inside { }, a value with braces of its own needs quotes: ${quoted(holdsBraces)}` : undefined;
}

/** What to write instead of a backslash that double quotes do not know, as in `"^api\.com"`. */
export const BACKSLASH_ADVICE = "a backslash stands for itself in single quotes: '…'";

/** What to write instead, when a map in braces stands where text belongs, as `url: {R:1}`; `{ key: value }` is meant as a map. */
export function mapMeantAsText({ braces }: MapNode): string | undefined {
  return braces === null || /^\{\s*\w+:\s/.test(braces) ? undefined : `quote it: ${quoted(braces)}`;
}

function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
